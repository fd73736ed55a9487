import { describe, expect, it } from 'vitest';
import { costPolicyOf, CostsInvalid, formatCosts, parseCosts, readCosts } from './cost-section.js';
import { decide } from './decide.js';
import { clientOf, known, policyOf } from './policy.fixture.js';
import { PolicyInvalid } from './yaml-text.js';

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

describe('what a member tells the hub', () => {
  const text = ['version: 1', ...COSTS, ...CHEAPEST, ''].join('\n');
  const costs = {
    default: { abuse: 1, refused: 20, delayed: 1, returning: 0.25 },
    categories: { phishing: { abuse: 50 } },
  };

  it('is the section of a policy file, alone or with the rest of it', () => {
    expect(parseCosts(text)).toEqual(costs);
    expect(parseCosts(COSTS.join('\n'))).toEqual(costs);
    expect(readCosts(costs)).toEqual(costs);
    expect(costPolicyOf(readCosts(costs))).toEqual({
      ...policyOf(...COSTS, ...CHEAPEST).costs,
      probabilities: [],
    });
  });

  it('is written as a policy file has it', () => {
    expect(formatCosts(costs)).toBe(`${COSTS.join('\n')}\n`);
    expect(formatCosts({ default: { abuse: 1, refused: 2, delayed: undefined }, categories: {} })).toBe(
      'costs:\n  default: { abuse: 1, refused: 2 }\n',
    );
  });

  it('speaks of every category that a reputation can have', () => {
    const domains = { default: costs.default, categories: { 'spam-domain': { abuse: 3 } } };
    expect(readCosts(domains)).toEqual(domains);
  });

  it.each([
    [{ default: { abuse: -1, refused: 2 } }, 'costs.default.abuse: not a cost: give 0 or more'],
    [{ default: { abuse: 1 } }, 'costs.default.refused: not a number. Example: 20'],
    [{ default: { abuse: 1, refused: 2, delayed: 1 } }, 'costs.default.delayed: delayed needs returning'],
    [{ ...costs, categories: { ham: { abuse: 1 } } }, 'costs.categories'],
    [
      { ...costs, categories: { zombie: { returning: 2 } } },
      'costs.categories.zombie.returning: not a number',
    ],
    [{ ...costs, probability: [{ score: 1, is: 0.5 }] }, 'probability'],
    ['cheap', 'costs: '],
  ])('%j is refused, with an example', (given, fault) => {
    const refusal = () => readCosts(given);
    expect(refusal).toThrow(CostsInvalid);
    expect(refusal).toThrow(fault);
    expect(refusal).toThrow('Example: costs: { default: { abuse: 1, refused: 20 } }');
  });

  it.each([
    ['costs: { default: { abuse: 1, refused: -2 } }', '1 costs.default.refused: not a cost'],
    [
      'costs:\n  default: { abuse: 1, refused: 2 }\n  probability: [{ score: 1, is: 1 }]',
      '3 costs.probability: the hub measures that itself',
    ],
    ['version: 1\nrules: []', '1 costs: not a section. Example'],
    ['costs: [', '1 Flow sequence'],
  ])('%j is refused at its line', (given, expected) => {
    const faults = () => {
      try {
        parseCosts(given);
      } catch (error) {
        if (!(error instanceof PolicyInvalid)) throw error;
        return error.faults.map(({ line, message }) => `${String(line)} ${message}`);
      }
      return [];
    };
    expect(faults()[0]?.slice(0, expected.length)).toBe(expected);
  });
});
