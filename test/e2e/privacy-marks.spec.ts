// The search that the privacy walk relies on can find something.
import { describe, expect, it } from 'vitest';
import { breachesIn, exactCountsIn, leavesOf, type Mark } from '../setup/privacy-marks.js';

describe('the search for marks', () => {
  const mark: Mark = {
    what: 'a host',
    text: /host-of-x/,
    of: 'x',
    exceptions: [{ caller: 'edge', place: /^known\./ }],
  };
  const outsider = { name: 'outsider', memberId: undefined };

  it('finds a value wherever it is: in a text, in a key, in a list', () => {
    for (const value of [{ a: ['it is host-of-x'] }, { 'host-of-x': 1 }, 'host-of-x']) {
      expect(breachesIn(outsider, leavesOf(value, 'answer'), [mark])).toHaveLength(1);
    }
    expect(breachesIn(outsider, leavesOf({ a: ['host-of-y'] }, 'answer'), [mark])).toEqual([]);
  });

  it('lets its owner see it, and others only where that is said', () => {
    const shown = leavesOf({ a: 'host-of-x' }, 'known');
    expect(breachesIn({ name: 'x', memberId: 'x' }, shown, [mark])).toEqual([]);
    expect(breachesIn({ name: 'edge', memberId: undefined }, shown, [mark])).toEqual([]);
    expect(breachesIn(outsider, shown, [mark])).toHaveLength(1);
  });

  it('finds an exact count below k', () => {
    expect(exactCountsIn(leavesOf({ memberCount: 2 }, 'r'), 3)).toHaveLength(1);
    expect(exactCountsIn(leavesOf({ memberCount: 'fewer than 3' }, 'r'), 3)).toEqual([]);
  });
});
