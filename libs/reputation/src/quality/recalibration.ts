// What a score has come to mean: the published reliability curve, made to rise, and read between its bins.
import type { ReliabilityBin } from './reliability.js';

export const RECALIBRATION = Object.freeze({
  /**
   * Fewer forecasts say too little: as many as twenty strata of 25 give in an hour. Ten bins of 50 know their shares to
   * 14 hundredths at worst (95 %).
   */
  minForecasts: 500,
});

/** What of a bin the curve is made of. */
export type ToldBin = Pick<ReliabilityBin, 'forecasts' | 'foretold' | 'came'>;

/** What a score means; the score need not be whole. */
export interface ProbabilityPoint {
  /** 0..100 */
  readonly score: number;
  /** 0..1 */
  readonly probability: number;
}

/**
 * The curve nearest to the bins of all that never fall (weighted least squares, by pooling adjacent violators: Ayer and
 * others 1955), as points of rising score. It is made of published figures alone, so it discloses nothing more.
 * @returns undefined where it rests on too few forecasts, or where a higher score means no more than a lower one
 */
export function risingCurve(bins: readonly ToldBin[]): readonly ProbabilityPoint[] | undefined {
  const told = bins.filter(({ forecasts }) => forecasts > 0);
  if (told.reduce((sum, { forecasts }) => sum + forecasts, 0) < RECALIBRATION.minForecasts) return undefined;
  const pools: ToldBin[] = [];
  for (const bin of told.toSorted(byMeaning)) {
    let pool = bin;
    for (let before = pools.at(-1); before && isViolated(before, pool); before = pools.at(-1)) {
      pools.pop();
      pool = pooled(before, pool);
    }
    pools.push(pool);
  }
  const [lowest, highest] = [pools[0], pools.at(-1)];
  if (!lowest || !highest || lowest.came >= highest.came) return undefined;
  return pools.map(({ foretold, came }) => ({ score: 100 * foretold, probability: came }));
}

/** The same order, whatever order they come in. */
const byMeaning = (a: ToldBin, b: ToldBin) =>
  a.foretold - b.foretold || a.came - b.came || a.forecasts - b.forecasts;

/** Two bins of one mean have one share, too. */
const isViolated = (before: ToldBin, after: ToldBin) =>
  before.came > after.came || before.foretold >= after.foretold;

function pooled(a: ToldBin, b: ToldBin): ToldBin {
  const forecasts = a.forecasts + b.forecasts;
  const mean = (of: (bin: ToldBin) => number) => (a.forecasts * of(a) + b.forecasts * of(b)) / forecasts;
  return { forecasts, foretold: mean(({ foretold }) => foretold), came: mean(({ came }) => came) };
}

/**
 * Straight lines between points of rising score; beyond them the nearest.
 * @returns undefined without points
 */
export function probabilityAt(points: readonly ProbabilityPoint[], score: number): number | undefined {
  const place = points.findIndex((point) => point.score >= score);
  const [before, after] = [points[place - 1], points[place]];
  if (!after) return points.at(-1)?.probability;
  if (!before) return after.probability;
  const share = (score - before.score) / (after.score - before.score);
  return before.probability + share * (after.probability - before.probability);
}
