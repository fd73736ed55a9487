// The section `costs` of the policy file: docs/policyd.md, "What it costs you". A member can tell it to the hub as well, but for
// `probability`, which the hub measures.
import { CATEGORIES } from '@sekisho/report';
import { z } from 'zod';
import type { CostPolicy, Costs } from './expected-cost.js';
import { YamlText } from './yaml-text.js';

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
/** As stated: what is not said is as in the default. */
export type OutcomeCosts = z.output<typeof prices>;

const points = z
  .array(z.strictObject({ score: z.number().min(0).max(100), is: share }))
  .min(1, 'give one point at least')
  .max(101)
  .refine((given) => given.every(({ score }, i) => i === 0 || score > (given[i - 1]?.score ?? 0)), {
    error: 'the scores have to rise',
  });

const stated = (categories: readonly string[]) => ({
  default: prices.extend({ abuse: price, refused: price }),
  categories: z.partialRecord(z.enum(categories), prices).default({}),
});

/** What two schemas of costs have in common. */
interface Stated {
  readonly default: OutcomeCosts;
  readonly categories: Readonly<Partial<Record<string, OutcomeCosts>>>;
}

function delaysComeAgain(context: z.core.ParsePayload<Stated>): void {
  const { default: usual, categories } = context.value;
  const mayDelay = (path: string[], own: OutcomeCosts) => {
    if (own.delayed === undefined || (own.returning ?? usual.returning) !== undefined) return;
    const message =
      'delayed needs returning, the part of abusive mail that comes again. Example: returning: 0.3';
    context.issues.push({ code: 'custom', path: [...path, 'delayed'], message, input: own.delayed });
  };
  mayDelay(['default'], usual);
  for (const [category, own] of Object.entries(categories)) if (own) mayDelay(['categories', category], own);
}

/** @param categories those that zones tell */
export const costSection = (categories: readonly string[]) =>
  z.strictObject({ ...stated(categories), probability: points.default([]) }).check(delaysComeAgain);

/** Those of which a reputation can speak; the zones tell of fewer. */
const COSTED_CATEGORIES = CATEGORIES.filter((category) => category !== 'ham');
const statedCosts = z.strictObject(stated(COSTED_CATEGORIES)).check(delaysComeAgain);

/** What a member tells the hub: in any unit, for all categories and otherwise for some. */
export type StatedCosts = z.output<typeof statedCosts>;

/** These are no costs. */
export class CostsInvalid extends Error {
  override readonly name = 'CostsInvalid';
  readonly code = 'costs-invalid';
  readonly kind = 'Rejected';
  constructor(faults: readonly string[]) {
    super(`${faults.join('; ')}. Example: costs: { default: { abuse: 1, refused: 20 } }`);
  }
}

/** @throws {CostsInvalid} with every fault */
export function readCosts(given: unknown): StatedCosts {
  const read = statedCosts.safeParse(given);
  if (read.success) return read.data;
  throw new CostsInvalid(
    read.error.issues.map(({ path, message }) => `${['costs', ...path].map(String).join('.')}: ${message}`),
  );
}

/** The rest of a policy file may stand beside it. */
const fileWithCosts = z.looseObject({
  costs: z
    .strictObject(
      {
        ...stated(COSTED_CATEGORIES),
        probability: z.never({ error: 'the hub measures that itself: leave it out' }).optional(),
      },
      { error: 'not a section. Example: costs: { default: { abuse: 1, refused: 20 } }' },
    )
    .check(delaysComeAgain)
    .transform(({ default: usual, categories }): StatedCosts => ({ default: usual, categories })),
});

/** Reads the section `costs`, alone or in a policy file. @throws {PolicyInvalid} with the line of every fault */
export const parseCosts = (text: string): StatedCosts => YamlText.parse(text).read(fileWithCosts).costs;

/** As `parseCosts` reads it. */
export function formatCosts({ default: usual, categories }: StatedCosts): string {
  const flow = (own: OutcomeCosts) =>
    `{ ${Object.entries(own)
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${String(value)}`]))
      .join(', ')} }`;
  const lines = Object.entries(categories).flatMap(([category, own]) =>
    own === undefined ? [] : [`    ${category}: ${flow(own)}\n`],
  );
  return `costs:\n  default: ${flow(usual)}\n${lines.length > 0 ? `  categories:\n${lines.join('')}` : ''}`;
}

/** @param costs the section of a policy file, or what a member tells the hub */
export function costPolicyOf({
  default: usual,
  categories,
  probability = [],
}: StatedCosts & Partial<Pick<z.output<ReturnType<typeof costSection>>, 'probability'>>): CostPolicy {
  const withUsual = (own: OutcomeCosts): Costs => ({
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
