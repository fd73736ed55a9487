// Types of operations come from schema.d.ts, which a test in test/contract compares with the schema.
import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './schema.d.ts';

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { DateTime: string; Subject: string; BlurredCount: number | string };
}>();

export type { ResultOf, VariablesOf } from 'gql.tada';
