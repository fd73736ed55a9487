import { FEEDBACK } from './model.js';

/** What became of an owner's fixes in the last FEEDBACK.recordMs. */
export interface FixRecord {
  /** Stayed quiet. */
  readonly kept: number;
  /** Seen again after the owner had said "fixed". */
  readonly failed: number;
}

export interface Standing {
  /** How long a fix has to stay quiet, milliseconds. */
  readonly observationMs: number;
  /** Whether a quiet fix ends the listing before its term. */
  readonly endsEarly: boolean;
}

/** What an owner's "fixed" is worth: each failure beyond its successes doubles the time that it has to stay quiet. */
export function standingOf({ kept, failed }: FixRecord): Standing {
  const excess = Math.max(0, failed - kept);
  return {
    observationMs: Math.min(FEEDBACK.maxObservationMs, FEEDBACK.observationMs * 2 ** excess),
    endsEarly: excess < FEEDBACK.untrustedAt,
  };
}
