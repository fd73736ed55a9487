// The shared buckets against BIND's rule written down as it stands: credit, balance, least balance.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRates, RATE, RateTable } from './rate-table.js';

const steps = fc.array(
  fc.record({ waitMs: fc.oneof(fc.nat(20), fc.nat(5_000)), asks: fc.integer({ min: 1, max: 60 }) }),
  { minLength: 1, maxLength: 40 },
);

describe('a bucket that several threads take from', () => {
  it('lets pass what the rule lets pass, whichever thread takes', () => {
    // Rates that put whole answers at whole milliseconds, so that both count the same fractions.
    const rates = fc.constantFrom(1, 5, 10, 100, 1_000);
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 30 }), steps, (rate, windowSeconds, asked) => {
        const kinds = { responses: rate, nxdomains: rate, nodata: 0, errors: 0 };
        const shared = createRates({ ...kinds, windowSeconds, slip: 2 }, 3, 1_000);
        const threads = [new RateTable(shared), new RateTable(shared), new RateTable(shared)];
        let nowMs = 1_000;
        let balance: number = rate;
        let turn = 0;
        for (const { waitMs, asks } of asked) {
          const whole = Math.floor((waitMs * rate) / 1000);
          nowMs += (whole * 1000) / rate;
          balance = Math.min(rate, balance + whole);
          for (let i = 0; i < asks; i++) {
            balance = Math.max(-windowSeconds * rate, balance - 1);
            const isSent = threads[turn++ % threads.length]?.take(7, RATE.responses, nowMs);
            expect(isSent).toBe(balance >= 0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is full again after any pause, however the clock has run round', () => {
    const shared = createRates(
      { responses: 10, nxdomains: 0, nodata: 0, errors: 0, windowSeconds: 15, slip: 0 },
      3,
      0,
    );
    const table = new RateTable(shared);
    for (let i = 0; i < 200; i++) table.take(7, RATE.responses, 0);
    expect(table.take(7, RATE.responses, 1_000)).toBe(false);
    for (const nowMs of [1e5, 1e9, 3e11, 2 ** 32 * 100 + 1e6]) {
      expect(table.take(7, RATE.responses, nowMs)).toBe(true);
    }
    // A clock that is set back must not lock anybody out.
    expect(table.take(7, RATE.responses, 0)).toBe(true);
  });
});
