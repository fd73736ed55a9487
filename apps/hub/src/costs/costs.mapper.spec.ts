import { readCosts } from '@sekisho/policy';
import { describe, expect, it } from 'vitest';
import { asSection, toStatedCostsModel } from './costs.mapper.js';

describe('costs over GraphQL', () => {
  it('are the section of a policy file, where what is null was left out', () => {
    const section = asSection({
      default: { abuse: 1, refused: 20, delayed: null },
      categories: [{ category: 'phishing', abuse: 50, refused: null }],
    });
    expect(section).toEqual({
      ...{ default: { abuse: 1, refused: 20 }, categories: { phishing: { abuse: 50 } } },
    });
    expect(toStatedCostsModel(readCosts(section))).toEqual({
      default: { abuse: 1, refused: 20, delayed: null, returning: null },
      categories: [{ category: 'phishing', abuse: 50, refused: null, delayed: null, returning: null }],
    });
  });

  it('name a category once', () => {
    const twice = () =>
      asSection({
        default: { abuse: 1, refused: 20 },
        categories: [
          { category: 'zombie', abuse: 2 },
          { category: 'zombie', abuse: 3 },
        ],
      });
    expect(twice).toThrow('costs.categories.zombie: named twice. Example: costs:');
  });
});
