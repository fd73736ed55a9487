import { describe, expect, it } from 'vitest';
import { DEFAULT_TRUST } from '../model.js';
import { trustAfter } from './adjudication.js';

describe('trust after appeals', () => {
  it('is the usual one while nothing was judged wrong', () => {
    expect(trustAfter({ wrong: 0, right: 0 })).toBe(DEFAULT_TRUST);
    expect(trustAfter({ wrong: 0, right: 9 })).toBe(DEFAULT_TRUST);
  });

  it('falls with each appeal that was upheld, a little at first, and rises with those that were not', () => {
    expect(trustAfter({ wrong: 1, right: 0 })).toBeCloseTo((0.8 * 20) / 21);
    expect(trustAfter({ wrong: 5, right: 0 })).toBeCloseTo(0.64);
    expect(trustAfter({ wrong: 5, right: 20 })).toBeGreaterThan(trustAfter({ wrong: 5, right: 0 }));
  });

  it('never falls below half, so that nobody is silenced by appeals', () => {
    expect(trustAfter({ wrong: 10_000, right: 0 })).toBeCloseTo(0.4);
  });
});
