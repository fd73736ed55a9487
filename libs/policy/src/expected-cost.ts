// What to do with a connection when each outcome has a price: the action whose expected cost is least. The prices are the
// member's own; so is what it takes a score to mean.
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
  readonly probabilities: readonly { readonly score: number; readonly probability: number }[];
}

/** The actions that have a price, from the gentlest on. */
export type PricedAction = Extract<Action, 'normal' | 'defer' | 'reject'>;

export interface ExpectedCosts {
  /** Of abusive mail, 0..1. */
  readonly probability: number;
  /** `defer` is missing where nothing is put off. */
  readonly costs: readonly { readonly action: PricedAction; readonly cost: number }[];
  /** The cheapest; of several the gentlest. */
  readonly action: PricedAction;
}

/** Costs that differ in the tenth digit are the same: a hundredth of a score has no exact binary fraction. */
const SAME = 1 - 1e-10;

/** The expected cost of each action for a listing of this category and score. */
export function expectedCosts(policy: CostPolicy, category: string, score: number): ExpectedCosts {
  const { abuse, refused, delayed, returning } = policy.ofCategory.get(category) ?? policy.default;
  const probability = probabilityOf(policy, score);
  const good = 1 - probability;
  const costs = [
    { action: 'normal', cost: probability * abuse },
    ...(delayed === undefined
      ? []
      : [{ action: 'defer', cost: good * delayed + probability * abuse * returning } as const]),
    { action: 'reject', cost: good * refused },
  ] as const;
  const cheapest = costs.reduce((best, one) => (one.cost < best.cost * SAME ? one : best));
  return { probability, costs, action: cheapest.action };
}

/** Straight lines between the points that the member gave; beyond them the nearest. */
export function probabilityOf({ probabilities }: Pick<CostPolicy, 'probabilities'>, score: number): number {
  const last = probabilities.at(-1);
  if (!last) return score / 100;
  const place = probabilities.findIndex((point) => point.score >= score);
  const [before, after] = [probabilities[place - 1], probabilities[place]];
  if (!after) return last.probability;
  if (!before) return after.probability;
  const share = (score - before.score) / (after.score - before.score);
  return before.probability + share * (after.probability - before.probability);
}
