import type { StoredReputation } from '@sekisho/persistence';
import { minimised, type View } from '../privacy/minimisation.js';
import type { ReputationModel } from './models/reputation.model.js';

export function toReputationModel(stored: StoredReputation, view: View): ReputationModel {
  const { viaNetwork, explanation, categories, ...rest } = minimised(stored, view);
  return {
    ...rest,
    categories: categories.map(({ category }) => category),
    explanation:
      viaNetwork === undefined
        ? [...explanation]
        : explanation.map(({ detail, ...line }) => ({
            ...line,
            detail: `${detail} (of the listed network ${viaNetwork})`,
          })),
  };
}
