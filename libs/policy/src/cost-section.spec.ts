import { describe, expect, it } from 'vitest';
import { decide } from './decide.js';
import { clientOf, known, policyOf } from './policy.fixture.js';
import { PolicyInvalid } from './policy-file.js';

const CHEAPEST = ['rules:', '  - { category: any, action: cheapest }'];
const COSTS = [
  'costs:',
  '  default: { abuse: 1, refused: 20, delayed: 1, returning: 0.25 }',
  '  categories:',
  '    phishing: { abuse: 50 }',
];
const client = clientOf('203.0.113.9');

function faultsOf(...lines: readonly string[]): string[] {
  try {
    policyOf(...lines);
  } catch (error) {
    if (!(error instanceof PolicyInvalid)) throw error;
    return error.faults.map(({ line, message }) => `${String(line)} ${message.slice(0, 60)}`);
  }
  return [];
}

describe('a rule that takes the cheapest', () => {
  const policy = policyOf(...COSTS, ...CHEAPEST);
  const actionOf = (category: string, score: number) =>
    decide(policy, client, known({ category, score })).action;

  it('does what costs least by score and category, and says what each would cost', () => {
    expect([50, 60, 98, 99].map((score) => actionOf('zombie', score))).toEqual([
      ...['normal', 'defer', 'defer', 'reject'],
    ]);
    expect([10, 50, 70].map((score) => actionOf('phishing', score))).toEqual(['defer', 'defer', 'reject']);
    expect(decide(policy, client, known({ category: 'zombie', score: 80 }))).toMatchObject({
      ...{ because: 'rule', action: 'defer', rule: 1 },
      expected: { probability: 0.8, action: 'defer', costs: [{ action: 'normal', cost: 0.8 }, {}, {}] },
    });
  });

  it('believes what the member says that a score means', () => {
    const probability = ['  probability: [{ score: 70, is: 0.1 }, { score: 100, is: 0.4 }]'];
    const wary = policyOf(...COSTS, ...probability, ...CHEAPEST);
    expect(decide(wary, client, known({ category: 'zombie', score: 99 })).action).toBe('normal');
    expect(decide(wary, client, known({ category: 'zombie', score: 85 }))).toMatchObject({
      expected: { probability: 0.25 },
    });
  });

  it('without a price of delay puts nothing off', () => {
    const hard = policyOf('costs: { default: { abuse: 1, refused: 3 } }', ...CHEAPEST);
    expect(
      [75, 76].map((score) => decide(hard, client, known({ category: 'zombie', score })).action),
    ).toEqual(['normal', 'reject']);
  });

  it('leaves other rules, and a policy without costs, as they were', () => {
    const other = policyOf(...COSTS, 'rules:', '  - { category: any, action: tag }');
    expect(decide(other, client, known({ category: 'zombie', score: 99 }))).toMatchObject({
      ...{ action: 'tag', expected: undefined },
    });
    expect(policyOf('rules: []').costs).toBeUndefined();
  });
});

describe('the section costs', () => {
  it.each([
    [CHEAPEST, ['3 rules.0.action: cheapest needs costs. Example']],
    [['costs: { default: { abuse: 1 } }', 'rules: []'], ['2 costs.default.refused: ']],
    [['costs: {}', 'rules: []'], ['2 costs.default: ']],
    [['costs: { default: { abuse: -1, refused: 2 } }', 'rules: []'], ['2 costs.default.abuse: not a cost']],
    [['costs: { default: { abuse: .inf, refused: 2 } }', 'rules: []'], ['2 costs.default.abuse: not a']],
    [
      ['costs:', '  default: { abuse: 1, refused: 2, delayed: 1 }', 'rules: []'],
      ['3 costs.default.delayed: delayed needs returning'],
    ],
    [
      [
        'costs:',
        '  default: { abuse: 1, refused: 2 }',
        '  categories: { zombie: { delayed: 1 } }',
        'rules: []',
      ],
      ['4 costs.categories.zombie.delayed: delayed needs returning'],
    ],
    [
      ['costs:', '  default: { abuse: 1, refused: 2 }', '  categories: { ham: { abuse: 1 } }', 'rules: []'],
      ['4 costs.categories'],
    ],
    [
      ['costs:', '  default: { abuse: 1, refused: 2, returning: 30 }', 'rules: []'],
      ['3 costs.default.returning: not a number from 0 to 1'],
    ],
    [
      [
        'costs:',
        '  default: { abuse: 1, refused: 2 }',
        '  probability: [{ score: 70, is: 0.5 }, { score: 70, is: 0.6 }]',
        'rules: []',
      ],
      ['4 costs.probability: the scores have to rise'],
    ],
    [['costs:', '  default: { abuse: 1, refused: 2 }', '  typo: 1', 'rules: []'], ['4 costs.typo: no such']],
  ])('%j is refused at its line', (lines, expected) => {
    const faults = faultsOf(...lines);
    expect(faults).toHaveLength(expected.length);
    for (const [i, fault] of faults.entries()) expect(fault.slice(0, expected[i]?.length)).toBe(expected[i]);
  });
});
