import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { expectedCosts, probabilityOf, type CostPolicy, type Costs } from './expected-cost.js';

/** Thousandths: of what is next to nothing, numbers have too few digits left to be compared in another unit. */
const priceOf = fc.nat({ max: 1_000_000 }).map((thousandths) => thousandths / 1_000);
const shareOf = fc.nat({ max: 1_000 }).map((thousandths) => thousandths / 1_000);
const costsOf: fc.Arbitrary<Costs> = fc.record({
  abuse: priceOf,
  refused: priceOf,
  delayed: fc.option(priceOf, { nil: undefined }),
  returning: shareOf,
});
const scoreOf = fc.integer({ min: 0, max: 100 });
const pointsOf = fc.uniqueArray(scoreOf, { maxLength: 6 }).chain((scores) =>
  fc.array(shareOf, { minLength: scores.length, maxLength: scores.length }).map((probabilities) => {
    const rising = probabilities.toSorted((a, b) => a - b);
    return scores.toSorted((a, b) => a - b).map((score, i) => ({ score, probability: rising[i] ?? 0 }));
  }),
);
const policyOf = fc
  .tuple(costsOf, pointsOf)
  .map(([costs, probabilities]): CostPolicy => ({ default: costs, ofCategory: new Map(), probabilities }));

const HARSHNESS = { normal: 0, defer: 1, reject: 2 } as const;

describe('the action of least expected cost', () => {
  property.prop([policyOf, scoreOf])('costs no more than any other', (policy, score) => {
    const { action, costs } = expectedCosts(policy, 'zombie', score);
    const chosen = costs.find((one) => one.action === action)?.cost ?? Infinity;
    for (const { cost } of costs) expect(chosen).toBeLessThanOrEqual(cost * (1 + 1e-9));
  });

  property.prop([policyOf, scoreOf, scoreOf])('is never gentler for a higher score', (policy, a, b) => {
    const of = (score: number) => HARSHNESS[expectedCosts(policy, 'zombie', score).action];
    // Where two cost the same to the last digit, rounding decides.
    const isClose = [a, b].some((score) => {
      const sorted = expectedCosts(policy, 'zombie', score).costs.map(({ cost }) => cost);
      return sorted.some((cost, i) => sorted.some((other, j) => i !== j && Math.abs(cost - other) < 1e-9));
    });
    if (!isClose) expect(of(Math.max(a, b))).toBeGreaterThanOrEqual(of(Math.min(a, b)));
  });

  property.prop([policyOf, scoreOf, fc.integer({ min: 1, max: 9 })])(
    'does not depend on the unit',
    (policy, score, power) => {
      const { abuse, refused, delayed, returning } = policy.default;
      const scale = 2 ** power;
      const scaled = {
        ...{ abuse: abuse * scale, refused: refused * scale, returning },
        delayed: delayed === undefined ? undefined : delayed * scale,
      };
      expect(expectedCosts({ ...policy, default: scaled }, 'zombie', score).action).toBe(
        expectedCosts(policy, 'zombie', score).action,
      );
    },
  );

  it('refuses from where good mail refused and abuse let through weigh the same', () => {
    const policy: CostPolicy = {
      default: { abuse: 1, refused: 9, delayed: undefined, returning: 1 },
      ofCategory: new Map([['phishing', { abuse: 9, refused: 9, delayed: undefined, returning: 1 }]]),
      probabilities: [],
    };
    expect([89, 90, 91].map((score) => expectedCosts(policy, 'zombie', score).action)).toEqual([
      ...['normal', 'normal', 'reject'],
    ]);
    expect([50, 51].map((score) => expectedCosts(policy, 'phishing', score).action)).toEqual([
      ...['normal', 'reject'],
    ]);
  });

  it('puts off in between, where a delay is cheap', () => {
    const policy: CostPolicy = {
      default: { abuse: 1, refused: 20, delayed: 1, returning: 0.25 },
      ...{ ofCategory: new Map(), probabilities: [] },
    };
    expect([50, 60, 98, 99].map((score) => expectedCosts(policy, 'zombie', score).action)).toEqual([
      ...['normal', 'defer', 'defer', 'reject'],
    ]);
    expect(expectedCosts(policy, 'zombie', 80).costs.map(({ cost }) => Math.round(cost * 100))).toEqual([
      ...[80, 40, 400],
    ]);
  });
});

describe('what a score is taken to mean', () => {
  const policy = {
    probabilities: [
      { score: 70, probability: 0.2 },
      { score: 90, probability: 0.6 },
    ],
  };

  it.each([
    [0, 0.2],
    [70, 0.2],
    [75, 0.3],
    [90, 0.6],
    [100, 0.6],
  ])('at %i is %f', (score, probability) => {
    expect(probabilityOf(policy, score)).toBeCloseTo(probability, 12);
  });

  it('without a word of the member is a hundredth', () => {
    expect(probabilityOf({ probabilities: [] }, 91)).toBe(0.91);
  });

  property.prop([pointsOf, scoreOf, scoreOf])('rises with the score', (probabilities, a, b) => {
    const of = (score: number) => probabilityOf({ probabilities }, score);
    expect(of(Math.max(a, b))).toBeGreaterThanOrEqual(of(Math.min(a, b)) - 1e-12);
    expect(of(a)).toBeGreaterThanOrEqual(0);
    expect(of(a)).toBeLessThanOrEqual(1);
  });
});
