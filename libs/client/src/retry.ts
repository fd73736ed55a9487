import { HubRefused, HubUnreachable } from './errors.js';
import type { ClientRuntime } from './runtime.js';

export interface RetryPolicy {
  /** How often it is tried at most, the first time included. */
  readonly attempts: number;
  /** Before the second try; doubles from then on. */
  readonly firstDelayMs: number;
  /** The doubling stops here. */
  readonly longestDelayMs: number;
  /** A hub that asks for more patience than this is reported instead of waited for. */
  readonly longestRetryAfterMs: number;
  readonly onRetry?: (retry: {
    attempt: number;
    delayMs: number;
    error: HubRefused | HubUnreachable;
  }) => void;
}

/** Bridges a restart of the hub: about 30 seconds in all. */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 8,
  firstDelayMs: 250,
  longestDelayMs: 15_000,
  longestRetryAfterMs: 300_000,
};

/** Repeats what is safe to repeat. @throws the last error, or at once one that waiting does not cure */
export async function withRetry<T>(
  runtime: ClientRuntime,
  policy: RetryPolicy,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (tried >= policy.attempts || !isPassing(error)) throw error;
      const delayMs = delayBefore(tried, error, policy, runtime.random());
      if (delayMs === undefined) throw error;
      policy.onRetry?.({ attempt: tried + 1, delayMs, error });
      await runtime.sleep(delayMs);
    }
  }
}

const isPassing = (error: unknown): error is HubRefused | HubUnreachable =>
  error instanceof HubUnreachable ||
  (error instanceof HubRefused && (error.status === 429 || error.status >= 500));

function delayBefore(
  tried: number,
  error: HubRefused | HubUnreachable,
  policy: RetryPolicy,
  chance: number,
): number | undefined {
  const doubled = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (tried - 1));
  // Between half and all of it, so that members cut off together do not come back together.
  const backoffMs = Math.round(doubled * (0.5 + chance / 2));
  const askedMs = error instanceof HubRefused ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  return askedMs > policy.longestRetryAfterMs ? undefined : Math.max(backoffMs, askedMs);
}
