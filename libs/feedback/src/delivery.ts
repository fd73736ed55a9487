// How events are pushed to a receiver: RFC 8935. What an answer means, and when to try again.

const SECOND_MS = 1_000;

export const DELIVERY = {
  /** The first pause; each failure doubles it. */
  retryMs: SECOND_MS,
  /** A receiver that comes back hears of it within five minutes. */
  maxRetryMs: 300 * SECOND_MS,
  /** A receiver may ask for a longer pause, up to an hour. */
  maxRetryAfterMs: 3_600 * SECOND_MS,
  /** One event that a receiver cannot take would keep all later ones back: after three days of trying it is set aside. */
  giveUpMs: 3 * 24 * 3_600 * SECOND_MS,
} as const;

/** `accepted`: never again; `refused`: not as it is, however often; `later`: the same again after a pause. */
export type DeliveryVerdict = 'accepted' | 'refused' | 'later';

/**
 * Section 2.2 and 2.3. A receiver that does not know our key, our name or its own password says so about itself: that can
 * be mended, and the event waits. Redirections are not followed, they count as a failure.
 */
export function deliveryVerdictOf(status: number, err: string | undefined): DeliveryVerdict {
  if (status >= 200 && status < 300) return 'accepted';
  if (status === 413) return 'refused';
  return status === 400 && (err === undefined || err === 'invalid_request') ? 'refused' : 'later';
}

/** The pause after so many failures in a row, 1 or more. */
export function retryDelayMs(failures: number, retryAfterSeconds = 0): number {
  const pause = Math.min(DELIVERY.maxRetryMs, DELIVERY.retryMs * 2 ** (failures - 1));
  return Math.max(pause, Math.min(DELIVERY.maxRetryAfterMs, retryAfterSeconds * SECOND_MS));
}
