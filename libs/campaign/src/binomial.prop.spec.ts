import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { binomialTail } from './binomial.js';

/** Term by term, with Pascal's numbers: exact enough for few trials. */
function direct(trials: number, count: number, rate: number): number {
  let sum = 0;
  for (let k = Math.max(0, count); k <= trials; k++) {
    let term = 1;
    for (let i = 1; i <= k; i++) term *= ((trials - k + i) / i) * rate;
    sum += term * (1 - rate) ** (trials - k);
  }
  return sum;
}
const near = (probability: number, wanted: number) => {
  expect(Math.abs(probability - wanted)).toBeLessThanOrEqual(1e-9 * wanted);
};
const rates = fc.double({ min: 0.001, max: 0.999, noNaN: true });

describe('binomialTail', () => {
  test.prop([fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 110 }), rates])(
    'is the direct sum over all greater counts',
    (trials, count, rate) => {
      near(binomialTail(trials, count, rate), direct(trials, count, rate));
    },
  );

  test.prop([fc.integer({ min: 1, max: 1_000_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), rates])(
    'is a probability that falls as the count grows, however many trials',
    (trials, share, rate) => {
      const count = Math.max(1, Math.floor(trials * share));
      const [more, less] = [binomialTail(trials, count + 1, rate), binomialTail(trials, count, rate)];
      expect(more).toBeGreaterThanOrEqual(0);
      expect(less).toBeGreaterThanOrEqual(more * (1 - 1e-9));
      expect(less).toBeLessThanOrEqual(1);
    },
  );

  test.prop([fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }), rates])(
    'and the counts below it are everything',
    (trials, count, rate) => {
      const at = Math.min(count, trials);
      // Fewer than so many successes are more than so many failures.
      expect(binomialTail(trials, at, rate) + binomialTail(trials, trials - at + 1, 1 - rate)).toBeCloseTo(
        1,
        9,
      );
    },
  );

  it('keeps its digits far out in the tail and for very many trials', () => {
    near(binomialTail(100, 100, 0.01), 1e-200);
    expect(binomialTail(1_000_000, 1_000_000, 0.01)).toBe(0);
    // Half of an odd number of trials with even chances.
    near(binomialTail(999_999_999, 500_000_000, 0.5), 0.5);
  });
});
