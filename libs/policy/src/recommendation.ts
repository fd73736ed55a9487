// What a member with costs of its own is recommended: docs/reputation.md, "What it costs you".
import { RECOMMENDATIONS, type Recommendation } from '@sekisho/reputation';
import { actionCosts, cheapestOf, costsOf, type CostPolicy, type PricedAction } from './expected-cost.js';

/** What the priced actions of a policy file are called as recommendations. THROTTLE and TAG have no price. */
const RECOMMENDED = {
  normal: 'ACCEPT',
  defer: 'DEFER',
  reject: 'REJECT',
} as const satisfies Record<PricedAction, Recommendation>;

export interface Weighed {
  /** What is recommended without costs, and so the harshest that the evidence allows. */
  readonly permitted: Recommendation;
  /** Whose costs count; undefined: the default. */
  readonly category: string | undefined;
  /** That abusive mail comes, 0..1. */
  readonly probability: number;
}

/**
 * The recommendation of least expected cost, never harsher than what is permitted. Where costs ask for more than accepting
 * and nothing else that is permitted has a price, what is permitted stays. The likelier abuse, the harsher or the same.
 */
export function cheapestRecommendation(
  policy: CostPolicy,
  { permitted, category, probability }: Weighed,
): Recommendation {
  const costs = actionCosts(costsOf(policy, category), probability);
  if (cheapestOf(costs) === 'normal') return RECOMMENDED.normal;
  const open = costs.filter(({ action }) => harshnessOf(RECOMMENDED[action]) <= harshnessOf(permitted));
  return open.length > 1 ? RECOMMENDED[cheapestOf(open)] : permitted;
}

const harshnessOf = (recommendation: Recommendation) => RECOMMENDATIONS.indexOf(recommendation);
