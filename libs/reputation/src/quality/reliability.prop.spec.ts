import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { binOf, samplingRates } from './forecast-sample.js';
import { measureForecasts, type ForecastCell } from './reliability.js';
import { wilsonInterval } from './wilson.js';

interface Forecast {
  readonly score: number;
  readonly weight: number;
  readonly reporters: readonly string[];
  /** Of the reporters, how many had not reported before. */
  readonly isNews: boolean;
}

const forecastOf: fc.Arbitrary<Forecast> = fc.record({
  score: fc.integer({ min: 0, max: 100 }),
  weight: fc.double({ min: 1, max: 1_000, noNaN: true }),
  reporters: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 3 }),
  isNews: fc.boolean(),
});

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The same sums as the database makes. */
function cellsOf(forecasts: readonly Forecast[]): ForecastCell[] {
  return [...Map.groupBy(forecasts, ({ score }) => binOf(score))].map(([bin, inBin]) => {
    const sumsOf = (isSo: (forecast: Forecast) => boolean) => ({
      came: sum(inBin.map((one) => (isSo(one) ? one.weight : 0))),
      squaredError: sum(inBin.map((one) => one.weight * (one.score / 100 - (isSo(one) ? 1 : 0)) ** 2)),
    });
    return {
      bin,
      forecasts: inBin.length,
      weight: sum(inBin.map(({ weight }) => weight)),
      squaredWeight: sum(inBin.map(({ weight }) => weight ** 2)),
      foretold: sum(inBin.map(({ weight, score }) => (weight * score) / 100)),
      anyMember: sumsOf(({ reporters }) => reporters.length > 0),
      anotherMember: sumsOf(({ reporters, isNews }) => reporters.length > 0 && isNews),
      reporters: [...new Set(inBin.flatMap(({ reporters }) => reporters))],
    };
  });
}

const forecastsOf = fc.array(forecastOf, { maxLength: 60 });
const kOf = fc.integer({ min: 3, max: 7 });

describe('the reliability of forecasts', () => {
  test.prop([forecastsOf, kOf])(
    'tells of no bin in which fewer than k members have a part',
    (forecasts, k) => {
      const measurement = measureForecasts(cellsOf(forecasts), { k });
      const everybody = new Set(forecasts.flatMap(({ reporters }) => reporters));
      if (everybody.size < k) {
        expect(measurement).toBeUndefined();
        return;
      }
      for (const { from, to, came } of measurement?.bins ?? []) {
        const spoke = new Set(
          forecasts.filter(({ score }) => score >= from && score <= to).flatMap(({ reporters }) => reporters),
        );
        expect(spoke.size === 0 || spoke.size >= k).toBe(true);
        expect(came > 0).toBe(spoke.size > 0);
      }
    },
  );

  test.prop([forecastsOf])('leaves no forecast out and counts none twice', (forecasts) => {
    const measurement = measureForecasts(cellsOf(forecasts), { k: 3 });
    if (!measurement) return;
    const weight = sum(forecasts.map((one) => one.weight));
    const mean = (of: (one: Forecast) => number) =>
      sum(forecasts.map((one) => one.weight * of(one))) / weight;
    const came = ({ reporters }: Forecast) => (reporters.length > 0 ? 1 : 0);
    const another = (one: Forecast) => (one.isNews ? came(one) : 0);
    expect(measurement.forecasts).toBe(forecasts.length);
    expect(sum(measurement.bins.map((bin) => bin.forecasts))).toBe(forecasts.length);
    for (const [measured, outcome] of [
      [measurement.anyMember, came],
      [measurement.anotherMember, another],
    ] as const) {
      const rate = mean(outcome);
      expect(measured.rate).toBeCloseTo(rate, 9);
      expect(measured.brier).toBeCloseTo(
        mean((one) => (one.score / 100 - outcome(one)) ** 2),
        9,
      );
      expect(measured.brierOfConstant).toBeCloseTo(
        mean((one) => (rate - outcome(one)) ** 2),
        9,
      );
    }
  });

  test.prop([forecastsOf, kOf])('has bins in order, and intervals around what came', (forecasts, k) => {
    const bins = measureForecasts(cellsOf(forecasts), { k })?.bins ?? [];
    for (const [i, bin] of bins.entries()) {
      expect(bin.from).toBeGreaterThan(bins[i - 1]?.to ?? -1);
      expect(bin.foretold * 100).toBeGreaterThanOrEqual(bin.from - 1e-9);
      expect(bin.foretold * 100).toBeLessThanOrEqual(bin.to + 1e-9);
      expect(bin.cameLow).toBeLessThanOrEqual(bin.came + 1e-9);
      expect(bin.cameHigh).toBeGreaterThanOrEqual(bin.came - 1e-9);
      expect(bin.cameByAnother).toBeLessThanOrEqual(bin.came + 1e-9);
    }
  });
});

describe('the sample', () => {
  const strataOf = fc.array(
    fc.record({
      bin: fc.integer({ min: 0, max: 9 }),
      listed: fc.boolean(),
      subjects: fc.nat({ max: 1_000_000 }),
    }),
  );

  test.prop([strataOf, fc.integer({ min: 1, max: 100 })])(
    'takes all of a small stratum and about as many of each large one',
    (strata, perStratum) => {
      const rates = samplingRates(strata, perStratum);
      const present = strata.filter(({ subjects }) => subjects > 0);
      expect(rates.map(({ bin, listed }) => [bin, listed])).toEqual(
        present.map(({ bin, listed }) => [bin, listed]),
      );
      for (const [i, { rate }] of rates.entries()) {
        expect(rate).toBeGreaterThan(0);
        expect(rate * (present[i]?.subjects ?? 0)).toBeCloseTo(
          Math.min(perStratum, present[i]?.subjects ?? 0),
          6,
        );
      }
    },
  );
});

describe('the interval of Wilson', () => {
  test.prop([fc.nat({ max: 10_000 }), fc.integer({ min: 1, max: 10_000 })])(
    'holds the share and narrows with the number',
    (hits, more) => {
      const total = hits + more;
      const { low, high } = wilsonInterval(hits, total);
      expect(low).toBeLessThanOrEqual(hits / total);
      expect(high).toBeGreaterThanOrEqual(hits / total);
      const wider = wilsonInterval(hits / 2, total / 2);
      expect(high - low).toBeLessThan(wider.high - wider.low);
    },
  );
});
