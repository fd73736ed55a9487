import { QUESTION, STATES } from './factors.js';
import type { Habits } from './habits.js';
import type { Weights } from './learned-model.js';

/** A reporter whose habits are known. */
export interface Known {
  readonly reporter: number;
  /** Its part in the verdict, 0..1. */
  readonly share: number;
  /** What its probability is multiplied by: the less it reports, the more. */
  readonly scale: number;
}

/** What is known of a subject apart from one reporter's word: factors `from` to `to`, and what that reporter said itself. */
export interface View {
  factors: ArrayLike<number>;
  from: number;
  to: number;
  /** STATES: nothing; -1: its report stands. */
  own: number;
}

const mine: number[] = [];

/**
 * Natural logarithm of how much likelier than usual a subject is to be named, over the known reporters: each counts by its
 * share, once as if it had never spoken of the subject, and once with what it said, unless its report stands.
 * `viewWithout` may hand out the same object again and again.
 *
 * @returns undefined while no reporter is known
 */
export function logLiftOf(
  known: readonly Known[],
  weights: Weights,
  habits: Habits,
  viewWithout: (reporter: number) => View,
): number | undefined {
  const silent = weights.value[QUESTION.own + STATES] ?? 0;
  let lift = 0;
  let total = 0;
  for (const { reporter, share, scale } of known) {
    const { factors, from, to, own } = viewWithout(reporter);
    const z = weights.sum(factors, from, to) + silent;
    habits.factorsOf(reporter, STATES, factors, from, to, mine);
    const habit = habits.sum(mine);
    const asStranger = logistic(z + habit);
    let ofOwn = 0;
    if (own === STATES) ofOwn = asStranger;
    else if (own >= 0) {
      const first = habits.weights.value;
      const change = (first[(mine[0] ?? 0) + 1 + own] ?? 0) - (first[(mine[0] ?? 0) + 1 + STATES] ?? 0);
      ofOwn = logistic(z + habit + change + (weights.value[QUESTION.own + own] ?? 0) - silent);
    }
    // A standing report cannot become new; the rest of the members decide.
    lift += share * scale * (asStranger + ofOwn);
    total += share * (own < 0 ? 1 : 2);
  }
  return total === 0 ? undefined : Math.log(lift / total);
}

export const logistic = (z: number) => 1 / (1 + Math.exp(-z));
