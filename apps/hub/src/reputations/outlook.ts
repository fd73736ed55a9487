// What is foretold of a subject, and what that makes of a recommendation for a member with costs of its own.
import type { StoredReputation } from '@sekisho/persistence';
import { cheapestRecommendation, type CostPolicy } from '@sekisho/policy';
import { abuseOf, FORETOLD_TYPES, probabilityAt } from '@sekisho/reputation';
import type { Curve } from '../quality/published-curve.service.js';

export interface Outlook {
  readonly curve: Curve | undefined;
  /** The member's own. */
  readonly costs: CostPolicy | undefined;
}

export const NO_OUTLOOK: Outlook = { curve: undefined, costs: undefined };

/** That abusive mail is reported of it in the next 24 hours, 0..1; undefined: nothing is foretold of such a score. */
export const probabilityOf = (
  { score, foretoldBy }: StoredReputation,
  { curve }: Outlook,
): number | undefined =>
  curve && curve.modelVersion === foretoldBy ? probabilityAt(curve.points, score) : undefined;

export function recommendationOf(
  stored: StoredReputation,
  outlook: Outlook,
): StoredReputation['recommendation'] {
  const probability = probabilityOf(stored, outlook);
  if (!outlook.costs || probability === undefined) return stored.recommendation;
  return cheapestRecommendation(outlook.costs, {
    permitted: stored.recommendation,
    category: pricedCategory(stored),
    probability,
  });
}

/** What a subject does; a forged domain is done something to. */
const OWN_DOING: ReadonlySet<string> = new Set(FORETOLD_TYPES.flatMap(abuseOf));

/** Categories come strongest first. */
const pricedCategory = ({ listed, categories }: StoredReputation) =>
  listed ? categories.find((one) => one.listed && OWN_DOING.has(one.category))?.category : undefined;
