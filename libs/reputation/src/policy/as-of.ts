// The reputation of a subject as of a moment, from reports with the times at which they were received. Hub, worker and
// backtest give the same figures because this is the one place where the listing of before is found again.
import { MODEL } from '../model.js';
import type { Reputation, ScoringInput, Sighting } from '../reputation.js';
import { scoreSubject } from '../score.js';

/** A sighting and when it counted. Milliseconds since 1970. */
export interface DatedSighting {
  readonly sighting: Sighting;
  readonly receivedAt: number;
  /** From then on it counted no more. */
  readonly retractedAt?: number;
}

export interface AsOfInput extends Omit<ScoringInput, 'sightings' | 'context'> {
  readonly context: Omit<ScoringInput['context'], 'wasListed'>;
  readonly sightings: readonly DatedSighting[];
}

/** Sightings that one answer may weigh while it looks for the listing of before: about a second of one core. */
export const REPLAY_BUDGET = 500_000;

/**
 * What the subject's reputation was at `now`: of all sightings only those received and not yet retracted then. Whether
 * it was listed before, which hysteresis asks, is found only for scores between the two thresholds, where it matters. The
 * work is bounded: a subject that hung between them for so many reports that `REPLAY_BUDGET` is spent counts as not
 * listed before.
 */
export function scoreAsOf(input: AsOfInput): Reputation {
  const known = input.sightings.filter(({ receivedAt }) => receivedAt <= input.now);
  const fresh = scoreKnown(input, known, input.now, false);
  if (fresh.listed || fresh.score < MODEL.listing.delistBelow) return fresh;
  return wasListedAt(input, known) ? scoreKnown(input, known, input.now, true) : fresh;
}

/**
 * Backwards over the moments at which the evidence changed. At most of them the listing does not depend on what was before:
 * the evidence lists by itself, or does not even keep a listing. The latest such moment decides.
 */
function wasListedAt(input: AsOfInput, known: readonly DatedSighting[]): boolean {
  let budget = REPLAY_BUDGET;
  const moments = new Set<number>();
  for (const { receivedAt, retractedAt } of known) {
    moments.add(receivedAt);
    if (retractedAt !== undefined && retractedAt <= input.now) moments.add(retractedAt);
  }
  for (const moment of [...moments].sort((a, b) => b - a)) {
    const then = known.filter(({ receivedAt }) => receivedAt <= moment);
    budget -= 3 * then.length;
    if (budget < 0) return false;
    if (scoreKnown(input, then, moment, false).listed) return true;
    if (!scoreKnown(input, then, moment, true).listed) return false;
    // A listing that decayed away before new evidence came had to begin anew.
    const before = then.filter(({ receivedAt }) => receivedAt < moment);
    if (!scoreKnown(input, before, moment, true, moment - 1).listed) return false;
  }
  return false;
}

function scoreKnown(
  input: AsOfInput,
  known: readonly DatedSighting[],
  now: number,
  wasListed: boolean,
  retractedUntil = now,
): Reputation {
  const sightings = known
    .filter(({ retractedAt }) => retractedAt === undefined || retractedAt > retractedUntil)
    .map(({ sighting }) => sighting);
  return scoreSubject({ ...input, sightings, now, context: { ...input.context, wasListed } });
}
