// How well a ranking finds what came true.

export interface Ranked {
  readonly averagePrecision: number;
  /** Share of hits among the first 1,000. */
  readonly precisionAt1000: number;
  /** Share of all hits found where 1 % of the misses are taken with them. */
  readonly recallAt1Percent: number;
}

/** Ties count as their mean order: a method that cannot tell two subjects apart is not helped by their order. */
export function rank(scores: Float64Array, hits: Uint8Array): Ranked {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const total = hits.reduce((sum, hit) => sum + hit, 0);
  const misses = scores.length - total;
  let taken = 0;
  let found = 0;
  let area = 0;
  let at1000 = 0;
  let recall = 0;
  for (let i = 0; i < order.length;) {
    const score = scores[order[i] ?? 0];
    let j = i;
    let inGroup = 0;
    while (j < order.length && scores[order[j] ?? 0] === score) inGroup += hits[order[j++] ?? 0] ?? 0;
    const size = j - i;
    const share = inGroup / size;
    if (inGroup > 0) {
      for (let k = 1; k <= size; k++) area += (share * (found + share * k)) / (taken + k);
    }
    at1000 += share * Math.max(0, Math.min(size, 1_000 - taken));
    const missesBefore = taken - found;
    const missesInGroup = size - inGroup;
    const room = 0.01 * misses - missesBefore;
    if (room >= missesInGroup) recall = (found + inGroup) / total;
    else if (room > 0) recall = (found + (inGroup * room) / missesInGroup) / total;
    taken += size;
    found += inGroup;
    i = j;
  }
  return {
    averagePrecision: area / total,
    precisionAt1000: at1000 / Math.min(1_000, scores.length),
    recallAt1Percent: recall,
  };
}

/** Mean squared error of probabilities. */
export function brier(probabilities: Float64Array, hits: Uint8Array): number {
  let sum = 0;
  for (const [i, p] of probabilities.entries()) sum += (p - (hits[i] ?? 0)) ** 2;
  return sum / probabilities.length;
}
