import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

describe('backoff', () => {
  it('doubles from a fifth of a second up to five seconds', () => {
    expect([1, 2, 3, 5, 6, 1000].map((failures) => backoffMs(failures, 1))).toEqual([
      200, 400, 800, 3200, 5000, 5000,
    ]);
  });

  it('leaves half of the time to chance', () => {
    expect(backoffMs(2, 0)).toBe(200);
    expect(backoffMs(2, 0.5)).toBe(300);
  });
});
