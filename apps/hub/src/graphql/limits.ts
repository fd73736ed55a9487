// What one request may ask for. The figures leave room for every query of our own clients and little more.
import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { NoSchemaIntrospectionCustomRule, type ValidationRule } from 'graphql';

/** listings > edges > node > explanation > factor is 5 deep. */
const MAX_DEPTH = 8;
const MAX_ALIASES = 15;
/**
 * A page of 1,000 listings with all that the console shows of each, and the type names that its cache adds, is 60,125; it is
 * one scan of an index.
 */
const MAX_COST = 64_000;

export function limitRules({ hasIntrospection }: { hasIntrospection: boolean }): ValidationRule[] {
  return [
    maxDepthRule({ n: MAX_DEPTH, ignoreIntrospection: hasIntrospection }),
    maxAliasesRule({ n: MAX_ALIASES }),
    costLimitRule({ maxCost: MAX_COST, ignoreIntrospection: hasIntrospection }),
    ...(hasIntrospection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
}
