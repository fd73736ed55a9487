import { describe, expect, it } from 'vitest';
import { bucketOf, magnitudeOf } from './digest.js';

describe('what an alert shows', () => {
  it('is to 10 minutes and to the order of magnitude', () => {
    expect(new Date(bucketOf(Date.parse('2026-11-01T10:19:59.999Z'))).toISOString()).toBe(
      '2026-11-01T10:10:00.000Z',
    );
    expect([0, 1, 9, 10, 999, 1_000].map(magnitudeOf)).toEqual([0, 1, 1, 10, 100, 1_000]);
  });
});
