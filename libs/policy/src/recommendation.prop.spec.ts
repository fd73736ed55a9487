import { fc, it as property } from '@fast-check/vitest';
import { RECOMMENDATIONS, type Recommendation } from '@sekisho/reputation';
import { describe, expect, it } from 'vitest';
import { actionCosts, type CostPolicy, type Costs } from './expected-cost.js';
import { cheapestRecommendation } from './recommendation.js';

const priceOf = fc.integer({ min: 0, max: 1_000 });
// Of all doubles from 0 to 1 most are next to 0.
const shareOf = fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000);
const costsOf: fc.Arbitrary<Costs> = fc.record({
  ...{ abuse: priceOf, refused: priceOf, returning: shareOf },
  delayed: fc.option(priceOf, { nil: undefined }),
});
const permittedOf = fc.constantFrom(...RECOMMENDATIONS);
const policyOf = (costs: Costs): CostPolicy => ({
  ...{ default: costs, ofCategory: new Map(), probabilities: [] },
});
const recommend = (costs: Costs, permitted: Recommendation, probability: number) =>
  cheapestRecommendation(policyOf(costs), { permitted, category: undefined, probability });
const harshnessOf = (recommendation: Recommendation) => RECOMMENDATIONS.indexOf(recommendation);
const PRICED: Readonly<Partial<Record<Recommendation, string>>> = {
  ...{ ACCEPT: 'normal', DEFER: 'defer', REJECT: 'reject' },
};

describe('the recommendation of least expected cost', () => {
  property.prop([costsOf, permittedOf, shareOf])(
    'is never harsher than what the evidence allows',
    (costs, permitted, probability) => {
      expect(harshnessOf(recommend(costs, permitted, probability))).toBeLessThanOrEqual(
        harshnessOf(permitted),
      );
    },
  );

  property.prop([costsOf, permittedOf, shareOf, shareOf])(
    'is never gentler for what is likelier',
    (costs, permitted, a, b) => {
      const sorted = (probability: number) => actionCosts(costs, probability).map(({ cost }) => cost);
      // Where two cost the same to the last digit, rounding decides.
      const isClose = [a, b].some((probability) =>
        sorted(probability).some((cost, i, all) =>
          all.some((one, j) => i !== j && Math.abs(cost - one) < 1e-6),
        ),
      );
      if (isClose) return;
      const of = (probability: number) => harshnessOf(recommend(costs, permitted, probability));
      expect(of(Math.max(a, b))).toBeGreaterThanOrEqual(of(Math.min(a, b)));
    },
  );

  property.prop([costsOf, permittedOf, shareOf])(
    'costs no more than any other that is allowed and has a price',
    (costs, permitted, probability) => {
      const chosen = PRICED[recommend(costs, permitted, probability)];
      const priced = actionCosts(costs, probability);
      const allowed = priced.filter(({ action }) =>
        RECOMMENDATIONS.some((one) => PRICED[one] === action && harshnessOf(one) <= harshnessOf(permitted)),
      );
      const cost = allowed.find(({ action }) => action === chosen)?.cost;
      // Tagging and throttling have none, and a delay need not have one.
      if (cost === undefined) return;
      if (chosen === 'normal' && allowed.length === 1) return;
      for (const other of allowed) expect(cost).toBeLessThanOrEqual(other.cost * (1 + 1e-9));
    },
  );

  property.prop([costsOf, permittedOf, shareOf])(
    'is to accept wherever letting through costs least of all, and what is allowed without a price stays else',
    (costs, permitted, probability) => {
      const [normal, ...others] = actionCosts(costs, probability);
      const recommended = recommend(costs, permitted, probability);
      if (others.every(({ cost }) => cost >= (normal?.cost ?? 0))) expect(recommended).toBe('ACCEPT');
      else if (harshnessOf(permitted) < harshnessOf('DEFER')) {
        const isClose = others.some(({ cost }) => Math.abs(cost - (normal?.cost ?? 0)) < 1e-6);
        if (!isClose) expect(recommended).toBe(permitted);
      }
    },
  );
});

describe('with the costs of the manual', () => {
  const costs: Costs = { abuse: 1, refused: 20, delayed: 1, returning: 0.25 };

  it.each<[Recommendation, Recommendation[]]>([
    ['ACCEPT', ['ACCEPT', 'ACCEPT', 'ACCEPT', 'ACCEPT']],
    ['THROTTLE', ['ACCEPT', 'ACCEPT', 'THROTTLE', 'THROTTLE']],
    ['TAG', ['ACCEPT', 'ACCEPT', 'TAG', 'TAG']],
    ['DEFER', ['ACCEPT', 'ACCEPT', 'DEFER', 'DEFER']],
    ['REJECT', ['ACCEPT', 'ACCEPT', 'DEFER', 'REJECT']],
  ])('%s becomes at 2, 50, 60 and 99 hundredths %j', (permitted, expected) => {
    expect([0.02, 0.5, 0.6, 0.99].map((probability) => recommend(costs, permitted, probability))).toEqual(
      expected,
    );
  });

  it('what may only be put off is put off where refusing would cost least and a delay has no price', () => {
    const hard: Costs = { ...costs, delayed: undefined, refused: 3 };
    expect([0.7, 0.8].map((probability) => recommend(hard, 'DEFER', probability))).toEqual([
      ...['ACCEPT', 'DEFER'],
    ]);
  });

  it('what may only be put off is let through where a delay costs more than that', () => {
    const impatient: Costs = { abuse: 10, refused: 1, delayed: 50, returning: 1 };
    expect(recommend(impatient, 'DEFER', 0.5)).toBe('ACCEPT');
    expect(recommend(impatient, 'REJECT', 0.5)).toBe('REJECT');
  });

  it('counts the costs of the category, and those of all where it has none', () => {
    const policy: CostPolicy = {
      ...{ default: costs, probabilities: [] },
      ofCategory: new Map([['phishing', { ...costs, abuse: 50 }]]),
    };
    const of = (category: string | undefined) =>
      cheapestRecommendation(policy, { permitted: 'REJECT', category, probability: 0.4 });
    expect([of('phishing'), of('zombie'), of(undefined)]).toEqual(['DEFER', 'ACCEPT', 'ACCEPT']);
  });
});
