import { describe, expect, it } from 'vitest';
import { deliveryVerdictOf, retryDelayMs } from './delivery.js';

describe('a delivery', () => {
  it.each([
    [202, undefined, 'accepted'],
    [400, 'invalid_request', 'refused'],
    [400, undefined, 'refused'],
    [400, 'authentication_failed', 'later'],
    [400, 'invalid_key', 'later'],
    [413, undefined, 'refused'],
    [302, undefined, 'later'],
    [401, undefined, 'later'],
    [429, undefined, 'later'],
    [503, undefined, 'later'],
  ] as const)('answered %i %s is %s', (status, err, verdict) => {
    expect(deliveryVerdictOf(status, err)).toBe(verdict);
  });

  it('is tried again after pauses that double up to five minutes, or when the receiver says', () => {
    expect([1, 2, 3, 9, 10, 60].map((failures) => retryDelayMs(failures) / 1_000)).toEqual([
      ...[1, 2, 4, 256, 300, 300],
    ]);
    expect(retryDelayMs(1, 120)).toBe(120_000);
    expect(retryDelayMs(1, 1e9)).toBe(3_600_000);
  });
});
