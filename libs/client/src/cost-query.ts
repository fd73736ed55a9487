// What outcomes cost the member, as the hub's GraphQL schema writes it and as a policy file does.
import type { StatedCosts } from '@sekisho/policy';
import { z } from 'zod';

type OutcomeCosts = StatedCosts['default'] | NonNullable<StatedCosts['categories'][string]>;

const costs = z.object({
  ...{ abuse: z.number().nullable(), refused: z.number().nullable() },
  ...{ delayed: z.number().nullable(), returning: z.number().nullable() },
});
const answer = z.object({
  default: costs.extend({ abuse: z.number(), refused: z.number() }),
  categories: z.array(costs.extend({ category: z.string() })),
});

/** A cost that was left out is null in GraphQL, and not there in a policy file. */
const stated = <T extends OutcomeCosts>(given: { [K in keyof T]: T[K] | null }): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as T;

const statedCosts = answer.transform(
  ({ default: usual, categories }): StatedCosts => ({
    default: stated<StatedCosts['default']>(usual),
    categories: Object.fromEntries(
      categories.map(({ category, ...own }) => [
        category.toLowerCase().replaceAll('_', '-'),
        stated<NonNullable<StatedCosts['categories'][string]>>(own),
      ]),
    ),
  }),
);

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
