import { describe, expect, it } from 'vitest';
import type { Sighting } from '../reputation.js';
import { countingAfterRelease } from './release.js';

const MINUTE = 60_000;
const seen = (lastSeen: number, change: Partial<Sighting> = {}): Sighting => ({
  ...{ reporter: 'a', category: 'zombie', evidence: 'trap', count: 1, influenced: false },
  ...{ firstSeen: lastSeen, lastSeen, ...change },
});

describe('after a release', () => {
  it('nothing that was seen until then counts, nor what was under way', () => {
    expect(countingAfterRelease([seen(-MINUTE), seen(4 * MINUTE)], 0)).toEqual([]);
  });

  it('everything counts again as soon as abuse is seen again', () => {
    const all = [seen(-60 * MINUTE), seen(6 * MINUTE)];
    expect(countingAfterRelease(all, 0)).toEqual(all);
  });

  it('good mail and what a listing led to are no sign of abuse', () => {
    const ham = seen(9 * MINUTE, { category: 'ham' });
    const influenced = seen(9 * MINUTE, { influenced: true });
    expect(countingAfterRelease([seen(-MINUTE), ham, influenced], 0)).toEqual([ham, influenced]);
  });
});
