// What to do with a connection when each outcome has a price: the action whose expected cost is least. The prices are the
// member's own; so is what it takes a score to mean.
import { probabilityAt, type ProbabilityPoint } from '@sekisho/reputation';
import type { Action } from './policy.js';

/** In whatever unit the member counts; only their ratios matter. */
export interface Costs {
  /** Abusive mail that is let through. */
  readonly abuse: number;
  /** Good mail that is refused. */
  readonly refused: number;
  /** Good mail that is put off; undefined: nothing is put off. */
  readonly delayed: number | undefined;
  /** The part of abusive mail that comes again after it was put off, 0..1. */
  readonly returning: number;
}

export interface CostPolicy {
  readonly default: Costs;
  readonly ofCategory: ReadonlyMap<string, Costs>;
  /** What scores are taken to mean, ascending by score; none: a hundredth of the score. */
  readonly probabilities: readonly ProbabilityPoint[];
}

/** The actions that have a price, from the gentlest on. */
export type PricedAction = Extract<Action, 'normal' | 'defer' | 'reject'>;

export interface ActionCost {
  readonly action: PricedAction;
  readonly cost: number;
}

export interface ExpectedCosts {
  /** Of abusive mail, 0..1. */
  readonly probability: number;
  /** `defer` is missing where nothing is put off. */
  readonly costs: readonly ActionCost[];
  /** The cheapest; of several the gentlest. */
  readonly action: PricedAction;
}

/** Costs that differ in the tenth digit are the same: a hundredth of a score has no exact binary fraction. */
const SAME = 1 - 1e-10;

/** The expected cost of each action for a listing of this category and score. */
export function expectedCosts(policy: CostPolicy, category: string, score: number): ExpectedCosts {
  const probability = probabilityOf(policy, score);
  const costs = actionCosts(costsOf(policy, category), probability);
  return { probability, costs, action: cheapestOf(costs) };
}

export const costsOf = (policy: CostPolicy, category: string | undefined): Costs =>
  (category === undefined ? undefined : policy.ofCategory.get(category)) ?? policy.default;

/** What each action is expected to cost, from the gentlest on. @param probability of abusive mail, 0..1 */
export function actionCosts(
  { abuse, refused, delayed, returning }: Costs,
  probability: number,
): readonly ActionCost[] {
  const good = 1 - probability;
  return [
    { action: 'normal', cost: probability * abuse },
    ...(delayed === undefined
      ? []
      : [{ action: 'defer', cost: good * delayed + probability * abuse * returning } as const]),
    { action: 'reject', cost: good * refused },
  ];
}

/** Of several that cost the same the gentlest; of none, nothing is done. */
export const cheapestOf = (costs: readonly ActionCost[]): PricedAction =>
  costs.reduce<ActionCost | undefined>(
    (best, one) => (best === undefined || one.cost < best.cost * SAME ? one : best),
    undefined,
  )?.action ?? 'normal';

/** What the member says that a score means; a hundredth of it where it has not said. */
export const probabilityOf = ({ probabilities }: Pick<CostPolicy, 'probabilities'>, score: number): number =>
  probabilityAt(probabilities, score) ?? score / 100;
