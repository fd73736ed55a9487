import { describe, expect, it } from 'vitest';
import { probabilityAt, RECALIBRATION, risingCurve, type ToldBin } from './recalibration.js';
import { wilsonInterval } from './wilson.js';

const bin = (foretold: number, came: number, forecasts = 300): ToldBin => ({ foretold, came, forecasts });
const at = (bins: readonly ToldBin[], score: number) => probabilityAt(risingCurve(bins) ?? [], score);

describe('what a score means', () => {
  it('is the share of a bin at its mean, straight lines between means, and the nearest beyond them', () => {
    const bins = [bin(0.1, 0.02), bin(0.5, 0.06), bin(0.9, 0.4)];
    const expected = [
      ...([
        [0, 0.02],
        [10, 0.02],
        [30, 0.04],
        [50, 0.06],
        [60, 0.145],
        [90, 0.4],
        [100, 0.4],
      ] as const),
    ];
    for (const [score, probability] of expected) expect(at(bins, score)).toBeCloseTo(probability, 12);
  });

  it('is that of neighbours together where the higher one keeps its word less, by their forecasts', () => {
    const bins = [bin(0.1, 0.1, 100), bin(0.4, 0.3, 300), bin(0.6, 0.1, 100), bin(0.9, 0.5, 100)];
    expect(risingCurve(bins)).toEqual([
      { score: 10, probability: 0.1 },
      { score: 45, probability: 0.25 },
      { score: 90, probability: 0.5 },
    ]);
  });

  it('is pooled back as far as it takes', () => {
    const bins = [bin(0.1, 0.2), bin(0.3, 0.3), bin(0.5, 0.02), bin(0.7, 0.6)];
    const [low, high] = risingCurve(bins) ?? [];
    expect(low?.probability).toBeCloseTo(0.52 / 3, 12);
    expect(low?.score).toBeCloseTo(30, 12);
    expect(high).toEqual({ score: 70, probability: 0.6 });
  });

  it('is not known of too few forecasts, and of no bins', () => {
    const few = [bin(0.1, 0.1, 250), bin(0.9, 0.5, 249)];
    expect(risingCurve(few)).toBeUndefined();
    expect(risingCurve([...few, bin(0.95, 0.5, 1)])).toBeDefined();
    expect(risingCurve([])).toBeUndefined();
    expect(probabilityAt([], 50)).toBeUndefined();
  });

  it('is not known where a higher score means no more than a lower one', () => {
    expect(risingCurve([bin(0.5, 0.1, 1_000)])).toBeUndefined();
    expect(risingCurve([bin(0.1, 0.3), bin(0.9, 0.2)])).toBeUndefined();
    expect(risingCurve([bin(0.1, 0.2), bin(0.9, 0.2)])).toBeUndefined();
  });
});

it('five hundred forecasts in ten bins know each share to 14 hundredths at worst', () => {
  const inBin = RECALIBRATION.minForecasts / 10;
  const { low, high } = wilsonInterval(inBin / 2, inBin);
  expect((high - low) / 2).toBeLessThan(0.14);
  expect((high - low) / 2).toBeGreaterThan(0.13);
});
