import { CostsInvalid, type OutcomeCosts, type StatedCosts } from '@sekisho/policy';
import { CategoryModel } from '../reputations/models/reputation.model.js';
import type { OutcomeCostsInput, StatedCostsInput, StatedCostsModel } from './costs.model.js';

/** As a policy file writes it; nothing is checked yet but what a mapping cannot hold. @throws {CostsInvalid} */
export function asSection({ default: usual, categories }: StatedCostsInput): unknown {
  const own = categories ?? [];
  const twice = own.find(({ category }, i) => own.findIndex((one) => one.category === category) < i);
  if (twice) throw new CostsInvalid([`costs.categories.${twice.category}: named twice`]);
  return {
    default: stated(usual),
    categories: Object.fromEntries(own.map(({ category, ...costs }) => [category, stated(costs)])),
  };
}

const stated = ({ abuse, refused, delayed, returning }: OutcomeCostsInput) =>
  Object.fromEntries(
    Object.entries({ abuse, refused, delayed, returning }).filter(
      ([, value]) => value !== undefined && value !== null,
    ),
  );

export function toStatedCostsModel({ default: usual, categories }: StatedCosts): StatedCostsModel {
  return {
    default: toOutcomeCosts(usual),
    categories: Object.values(CategoryModel).flatMap((category) => {
      const own = categories[category];
      return own ? [{ category, ...toOutcomeCosts(own) }] : [];
    }),
  };
}

const toOutcomeCosts = (costs: OutcomeCosts) => ({
  ...{ abuse: costs.abuse ?? null, refused: costs.refused ?? null },
  ...{ delayed: costs.delayed ?? null, returning: costs.returning ?? null },
});
