import type { Category, Evidence } from '@sekisho/report';
import { isBounce, readBounce, type BounceRules } from './delivery-status.js';
import { isFeedbackReport, readFeedbackReport } from './feedback-report.js';
import { findingOf, skip, type Finding } from './finding.js';
import type { ParsedMessage } from './parsed-message.js';
import { readMessage, type ParseRules } from './parse-message.js';

export type MessageFormat = 'auto' | 'arf' | 'dsn' | 'eml';

export interface EvidenceRules extends ParseRules {
  readonly format: MessageFormat;
  readonly bounces: Omit<BounceRules, 'trusted'>;
  /** How the member knows that plain messages are what `category` says; without it they give no report. */
  readonly evidence?: Evidence | undefined;
  readonly category: Category;
}

export interface MessageFinding extends Finding {
  /** For the fingerprint; undefined when the bytes are no message. */
  readonly message: ParsedMessage | undefined;
}

/** One message of any kind. Total: any bytes give reports or reasons. */
export function readEvidence(bytes: Uint8Array, rules: EvidenceRules): MessageFinding {
  const read = readMessage(bytes, rules);
  if ('skipped' in read) return { ...skip(read.skipped), message: undefined };
  const { trusted } = rules;
  const { message } = read;
  if (rules.format === 'arf' || (rules.format === 'auto' && isFeedbackReport(read))) {
    return { ...readFeedbackReport(read, trusted), message };
  }
  if (rules.format === 'dsn' || (rules.format === 'auto' && isBounce(read))) {
    return { ...readBounce(read, { ...rules.bounces, trusted }), message };
  }
  return { ...readPlain(message, rules), message };
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
