import { inMode, NO_OPINION } from './action-text.js';
import type { Policy } from './policy.js';
import type { Admission } from './shaper.js';

/** The name by which a subscriber's mail is counted: names that differ in case alone are the same subscriber. */
export const accountOf = (saslUsername: string): string => saslUsername.toLowerCase();

/** Whether the policy limits what this subscriber sends. */
export function limitOf({ submission }: Policy, saslUsername: string): Policy['submission'] {
  return submission?.exempt.has(accountOf(saslUsername)) ? undefined : submission;
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
