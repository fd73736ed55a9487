import { describe, expect, it } from 'vitest';
import { bucketOf, magnitudeOf, nextAttemptAt } from './digest.js';

describe('what an alert shows', () => {
  it('is to 10 minutes and to the order of magnitude', () => {
    expect(new Date(bucketOf(Date.parse('2026-11-01T10:19:59.999Z'))).toISOString()).toBe(
      '2026-11-01T10:10:00.000Z',
    );
    expect([0, 1, 9, 10, 999, 1_000].map(magnitudeOf)).toEqual([0, 1, 1, 10, 100, 1_000]);
  });
});

describe('a delivery that fails', () => {
  it('is tried again after 5, 10, 20 s and so on, at most 10 minutes apart', () => {
    const pauses = [1, 2, 3, 8, 50].map((attempts) => nextAttemptAt({ createdAt: 0, attempts }, 0));
    expect(pauses).toEqual([5_000, 10_000, 20_000, 600_000, 600_000]);
  });

  it('is given up after three days', () => {
    const day = 86_400_000;
    expect(nextAttemptAt({ createdAt: 0, attempts: 90 }, 3 * day - 600_000)).toBe(3 * day);
    expect(nextAttemptAt({ createdAt: 0, attempts: 90 }, 3 * day - 599_999)).toBeUndefined();
  });
});
