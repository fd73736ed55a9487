import { inMode, NO_OPINION } from './action-text.js';
import type { Policy, Rate } from './policy.js';
import type { Admission } from './shaper.js';

/** The name by which a subscriber's mail is counted: names that differ in case alone are the same subscriber. */
export const accountOf = (saslUsername: string): string => saslUsername.toLowerCase();

export interface Limit {
  readonly rate: Rate;
  readonly action: 'defer' | 'reject';
}

/** Whether the policy limits how much this subscriber sends. */
export function limitOf({ submission }: Policy, saslUsername: string): Limit | undefined {
  if (!submission?.rate || submission.exempt.has(accountOf(saslUsername))) return undefined;
  return { rate: submission.rate, action: submission.action };
}

/** What Postfix is told of a subscriber's message; the name is in Postfix's own log beside the id, and nowhere else. */
export function submissionText(policy: Policy, admission: Admission, id: string): string {
  if (admission.kind === 'admitted') return NO_OPINION;
  const what = `Too many ${admission.limit} from your account`;
  const text =
    policy.submission?.action === 'reject'
      ? `REJECT 5.7.1 ${what}; id ${id}`
      : `DEFER_IF_PERMIT 4.7.1 ${what}; try again in ${admission.retryAfterSeconds} s; id ${id}`;
  return inMode(text, policy.isShadow, id);
}

export interface CampaignVerdict {
  readonly action: 'defer' | 'reject';
  /** The answer to the end of the message. */
  readonly text: string;
}

/**
 * What becomes of a message whose fingerprint has that score in hash.Z.
 * @param saslUsername undefined: whoever sends here without a login
 */
export function campaignVerdict(
  { submission }: Policy,
  saslUsername: string | undefined,
  score: number,
  id: string,
): CampaignVerdict | undefined {
  const campaign = submission?.campaign;
  if (!campaign || score < campaign.score.from || score > campaign.score.to) return undefined;
  if (saslUsername !== undefined && submission.exempt.has(accountOf(saslUsername))) return undefined;
  const { action } = campaign;
  const code = action === 'reject' ? '550 5.7.1' : '451 4.7.1';
  return { action, text: `${code} This message is of a known campaign, score ${score}; id ${id}` };
}
