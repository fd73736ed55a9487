// A committee of two simple questions (how many agree, how long ago was the latest report) sits beside the lift that the
// ledger has learned. The chairman gives each its weight by how well rankings with it have done so far.
import { riskFrom, START, type Mixture, type RiskParts } from './mixture.js';

/** Subjects of one look: the parts of their risk, and what came. Row after row of `subjects` for each reporter. */
export interface Trial {
  readonly parts: readonly RiskParts[];
  /** How many subjects each stands for. */
  readonly weights: Float64Array;
  readonly reporters: readonly {
    /** 1: the reporter did not list the subject then. */
    readonly isCandidate: Uint8Array;
    /** 1: it did within the horizon. */
    readonly isHit: Uint8Array;
  }[];
}

const AGREEMENTS = [1, 2, 3, 4, 5];
const RECENCIES = [0, 0.25, 0.5, 1, 2];
/** As the calibration: about the last ten looks matter. */
const FADE = 0.9;
/** What a unit of weight away from the start must have gained, as ln of average precision summed over looks. */
const HOLD = { agreement: 0.5, recency: 0.6 };
/** Fewer hits say little about the order. */
const MIN_HITS = 5;

const MIXTURES: readonly Mixture[] = AGREEMENTS.flatMap((agreement) =>
  RECENCIES.map((recency) => ({ agreement, recency })),
);
const AT_START = MIXTURES.findIndex((mixture) => distance(mixture) === 0);

function distance({ agreement, recency }: Mixture): number {
  return (
    HOLD.agreement * Math.abs(agreement - START.agreement) + HOLD.recency * Math.abs(recency - START.recency)
  );
}

/** Follows the mixture that has ranked best (follow the regularised leader; Kalai, Vempala 2005). */
export class Chairman {
  mixture: Mixture = START;
  readonly #gains = new Float64Array(MIXTURES.length);

  /** Every reporter counts alike, by the logarithm of its average precision: a rare one as much as the largest. */
  judge({ parts, weights, reporters }: Trial): void {
    const heard = reporters.filter(({ isCandidate, isHit }) => hitsOf(isCandidate, isHit) >= MIN_HITS);
    if (heard.length === 0) return;
    const found = MIXTURES.map((mixture) => {
      const risks = Float64Array.from(parts, (part) => riskFrom(part, mixture));
      const order = Uint32Array.from(risks.keys()).sort((a, b) => (risks[b] ?? 0) - (risks[a] ?? 0) || a - b);
      const sum = heard.reduce(
        (total, { isCandidate, isHit }) =>
          total + Math.log(averagePrecision(order, risks, weights, isCandidate, isHit)),
        0,
      );
      return sum / heard.length;
    });
    let best = AT_START;
    let most = 0;
    for (const [i, mixture] of MIXTURES.entries()) {
      const gain = FADE * (this.#gains[i] ?? 0) + (found[i] ?? 0) - (found[AT_START] ?? 0);
      this.#gains[i] = gain;
      if (gain - distance(mixture) > most) [best, most] = [i, gain - distance(mixture)];
    }
    this.mixture = MIXTURES[best] ?? START;
  }
}

function hitsOf(isCandidate: Uint8Array, isHit: Uint8Array): number {
  let hits = 0;
  for (const [i, hit] of isHit.entries()) hits += hit * (isCandidate[i] ?? 0);
  return hits;
}

/** Of the candidates in `order` of falling risk; those of equal risk count as their mean order. */
export function averagePrecision(
  order: Uint32Array,
  risks: Float64Array,
  weights: Float64Array,
  isCandidate: Uint8Array,
  isHit: Uint8Array,
): number {
  let [taken, found, area] = [0, 0, 0];
  for (let i = 0; i < order.length;) {
    const risk = risks[order[i] ?? 0];
    let [size, hits] = [0, 0];
    for (; i < order.length && risks[order[i] ?? 0] === risk; i++) {
      const subject = order[i] ?? 0;
      const weight = (isCandidate[subject] ?? 0) * (weights[subject] ?? 0);
      size += weight;
      hits += weight * (isHit[subject] ?? 0);
    }
    if (hits > 0) area += (hits * (found + (hits + 1) / 2)) / (taken + (size + 1) / 2);
    taken += size;
    found += hits;
  }
  return found === 0 ? 0 : area / found;
}
