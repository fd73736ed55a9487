import { describe, expect, it } from 'vitest';
import { placesOf } from './hygiene-places.ts';

describe('the line of a hygiene figure', () => {
  it('ends at one for parts of a whole', () => {
    expect(placesOf({ low: 0.2, median: 0.5, high: 0.9 }, 1, 1)).toEqual({
      ...{ low: 20, median: 50, high: 90, own: 100 },
    });
  });

  it('ends a little beyond the largest figure, also when that is our own', () => {
    const { high, own } = placesOf({ low: 0, median: 1, high: 2 }, 10);
    expect(own).toBeCloseTo(100 / 1.1);
    expect(high).toBeCloseTo(20 / 1.1);
  });

  it('stands at the beginning when all are 0, and has no mark of ours where nothing is measured', () => {
    expect(placesOf({ low: 0, median: 0, high: 0 }, null)).toEqual({
      ...{ low: 0, median: 0, high: 0, own: undefined },
    });
  });
});
