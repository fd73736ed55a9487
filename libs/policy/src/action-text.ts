// The answering side: access(5), "ACCEPT ACTIONS", "REJECT ACTIONS" and "OTHER ACTIONS".
import type { Decision } from './decide.js';
import type { Policy } from './policy.js';
import type { Admission } from './shaper.js';

export interface Answer {
  readonly decision: Decision;
  /** With `shaped`. */
  readonly admission: Admission | undefined;
  readonly policy: Policy;
  /** RCPT, DATA and so on. */
  readonly protocolState: string;
  /** By which an operator finds the decision in the log. Letters and digits. */
  readonly id: string;
  /** The address that was judged. */
  readonly address: string;
  /** The hub's page, without a final slash. */
  readonly publicUrl: string;
  /** Whether a former answer tagged this message. */
  readonly isTagged: boolean;
}

export const NO_OPINION = 'DUNNO';
// 4.7.1 and 5.7.1: RFC 3463, delivery not authorised.
const DEFERRED = 'DEFER_IF_PERMIT 4.7.1';
const REFUSED = 'REJECT 5.7.1';

/** What Postfix is told; in shadow mode it only writes into its log what it would have been told. */
export function actionText(answer: Answer): string {
  return inMode(enforced(answer), answer.policy.isShadow, answer.id);
}

export function inMode(text: string, isShadow: boolean, id: string): string {
  return isShadow && text !== NO_OPINION ? `INFO sekisho shadow id ${id}: would be ${text}` : text;
}

function enforced({
  decision,
  admission,
  policy,
  protocolState,
  id,
  address,
  publicUrl,
  isTagged,
}: Answer): string {
  const trace = () => `id ${id}, see ${publicUrl}/?subject=${address}`;
  switch (decision.action) {
    case 'normal':
      return NO_OPINION;
    case 'shaped':
      return admission?.kind === 'refused'
        ? `${DEFERRED} Too many ${admission.limit} from your network, ${because(decision)}; try again in ${admission.retryAfterSeconds} s; ${trace()}`
        : NO_OPINION;
    case 'deep-queue':
      return `FILTER ${policy.deepQueueTransport}`;
    case 'tag':
      // A header cannot be put before a message that is complete, and once is enough.
      return isTagged || protocolState === 'END-OF-MESSAGE'
        ? NO_OPINION
        : `PREPEND ${policy.header}: ${labels(decision)}; id=${id}`;
    case 'defer':
      return `${DEFERRED} Deferred, ${because(decision)}; ${trace()}`;
    case 'reject':
      return `${REFUSED} Refused, ${because(decision)}; ${trace()}`;
  }
}

function because(decision: Decision): string {
  if (decision.because === 'joint-action') return `by joint action ${decision.id} of mail operators`;
  if (decision.because !== 'rule') return 'by a local rule';
  return `listed as ${decision.listing.category}, score ${decision.listing.score}`;
}

function labels(decision: Decision): string {
  if (decision.because === 'joint-action') return `joint-action=${decision.id}`;
  if (decision.because !== 'rule') return 'local';
  const { listing, confidence } = decision;
  return [
    listing.category,
    `score=${listing.score}`,
    ...(confidence === undefined ? [] : [`confidence=${confidence}`]),
  ].join('; ');
}
