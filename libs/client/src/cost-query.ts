// What outcomes cost the member, as the hub's GraphQL schema writes it and as a policy file does.
import type { OutcomeCosts, StatedCosts } from '@sekisho/policy';
import { z } from 'zod';

/** Null in GraphQL; in a policy file it is left out. */
const cost = z
  .number()
  .nullable()
  .transform((value) => value ?? undefined);
const costs = z.object({ abuse: cost, refused: cost, delayed: cost, returning: cost });
const statedCosts = z
  .object({
    default: costs.extend({ abuse: z.number(), refused: z.number() }),
    categories: z.array(costs.extend({ category: z.string() })),
  })
  .transform(({ default: usual, categories }): StatedCosts => ({
    default: usual,
    categories: Object.fromEntries(
      categories.map(({ category, ...own }) => [category.toLowerCase().replaceAll('_', '-'), own]),
    ),
  }));

const FIELDS = 'abuse refused delayed returning';
const SELECTION = `{ default { ${FIELDS} } categories { category ${FIELDS} } }`;

export const statedCostsQuery = {
  text: `{ statedCosts ${SELECTION} }`,
  schema: z.object({ statedCosts: statedCosts.nullable() }),
};

export const stateCostsMutation = {
  text: `mutation StateCosts($costs: StatedCostsInput!) { stateCosts(costs: $costs) ${SELECTION} }`,
  schema: z.object({ stateCosts: statedCosts }),
};

export const clearCostsMutation = {
  text: 'mutation ClearCosts { clearCosts }',
  schema: z.object({ clearCosts: z.boolean() }),
};

export interface CostsInput {
  readonly default: OutcomeCosts;
  readonly categories: readonly (OutcomeCosts & { readonly category: string })[];
}

/** The variable `costs` of `stateCostsMutation`. */
export const toCostsInput = ({ default: usual, categories }: StatedCosts): CostsInput => ({
  default: usual,
  categories: Object.entries(categories).flatMap(([category, own]) =>
    own === undefined ? [] : [{ category: category.toUpperCase().replaceAll('-', '_'), ...own }],
  ),
});
