import { describe, expect, it } from 'vitest';
import { acceptedRuns } from './receipt-book.js';

describe('the reports of an envelope that were accepted', () => {
  it('are runs between the refused ones', () => {
    expect(acceptedRuns(5, [])).toEqual([[0, 5]]);
    expect(acceptedRuns(5, [4, 0, 2])).toEqual([
      [1, 1],
      [3, 1],
    ]);
    expect(acceptedRuns(2, [0, 1])).toEqual([]);
  });
});
