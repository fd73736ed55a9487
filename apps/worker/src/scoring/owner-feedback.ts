// What a scoring means for the owner of its subject.
import { FEEDBACK, latestOf } from '@sekisho/feedback';
import type { AlertObservation, SubjectEvidence } from '@sekisho/persistence';
import type { Reputation } from '@sekisho/reputation';

/** What others say counts: an owner needs no alert about its own reports. Networks listed for their addresses have none. */
export function observationOf(
  { owners, sightings }: SubjectEvidence,
  { score, categories }: Pick<Reputation, 'score' | 'categories'>,
): AlertObservation | undefined {
  const [owner] = owners;
  if (owner === undefined) return undefined;
  const abuse = sightings.filter(
    ({ reporter, category, influenced }) =>
      !owners.has(reporter) && !influenced && category !== 'ham' && category !== 'dynamic-range',
  );
  const category = categories[0]?.category ?? abuse[0]?.category ?? 'spam-source';
  return {
    ...{ owner, category, isSuspect: abuse.length > 0 && score >= FEEDBACK.suspectAt },
    count: abuse.reduce((sum, { count }) => sum + count, 0),
    ...latestOf(abuse),
  };
}

/** A reputation that a kept fix has cleared says so. */
export const withRemedy = (reputation: Reputation, { isRemedied }: SubjectEvidence): Reputation =>
  isRemedied
    ? {
        ...reputation,
        explanation: [
          ...reputation.explanation,
          {
            factor: 'fixed',
            contribution: 0,
            detail: 'the owner fixed it and it stayed quiet: what was seen before counts no more',
          },
        ],
      }
    : reputation;
