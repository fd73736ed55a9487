import { describe, expect, it } from 'vitest';
import { oneDigit, spreadOf, type HygieneFigures } from './hygiene.js';

const NONE: HygieneFigures = {
  ...{ listedPerThousand: undefined, leakingPerThousand: undefined, port25BlockedShare: undefined },
  ...{ medianHoursToFixed: undefined, reappearanceRate: undefined },
};
const listed = (listedPerThousand: number): HygieneFigures => ({ ...NONE, listedPerThousand });

describe('the spread of hygiene', () => {
  it('is shown of k others at least, and of those alone that have the figure', () => {
    const own = listed(1.26);
    expect(spreadOf([listed(2), listed(3), NONE], own, 3)).toEqual([]);
    expect(spreadOf([listed(0.14), listed(3.14), listed(97)], own, 3)).toEqual([
      { figure: 'listedPerThousand', low: 1, median: 3, high: 3 },
    ]);
  });

  it('has one digit, so that no figure of one member can be read from it', () => {
    expect([0, 0.347, 1.26, 12.6, 96].map(oneDigit)).toEqual([0, 0.3, 1, 10, 100]);
  });
});
