// What may be said by whom, and when. Every refusal is a value with a code of its own; nothing here throws.
import {
  isReserved,
  networkContains,
  parseIp,
  parseNetwork,
  parseSubject,
  SubjectInvalid,
  type Network,
  type Subject,
} from '@sekisho/subject';
import { reportSchema, type WrittenReport } from './schema.js';
import { CATEGORIES_OF, type Category, type Evidence } from './vocabulary.js';

export type RefusalCode =
  | 'report-malformed'
  | 'subject-malformed'
  | 'subject-not-registrable'
  | 'subject-reserved'
  | 'network-too-wide'
  | 'category-unfit'
  | 'not-owner'
  | 'time-order'
  | 'time-in-future'
  | 'time-too-old'
  // Judged by the hub, which knows owners and their keys.
  | 'sealed-without-owner'
  | 'sealed-not-for-owner'
  | 'sealed-inbox-full';

/** A report as it is stored: canonical subject, times in milliseconds since 1970. */
export interface Report {
  readonly subject: Subject;
  readonly category: Category;
  readonly evidence: Evidence;
  readonly count: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly influenced: boolean;
  readonly auth?: WrittenReport['auth'];
  readonly fingerprint?: string | undefined;
  readonly urlHosts?: readonly string[] | undefined;
  readonly sealed?: string | undefined;
}

export type Verdict =
  | { readonly accepted: true; readonly report: Report }
  | { readonly accepted: false; readonly code: RefusalCode; readonly message: string };

export interface AdmissionRules {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The networks that the reporting member owns. */
  readonly ownNetworks: readonly Network[];
  /** Demo mode: documentation and private addresses may be reported. */
  readonly allowReserved: boolean;
}

/** A reporter's clock may be this much ahead (crypto.md, clock rules). */
export const CLOCK_SKEW_MS = 60_000;
/** Older evidence says nothing about the next 24 hours, whatever the half-life. */
export const MAX_REPORT_AGE_MS = 14 * 24 * 3_600_000;
/** The widest third-party network that one report may name: what rolls up from addresses. */
const WIDEST_V4 = 24;
const WIDEST_V6 = 48;

/** Judges one item of an envelope. Total: any JSON value gets a verdict. */
export function admit(item: unknown, rules: AdmissionRules): Verdict {
  const parsed = reportSchema.safeParse(item);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') ?? '';
    return refuse('report-malformed', `${where ? `${where}: ` : ''}${issue?.message ?? 'not a report'}`);
  }
  const written = parsed.data;
  let subject: Subject;
  try {
    subject = parseSubject(written.subject.type, written.subject.value);
  } catch (error) {
    if (error instanceof SubjectInvalid) return refuse(error.code, `subject: ${error.message}`);
    throw error;
  }
  return (
    refuseCategory(subject, written) ??
    refuseRange(subject, written, rules) ??
    judgeTimes(subject, written, rules)
  );
}

const refuse = (code: RefusalCode, message: string): Verdict => ({ accepted: false, code, message });

function refuseCategory(subject: Subject, { category, evidence }: WrittenReport): Verdict | undefined {
  const fitting = CATEGORIES_OF[subject.type];
  if (!fitting.includes(category)) {
    return refuse(
      'category-unfit',
      `category ${category} cannot be said of type ${subject.type}; one of: ${fitting.join(', ')}`,
    );
  }
  const isRange = subject.type === 'ip' || subject.type === 'network';
  if (evidence === 'owner' && !isRange) {
    return refuse('not-owner', `evidence owner is for addresses and networks, not for type ${subject.type}`);
  }
  return undefined;
}

function refuseRange(subject: Subject, written: WrittenReport, rules: AdmissionRules): Verdict | undefined {
  if (subject.type !== 'ip' && subject.type !== 'network') return undefined;
  const network = subject.type === 'network' ? parseNetwork(subject.value) : undefined;
  const range = network ?? parseIp(subject.value);
  if (!rules.allowReserved && isReserved(range)) {
    return refuse(
      'subject-reserved',
      `${subject.value} is private, reserved or for documentation: nothing on the Internet sends from it`,
    );
  }
  const isOwn = rules.ownNetworks.some((own) => networkContains(own, range));
  if (!isOwn && (written.category === 'dynamic-range' || written.evidence === 'owner')) {
    return refuse('not-owner', `${subject.value} is not inside a network registered to this member`);
  }
  const widest = range.bytes.length === 4 ? WIDEST_V4 : WIDEST_V6;
  if (!isOwn && network && network.prefixLength < widest) {
    return refuse(
      'network-too-wide',
      `${subject.value} is wider than /${String(widest)} and not this member's own`,
    );
  }
  return undefined;
}

function judgeTimes(subject: Subject, written: WrittenReport, { now }: AdmissionRules): Verdict {
  const firstSeen = Date.parse(written.firstSeen);
  const lastSeen = Date.parse(written.lastSeen);
  if (firstSeen > lastSeen) return refuse('time-order', 'firstSeen is later than lastSeen');
  if (lastSeen > now + CLOCK_SKEW_MS) {
    return refuse(
      'time-in-future',
      `lastSeen ${written.lastSeen} is in the future; check the reporter's clock`,
    );
  }
  if (lastSeen < now - MAX_REPORT_AGE_MS) {
    return refuse('time-too-old', `lastSeen ${written.lastSeen} is more than 14 days ago`);
  }
  const { category, evidence, count, influenced, auth, fingerprint, urlHosts, sealed } = written;
  return {
    accepted: true,
    report: {
      subject,
      category,
      evidence,
      count,
      firstSeen,
      lastSeen,
      influenced,
      auth,
      fingerprint,
      urlHosts,
      sealed,
    },
  };
}
