import type { Category, Evidence } from '@sekisho/report';
import { isAutomaticAnswer, isBounce, readBounce, type BounceRules } from './delivery-status.js';
import { isDmarcReport, readDmarcMail } from './dmarc-report.js';
import { isFeedbackReport, readFeedbackReport } from './feedback-report.js';
import { findingOf, skip, type Finding } from './finding.js';
import { LIMITS } from './limits.js';
import { decodePart } from './mime-parts.js';
import type { ParsedMessage } from './parsed-message.js';
import { readMessage, type ParseRules, type ReadMessage } from './parse-message.js';
import { isXarfMail, readXarfMail } from './xarf-mail.js';

export const MESSAGE_FORMATS = ['auto', 'arf', 'xarf', 'dmarc', 'dsn', 'eml'] as const;
export type MessageFormat = (typeof MESSAGE_FORMATS)[number];

export interface EvidenceRules extends ParseRules {
  readonly format: MessageFormat;
  readonly bounces: Omit<BounceRules, 'trusted'>;
  /** How the member knows that plain messages are what `category` says; without it they give no report. */
  readonly evidence?: Evidence | undefined;
  readonly category: Category;
  /**
   * Lower-case domains whose reports are believed when their origin is proved (DMARC, or SPF of the same domain, by a trusted
   * host). Undefined: somebody looked at the reports before.
   */
  readonly reporters?: readonly string[] | undefined;
}

export interface MessageFinding extends Finding {
  /** For the fingerprint: the message that the reports are of. Undefined when its content is not there. */
  readonly content: ParsedMessage | undefined;
}

/** One message of any kind. Total: any bytes give reports or reasons. */
export function readEvidence(bytes: Uint8Array, rules: EvidenceRules): MessageFinding {
  const read = readMessage(bytes, rules);
  if ('skipped' in read) return { ...skip(read.skipped), content: undefined };
  const format = rules.format === 'auto' ? formatOf(read) : rules.format;
  const found = readAs(format, read, rules);
  return { ...found, content: found.reports.length === 0 ? undefined : contentOf(format, read, rules) };
}

/** A complaint returns what it complains of; a bounce, an incident or a table says too little of it. */
function contentOf(
  format: Exclude<MessageFormat, 'auto'>,
  read: ReadMessage,
  rules: EvidenceRules,
): ParsedMessage | undefined {
  if (format === 'eml') return read.message;
  const part = format === 'arf' && read.parts.find(({ mediaType }) => mediaType === 'message/rfc822');
  const returned = part ? readMessage(decodePart(part, LIMITS.messageBytes), rules) : undefined;
  return returned && !('skipped' in returned) ? returned.message : undefined;
}

function formatOf(read: ReadMessage): Exclude<MessageFormat, 'auto'> {
  if (isXarfMail(read)) return 'xarf';
  if (isFeedbackReport(read)) return 'arf';
  if (isDmarcReport(read)) return 'dmarc';
  // An answer to a spamtrap is nobody's spam.
  return isBounce(read) || isAutomaticAnswer(read) ? 'dsn' : 'eml';
}

function readAs(format: Exclude<MessageFormat, 'auto'>, read: ReadMessage, rules: EvidenceRules): Finding {
  if (format === 'eml') return readPlain(read.message, rules);
  if (format === 'dsn') return readBounce(read, { ...rules.bounces, trusted: rules.trusted });
  // Anybody can write a report and name anybody in it.
  if (rules.reporters && !isProvedToBe(read.message, rules.reporters)) return skip('reporter-not-trusted');
  if (format === 'arf') return readFeedbackReport(read, rules.trusted);
  return format === 'xarf' ? readXarfMail(read) : readDmarcMail(read);
}

function isProvedToBe(
  { fromDomain, envelopeDomain, auth }: ParsedMessage,
  reporters: readonly string[],
): boolean {
  const isNamed = reporters.some((one) => fromDomain === one || fromDomain?.endsWith(`.${one}`));
  return isNamed && (auth.dmarc === 'pass' || (auth.spf === 'pass' && envelopeDomain === fromDomain));
}

/** The peer of the border host; the domain of From when its own authentication settles whose deed it is. */
function readPlain(message: ParsedMessage, { evidence, category }: EvidenceRules): Finding {
  if (!evidence) return skip('evidence-not-stated');
  const { handOff, auth, fromDomain } = message;
  if (!handOff) return skip('no-trusted-hand-off');
  const seenAt = handOff.receivedAt ?? message.writtenAt;
  if (seenAt === undefined) return skip('feedback-malformed', 'no date');
  const common = { seenAt, auth };
  const domain =
    fromDomain === undefined || category === 'ham'
      ? []
      : auth.dmarc === 'pass'
        ? [{ type: 'domain', value: fromDomain, category: 'spam-domain', evidence, ...common } as const]
        : auth.dmarc === 'fail'
          ? [
              {
                type: 'domain',
                value: fromDomain,
                category: 'forged-domain',
                evidence: 'auth-failure',
                ...common,
              } as const,
            ]
          : [];
  return findingOf([{ type: 'ip', value: handOff.ip, category, evidence, ...common }, ...domain]);
}
