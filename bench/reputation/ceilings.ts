// What regressions that were trained on another window reach.
import { FEATURES, type Replay } from './replay.ts';

export type Judge = (replay: Replay) => Float64Array;

interface Sample {
  readonly rows: Float32Array[];
  readonly hits: number[];
  readonly weights: number[];
}

const TARGET_HITS = 20;
const QUIET_PER_TARGET = 15_000;

function sampleOf(replays: readonly Replay[]): Sample {
  const sample: Sample = { rows: [], hits: [], weights: [] };
  for (const { features, targets } of replays) {
    for (const { candidates, hits } of targets) {
      const found = hits.reduce((sum, hit) => sum + hit, 0);
      if (found < TARGET_HITS) continue;
      const every = Math.max(1, Math.floor((candidates.length - found) / QUIET_PER_TARGET));
      for (const [k, i] of candidates.entries()) {
        const hit = hits[k] ?? 0;
        if (hit === 0 && k % every !== 0) continue;
        sample.rows.push(features.subarray(i * FEATURES.length, (i + 1) * FEATURES.length));
        sample.hits.push(hit);
        sample.weights.push(hit === 1 ? 1 : every);
      }
    }
  }
  return sample;
}

const logistic = (z: number) => 1 / (1 + Math.exp(-z));
const overRows = ({ features, subjects }: Replay, score: (row: Float32Array) => number) =>
  Float64Array.from(subjects, (_, i) =>
    score(features.subarray(i * FEATURES.length, (i + 1) * FEATURES.length)),
  );

/** Gradient descent with AdaGrad on standardised features, three rounds. */
export function trainLogistic(replays: readonly Replay[]): Judge {
  const { rows, hits, weights } = sampleOf(replays);
  const width = FEATURES.length;
  const mean = FEATURES.map((_, f) => rows.reduce((sum, row) => sum + (row[f] ?? 0), 0) / rows.length);
  const deviation = FEATURES.map((_, f) => {
    const square = rows.reduce((sum, row) => sum + ((row[f] ?? 0) - (mean[f] ?? 0)) ** 2, 0) / rows.length;
    return Math.sqrt(square) || 1;
  });
  const w = new Float64Array(width + 1);
  w[width] = -5;
  const seen = new Float64Array(width + 1).fill(1);
  const z = (row: Float32Array) => {
    let sum = w[width] ?? 0;
    for (let f = 0; f < width; f++)
      sum += ((w[f] ?? 0) * ((row[f] ?? 0) - (mean[f] ?? 0))) / (deviation[f] ?? 1);
    return sum;
  };
  for (let round = 0; round < 3; round++) {
    for (let k = 0; k < rows.length; k++) {
      // A stride prime to the length visits every row once, far from its neighbours.
      const i = (k * 104_729) % rows.length;
      const row = rows[i] ?? new Float32Array(width);
      const error = (logistic(z(row)) - (hits[i] ?? 0)) * (weights[i] ?? 1);
      for (let f = 0; f <= width; f++) {
        const g = error * (f === width ? 1 : ((row[f] ?? 0) - (mean[f] ?? 0)) / (deviation[f] ?? 1));
        seen[f] = (seen[f] ?? 0) + g * g;
        w[f] = (w[f] ?? 0) - (0.3 * g) / Math.sqrt(seen[f] ?? 1);
      }
    }
  }
  return (replay) => overRows(replay, z);
}

interface Tree {
  readonly feature: number;
  readonly cut: number;
  readonly low: Tree | number;
  readonly high: Tree | number;
}

const ROUNDS = 60;
const DEPTH = 4;
const SHRINKAGE = 0.1;
const BINS = 32;

/** Second-order boosting of regression trees on histograms (Chen, Guestrin 2016). */
export function trainTrees(replays: readonly Replay[]): Judge {
  const { rows, hits, weights } = sampleOf(replays);
  const cuts = FEATURES.map((_, f) => {
    const sorted = Float32Array.from(rows, (row) => row[f] ?? 0).sort();
    const at = Array.from(
      { length: BINS - 1 },
      (_, b) => sorted[Math.floor(((b + 1) * sorted.length) / BINS)] ?? 0,
    );
    const tail = [0.98, 0.99, 0.995, 0.999].map((q) => sorted[Math.floor(q * (sorted.length - 1))] ?? 0);
    return [...new Set([...at, ...tail])].sort((a, b) => a - b);
  });
  const binned = rows.map((row) =>
    Uint8Array.from(cuts, (cut, f) => cut.filter((c) => (row[f] ?? 0) > c).length),
  );
  const total = weights.reduce((sum, w) => sum + w, 0);
  const start = Math.log(hits.reduce((sum, h) => sum + h, 0) / total);
  const margin = new Float64Array(rows.length).fill(start);
  const g = new Float64Array(rows.length);
  const h = new Float64Array(rows.length);
  const grow = (members: number[], depth: number): Tree | number => {
    let [G, H] = [0, 0];
    for (const i of members) {
      G += g[i] ?? 0;
      H += h[i] ?? 0;
    }
    const leaf = () => (-SHRINKAGE * G) / (H + 1);
    if (depth === 0) return leaf();
    let best = { gain: 1e-3, feature: -1, bin: 0 };
    for (let f = 0; f < FEATURES.length; f++) {
      const size = (cuts[f]?.length ?? 0) + 1;
      const sums = new Float64Array(2 * size);
      for (const i of members) {
        const bin = binned[i]?.[f] ?? 0;
        sums[2 * bin] = (sums[2 * bin] ?? 0) + (g[i] ?? 0);
        sums[2 * bin + 1] = (sums[2 * bin + 1] ?? 0) + (h[i] ?? 0);
      }
      let [low, lowH] = [0, 0];
      for (let bin = 0; bin < size - 1; bin++) {
        low += sums[2 * bin] ?? 0;
        lowH += sums[2 * bin + 1] ?? 0;
        const gain = low ** 2 / (lowH + 1) + (G - low) ** 2 / (H - lowH + 1) - G ** 2 / (H + 1);
        if (lowH > 1 && H - lowH > 1 && gain > best.gain) best = { gain, feature: f, bin };
      }
    }
    if (best.feature < 0) return leaf();
    const isLow = (i: number) => (binned[i]?.[best.feature] ?? 0) <= best.bin;
    const low = grow(members.filter(isLow), depth - 1);
    const high = grow(
      members.filter((i) => !isLow(i)),
      depth - 1,
    );
    return { feature: best.feature, cut: cuts[best.feature]?.[best.bin] ?? 0, low, high };
  };
  const valueOf = (tree: Tree | number, row: Float32Array): number =>
    typeof tree === 'number'
      ? tree
      : valueOf((row[tree.feature] ?? 0) <= tree.cut ? tree.low : tree.high, row);
  const trees: (Tree | number)[] = [];
  const all = Array.from(rows.keys());
  for (let round = 0; round < ROUNDS; round++) {
    for (const i of all) {
      const p = logistic(margin[i] ?? 0);
      g[i] = (p - (hits[i] ?? 0)) * (weights[i] ?? 1);
      h[i] = p * (1 - p) * (weights[i] ?? 1);
    }
    const tree = grow(all, DEPTH);
    trees.push(tree);
    for (const [i, row] of rows.entries()) margin[i] = (margin[i] ?? 0) + valueOf(tree, row);
  }
  return (replay) =>
    overRows(replay, (row) => trees.reduce<number>((sum, tree) => sum + valueOf(tree, row), start));
}
