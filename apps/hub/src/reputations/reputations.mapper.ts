import type { StoredReputation } from '@sekisho/persistence';
import type { ReputationModel } from './models/reputation.model.js';

/** Exact times are for the owner of a network; everybody else sees them to 10 minutes. */
const BUCKET_MS = 600_000;
export const bucketed = (time: Date) => new Date(Math.floor(time.getTime() / BUCKET_MS) * BUCKET_MS);

export function toReputationModel(stored: StoredReputation): ReputationModel {
  const { viaNetwork, explanation, categories, firstSeen, lastSeen, ...rest } = stored;
  return {
    ...rest,
    categories: categories.map(({ category }) => category),
    firstSeen: bucketed(firstSeen),
    lastSeen: bucketed(lastSeen),
    explanation:
      viaNetwork === undefined
        ? [...explanation]
        : explanation.map(({ detail, ...line }) => ({
            ...line,
            detail: `${detail} (of the listed network ${viaNetwork})`,
          })),
  };
}
