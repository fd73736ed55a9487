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

/**
 * What the subject's reputation was at `now`: of all sightings only those received and not yet retracted then. Whether
 * it was listed before, which hysteresis asks, is replayed over the moments at which its evidence changed, and only for
 * scores between the two thresholds, where it matters.
 */
export function scoreAsOf(input: AsOfInput): Reputation {
  const known = input.sightings.filter(({ receivedAt }) => receivedAt <= input.now);
  const fresh = scoreKnown(input, known, input.now, false);
  if (fresh.listed || fresh.score < MODEL.listing.delistBelow) return fresh;
  return wasListedAt(input, known) ? scoreKnown(input, known, input.now, true) : fresh;
}

function wasListedAt(input: AsOfInput, known: readonly DatedSighting[]): boolean {
  const moments = new Set<number>();
  for (const { receivedAt, retractedAt } of known) {
    moments.add(receivedAt);
    if (retractedAt !== undefined && retractedAt <= input.now) moments.add(retractedAt);
  }
  let listed = false;
  for (const moment of [...moments].sort((a, b) => a - b)) {
    // A listing that decayed away before new evidence came has to begin anew.
    if (listed) {
      const before = known.filter(({ receivedAt }) => receivedAt < moment);
      listed = scoreKnown(input, before, moment, true, moment - 1).listed;
    }
    listed = scoreKnown(
      input,
      known.filter(({ receivedAt }) => receivedAt <= moment),
      moment,
      listed,
    ).listed;
  }
  return listed;
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
