import { QUESTION, SHARED_FACTORS, STATES } from './factors.js';

/** Weights that learn: each starts at a prior and is held there in proportion to how little was seen. */
export class Weights {
  value: Float64Array;
  /** Sum of squared gradients: how much was learned about each. */
  learned: Float64Array;
  prior: Float64Array;

  constructor(size = SHARED_FACTORS) {
    this.prior = priorWeights(size);
    this.value = Float64Array.from(this.prior);
    this.learned = new Float64Array(size).fill(LEARNED_AT_START);
  }

  reserve(size: number): void {
    if (size <= this.value.length) return;
    const grown = Math.max(size, 2 * this.value.length);
    const widen = (old: Float64Array, filler: number) => {
      const next = new Float64Array(grown).fill(filler);
      next.set(old);
      return next;
    };
    this.value = widen(this.value, 0);
    this.learned = widen(this.learned, LEARNED_AT_START);
    this.prior = widen(this.prior, 0);
  }

  sum(factors: ArrayLike<number>, from: number, to: number): number {
    let sum = 0;
    for (let i = from; i < to; i++) sum += this.value[factors[i] ?? 0] ?? 0;
    return sum;
  }

  /** One step of AdaGrad (Duchi, Hazan, Singer 2011) along `error` for one weight. */
  move(factor: number, error: number, rate: Rate): void {
    const gradient = error + rate.shrinkage * ((this.value[factor] ?? 0) - (this.prior[factor] ?? 0));
    const total = (this.learned[factor] ?? 0) + gradient * gradient;
    this.learned[factor] = total;
    this.value[factor] = (this.value[factor] ?? 0) - (rate.step * gradient) / Math.sqrt(total);
  }
}

export interface Rate {
  readonly step: number;
  readonly shrinkage: number;
}

const LEARNED_AT_START = 1;

/** Before anything is learned: newer, more voices, more often and worse neighbours are worse. */
function priorWeights(size: number): Float64Array {
  const prior = new Float64Array(size);
  const set = (first: number, bins: number, weight: (bin: number) => number) => {
    for (let bin = 0; bin < bins; bin++) prior[first + bin] = weight(bin);
  };
  const ages = (STATES - 1) / 2;
  set(QUESTION.state, STATES, (state) =>
    state < ages ? 0.4 - 0.12 * state : state === ages ? 0.1 : 0.3 - 0.12 * (state - ages - 1),
  );
  set(QUESTION.voices, 8, (voices) => 0.5 * Math.log2(1 + voices));
  set(QUESTION.freshVoices, 8, (voices) => 0.3 * Math.log2(1 + voices));
  set(QUESTION.recency, 15, (bin) => 0.5 - 0.08 * bin);
  set(QUESTION.recurrence, 12, (episodes) => 0.2 * Math.log2(1 + episodes));
  set(QUESTION.nearFast, 14, (bin) => 0.08 * bin);
  set(QUESTION.nearSlow, 14, (bin) => 0.05 * bin);
  set(QUESTION.good, 16, (bin) => -0.3 * bin);
  return prior;
}
