import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { probabilityAt, RECALIBRATION, risingCurve, type ToldBin } from './recalibration.js';

// Of all doubles from 0 to 1 most are next to 0.
const shareOf = fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000);
const binsOf = fc.array(
  fc.record({ forecasts: fc.integer({ min: 1, max: 5_000 }), foretold: shareOf, came: shareOf }),
  { minLength: 1, maxLength: 10 },
);
const separateBinsOf = fc.uniqueArray(
  fc.record({
    forecasts: fc.integer({ min: 100, max: 5_000 }),
    foretold: fc.integer({ min: 0, max: 100 }).map((score) => score / 100),
    came: shareOf,
  }),
  { selector: ({ foretold }) => foretold, minLength: 2, maxLength: 10 },
);
const scoreOf = fc.integer({ min: 0, max: 100 });
const shuffled = (bins: readonly ToldBin[]) =>
  fc.shuffledSubarray([...bins], { minLength: bins.length, maxLength: bins.length });
const CLOSE = 1e-9;

/** The definition, in n²: the share at a place is the largest of all lower ends of the least mean up to a higher end. */
function isotonic(bins: readonly ToldBin[], place: number): number {
  const mean = (from: number, to: number) => {
    const some = bins.slice(from, to + 1);
    const forecasts = some.reduce((sum, one) => sum + one.forecasts, 0);
    return some.reduce((sum, one) => sum + one.forecasts * one.came, 0) / forecasts;
  };
  const leastUpFrom = (from: number) =>
    Math.min(...bins.slice(place).map((_, above) => mean(from, place + above)));
  return Math.max(...bins.slice(0, place + 1).map((_, from) => leastUpFrom(from)));
}

describe('the rising curve', () => {
  test.prop([binsOf, scoreOf, scoreOf])('never falls, and stays among the shares that came', (bins, a, b) => {
    const curve = risingCurve(bins);
    if (!curve) return;
    const [low = 0, high = 0] = [Math.min(a, b), Math.max(a, b)].map((score) => probabilityAt(curve, score));
    expect(high).toBeGreaterThanOrEqual(low - CLOSE);
    const came = bins.map((bin) => bin.came);
    expect(low).toBeGreaterThanOrEqual(Math.max(0, Math.min(...came) - CLOSE));
    expect(high).toBeLessThanOrEqual(Math.min(1, Math.max(...came) + CLOSE));
  });

  test.prop([binsOf.chain((bins) => fc.tuple(fc.constant(bins), shuffled(bins))), scoreOf])(
    'does not depend on the order of the bins',
    ([bins, others], score) => {
      const [one, other] = [risingCurve(bins), risingCurve(others)];
      expect(other?.length).toBe(one?.length);
      if (!one || !other) return;
      expect(probabilityAt(other, score)).toBeCloseTo(probabilityAt(one, score) ?? NaN, 9);
    },
  );

  test.prop([separateBinsOf])(
    'has the shares that are nearest to those of the bins of all that never fall',
    (given) => {
      const bins = given.toSorted((a, b) => a.foretold - b.foretold);
      const curve = risingCurve(bins);
      if (!curve) return;
      const shares = bins.map((_, place) => isotonic(bins, place));
      for (const { probability } of curve)
        expect(shares.some((share) => Math.abs(share - probability) < CLOSE)).toBe(true);
      for (const share of shares)
        expect(curve.some(({ probability }) => Math.abs(share - probability) < CLOSE)).toBe(true);
    },
  );

  test.prop([fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 10 })])(
    'goes through every bin where each keeps its word better than the one below',
    (scores) => {
      const rising = scores.toSorted((a, b) => a - b);
      const bins = rising.map((score): ToldBin => ({
        ...{ foretold: score / 100, came: score / 200, forecasts: RECALIBRATION.minForecasts },
      }));
      const curve = risingCurve(bins) ?? [];
      for (const score of rising) expect(probabilityAt(curve, score)).toBeCloseTo(score / 200, 9);
    },
  );

  test.prop([
    fc.array(fc.record({ forecasts: fc.integer({ min: 1, max: 124 }), foretold: shareOf, came: shareOf }), {
      maxLength: 4,
    }),
  ])('is not told of fewer forecasts than it takes', (bins) => {
    expect(risingCurve(bins)).toBeUndefined();
  });
});
