// What single reporters do differently from reporters at large: how much they report, whom they follow, how soon they come
// back to a subject, how much they care for its neighbours.
import { CHANNEL_FACTORS, QUESTION, SHARED_FACTORS, STATES } from './factors.js';
import { Weights, type Rate } from './learned-model.js';

const OWN_STATES = STATES + 1;
const NEIGHBOURS = QUESTION.good - QUESTION.nearFast;
const VOICES = QUESTION.nearFast - QUESTION.standing;
/** Base rate, own states, voices and recency, neighbours. */
const REPORTER_FACTORS = 1 + OWN_STATES + VOICES + NEIGHBOURS;
const FOLLOWED_STATES = STATES;

export class Habits {
  readonly weights = new Weights(0);
  readonly #blockOf = new Map<number, number>();
  readonly #followOf = new Map<number, number>();
  #size = 0;

  #take(size: number): number {
    const first = this.#size;
    this.#size += size;
    this.weights.reserve(this.#size);
    return first;
  }

  blockOf(reporter: number): number {
    let first = this.#blockOf.get(reporter);
    if (first === undefined) {
      this.#blockOf.set(reporter, (first = this.#take(REPORTER_FACTORS)));
      this.weights.value[first] = -7;
      this.weights.prior[first] = -7;
    }
    return first;
  }

  /** Maps the factors of a subject to the ones of a reporter; the first is its base rate. */
  factorsOf(
    reporter: number,
    own: number,
    factors: ArrayLike<number>,
    from: number,
    to: number,
    out: number[],
  ): void {
    out.length = 0;
    const first = this.blockOf(reporter);
    out.push(first, first + 1 + own);
    for (let i = from; i < to; i++) {
      const factor = factors[i] ?? 0;
      if (factor >= QUESTION.standing && factor < QUESTION.good) {
        out.push(first + 1 + OWN_STATES + factor - QUESTION.standing);
      } else if (factor >= SHARED_FACTORS) {
        const channel = Math.floor((factor - SHARED_FACTORS) / CHANNEL_FACTORS);
        const bin = (factor - SHARED_FACTORS) % CHANNEL_FACTORS;
        if (bin >= STATES) continue;
        const key = reporter * 65_536 + channel;
        let follow = this.#followOf.get(key);
        if (follow === undefined) this.#followOf.set(key, (follow = this.#take(FOLLOWED_STATES)));
        out.push(follow + bin);
      }
    }
  }

  sum(factors: readonly number[], from = 0): number {
    let sum = 0;
    for (let i = from; i < factors.length; i++) sum += this.weights.value[factors[i] ?? 0] ?? 0;
    return sum;
  }

  learn(factors: readonly number[], error: number, rate: Rate, baseRate: Rate): void {
    this.weights.move(factors[0] ?? 0, error, baseRate);
    for (let i = 1; i < factors.length; i++) this.weights.move(factors[i] ?? 0, error, rate);
  }
}
