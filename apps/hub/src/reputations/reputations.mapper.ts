import type { StoredReputation } from '@sekisho/persistence';
import { minimised, type View } from '../privacy/minimisation.js';
import type { ReputationModel } from './models/reputation.model.js';
import { NO_OUTLOOK, probabilityOf, recommendationOf, type Outlook } from './outlook.js';

export function toReputationModel(
  stored: StoredReputation,
  view: View,
  outlook: Outlook = NO_OUTLOOK,
): ReputationModel {
  const { subject, viaNetwork, score, listed, categories, confidence, memberCount, explanation, ...times } =
    minimised(stored, view);
  return {
    ...{ subject, score, listed, confidence, memberCount },
    ...{ firstSeen: times.firstSeen, lastSeen: times.lastSeen, expiresAt: times.expiresAt },
    listedUntil: times.listedUntil ?? null,
    probability: probabilityOf(stored, outlook) ?? null,
    recommendation: recommendationOf(stored, outlook),
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
