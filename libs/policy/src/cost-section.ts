// The section `costs` of the policy file: docs/policyd.md, "What it costs you".
import { z } from 'zod';
import type { CostPolicy, Costs } from './expected-cost.js';

const price = z
  .number({ error: 'not a number. Example: 20' })
  .min(0, 'not a cost: give 0 or more')
  .max(1_000_000_000, 'not a cost: give a billion or less');
const share = z
  .number({ error: 'not a number from 0 to 1' })
  .min(0, 'not a number from 0 to 1')
  .max(1, 'not a number from 0 to 1');

const prices = z.strictObject({
  abuse: price.optional(),
  refused: price.optional(),
  delayed: price.optional(),
  returning: share.optional(),
});
type Prices = z.output<typeof prices>;

const points = z
  .array(z.strictObject({ score: z.number().min(0).max(100), is: share }))
  .min(1, 'give one point at least')
  .max(101)
  .refine((given) => given.every(({ score }, i) => i === 0 || score > (given[i - 1]?.score ?? 0)), {
    error: 'the scores have to rise',
  });

/** @param categories those that zones tell */
export const costSection = (categories: readonly string[]) =>
  z
    .strictObject({
      default: prices.required({ abuse: true, refused: true }),
      categories: z.partialRecord(z.enum(categories), prices).default({}),
      probability: points.default([]),
    })
    .check((context) => {
      const { default: usual, categories: given } = context.value;
      const mayDelay = (path: string[], own: Prices) => {
        if (own.delayed === undefined || (own.returning ?? usual.returning) !== undefined) return;
        const message =
          'delayed needs returning, the part of abusive mail that comes again. Example: returning: 0.3';
        context.issues.push({ code: 'custom', path: [...path, 'delayed'], message, input: own.delayed });
      };
      mayDelay(['default'], usual);
      for (const [category, own] of Object.entries(given)) if (own) mayDelay(['categories', category], own);
    });

export function costPolicyOf({
  default: usual,
  categories,
  probability,
}: z.output<ReturnType<typeof costSection>>): CostPolicy {
  const withUsual = (own: Prices): Costs => ({
    abuse: own.abuse ?? usual.abuse,
    refused: own.refused ?? usual.refused,
    delayed: own.delayed ?? usual.delayed,
    returning: own.returning ?? usual.returning ?? 1,
  });
  return {
    default: withUsual({}),
    ofCategory: new Map(
      Object.entries(categories).flatMap(([category, own]) =>
        own === undefined ? [] : [[category, withUsual(own)] as const],
      ),
    ),
    probabilities: probability.map(({ score, is }) => ({ score, probability: is })),
  };
}
