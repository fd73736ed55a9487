import { fc, it } from '@fast-check/vitest';
import { CATEGORIES } from '@sekisho/report';
import { describe, expect } from 'vitest';
import { formatCosts, parseCosts, readCosts } from './cost-section.js';

const priceOf = fc.double({ min: 0, max: 1_000_000_000, noNaN: true });
const shareOf = fc.double({ min: 0, max: 1, noNaN: true });
const costsOf = fc.record({
  default: fc.record(
    { abuse: priceOf, refused: priceOf, delayed: priceOf, returning: shareOf },
    { requiredKeys: ['abuse', 'refused', 'returning'] },
  ),
  categories: fc.dictionary(
    fc.constantFrom(...CATEGORIES.filter((category) => category !== 'ham')),
    fc.record({ abuse: priceOf, refused: priceOf, delayed: priceOf }, { requiredKeys: [] }),
    { noNullPrototype: true },
  ),
});

describe('costs', () => {
  it.prop([costsOf])('read as they were written', (costs) => {
    const read = readCosts(costs);
    expect(parseCosts(formatCosts(read))).toEqual(read);
  });
});
