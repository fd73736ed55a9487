// What a member may propose, and what agents get as an order.
import { formatSubject, parseNetwork, readSubject, SubjectInvalid, type Subject } from '@sekisho/subject';
import { z } from 'zod';
import { ActionRefused } from './errors.js';
import { ACTION_KINDS, ACTION_STATES, type ActionKind } from './vocabulary.js';

const MOST_SUBJECTS = 100;
/** Wider than this is a whole provider, which an action is not meant for. */
const WIDEST = { 4: 16, 16: 32 } as const;
/** What a mail server of a small company hardly reaches. */
const DEFAULT_MESSAGES_PER_HOUR = 30;

const SUBJECT_TYPES: Readonly<Record<ActionKind, readonly Subject['type'][]>> = {
  'joint-listing': ['ip', 'network', 'domain', 'fingerprint', 'address'],
  'joint-throttle': ['ip', 'network'],
  'joint-notice': ['ip', 'network', 'domain'],
  'port25-date': ['network'],
  'evidence-package': ['ip', 'network', 'domain', 'fingerprint'],
  'member-suspension': [],
};
const NEEDS_SUBJECT: readonly ActionKind[] = [
  ...(['joint-listing', 'joint-throttle', 'joint-notice', 'evidence-package'] as const),
];

/** Line breaks, and no other control characters: these texts are shown to people and written into mails. */
const text = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*(?:[\n\t][^\p{Cc}\p{Cs}]*)*$/u, 'no control characters');

export const parametersSchema = z.object({
  /** Of joint-throttle: what each sending network may deliver. */
  messagesPerHour: z.int().min(1).max(1_000_000).optional(),
  /** Of joint-notice and evidence-package: to whom, and what. */
  noticeTo: text(200).optional(),
  noticeText: text(20_000).optional(),
});
export type ActionParameters = z.output<typeof parametersSchema>;

export const reasonSchema = text(4_000);

const proposalSchema = z.object({
  kind: z.enum(ACTION_KINDS),
  title: text(200),
  reason: reasonSchema,
  subjects: z.array(z.string().max(300)).max(MOST_SUBJECTS),
  category: z.string().max(40).optional(),
  concerns: z.string().max(100).optional(),
  campaign: z.string().max(20).optional(),
  isEmergency: z.boolean(),
  parameters: parametersSchema,
});
export type Proposal = z.output<typeof proposalSchema>;

/**
 * A proposal as it is kept: subjects in their canonical form and once each.
 * @param categories those that a listing of a type of subject can have
 * @throws {ActionRefused} action-malformed, naming the field
 */
export function readProposal(
  given: unknown,
  categories: Readonly<Record<Subject['type'], readonly string[]>>,
): Proposal {
  const parsed = proposalSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw malformed(issue?.path.join('.') ?? '', issue?.message ?? '');
  }
  const { kind, category, concerns, parameters } = parsed.data;
  const subjects = [...new Set(parsed.data.subjects.map((subject, i) => readOne(kind, subject, i)))].sort();
  if (NEEDS_SUBJECT.includes(kind) && subjects.length === 0) {
    throw malformed('subjects', `a ${kind} is about at least one. Example: 203.0.113.0/24`);
  }
  requireCategory(kind, category, subjects, categories);
  if ((kind === 'member-suspension') !== (concerns !== undefined)) {
    throw malformed('memberId', 'of a member-suspension, and of nothing else');
  }
  const hasNotice = kind === 'joint-notice' || kind === 'evidence-package';
  if (hasNotice !== (parameters.noticeTo !== undefined && parameters.noticeText !== undefined)) {
    throw malformed('noticeTo', 'with noticeText, of joint-notice and evidence-package');
  }
  if (kind !== 'joint-throttle') {
    if (parameters.messagesPerHour !== undefined) throw malformed('messagesPerHour', 'of a joint-throttle');
    return { ...parsed.data, subjects };
  }
  const messagesPerHour = parameters.messagesPerHour ?? DEFAULT_MESSAGES_PER_HOUR;
  return { ...parsed.data, subjects, parameters: { ...parameters, messagesPerHour } };
}

/** The zones can say it of each of the subjects; other kinds list nothing. */
function requireCategory(
  kind: ActionKind,
  category: string | undefined,
  subjects: readonly string[],
  categories: Readonly<Record<Subject['type'], readonly string[]>>,
): void {
  if (kind !== 'joint-listing') {
    if (category !== undefined) throw malformed('category', `a ${kind} has none`);
    return;
  }
  for (const subject of subjects) {
    const { type } = readSubject(subject);
    if (category === undefined || !categories[type].includes(category)) {
      throw malformed('category', `of a ${type}: ${categories[type].join(', ')}`);
    }
  }
}

function readOne(kind: ActionKind, written: string, i: number): string {
  try {
    const subject = readSubject(written);
    if (!SUBJECT_TYPES[kind].includes(subject.type)) {
      throw malformed(`subjects.${i}`, `a ${kind} is not about a ${subject.type}`);
    }
    if (subject.type === 'network') {
      const { bytes, prefixLength } = parseNetwork(subject.value);
      const widest = WIDEST[bytes.length === 4 ? 4 : 16];
      if (prefixLength < widest) throw malformed(`subjects.${i}`, `wider than a /${widest}`);
    }
    return formatSubject(subject);
  } catch (error) {
    if (error instanceof SubjectInvalid) throw malformed(`subjects.${i}`, error.message);
    throw error;
  }
}

const malformed = (field: string, message: string) =>
  new ActionRefused('action-malformed', `${field}: ${message}`);

/** What a member's agent is told, as the details of a signed event. A later version of an action replaces an earlier one. */
export const orderSchema = z.object({
  action: z.uuid(),
  version: z.int().min(1),
  transition: z.string(),
  kind: z.enum(ACTION_KINDS),
  state: z.enum(ACTION_STATES),
  title: z.string(),
  subjects: z.array(z.string()),
  category: z.string().nullable(),
  parameters: parametersSchema,
  /** Milliseconds since 1970. */
  effectiveAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
  rollBackAt: z.number().nullable(),
  /** Said at the hub by this member's people: why it does not take part; null: it takes part again. */
  ownVeto: z.string().nullable().optional(),
});
export type ActionOrder = z.output<typeof orderSchema>;
