// What one request may ask for. The figures leave room for every query of our own clients and little more.
import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import {
  GraphQLError,
  Kind,
  Location,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type ValidationRule,
  type ValueNode,
} from 'graphql';

/** listings > edges > node > explanation > factor is 5 deep. */
const MAX_DEPTH = 8;
const MAX_ALIASES = 15;
/**
 * A page of 1,000 listings with all that the console shows of each, and the type names that its cache adds, is 60,125; it is
 * one scan of an index.
 */
const MAX_COST = 64_000;

/**
 * Whether two fields of one name can be merged is compared in pairs: a document of n fields costs n², before anybody
 * knows who asks. The longest query of our own has a third of this.
 */
export const MAX_TOKENS = 1_000;

export function limitRules({ hasIntrospection }: { hasIntrospection: boolean }): ValidationRule[] {
  return [
    maxDepthRule({ n: MAX_DEPTH, ignoreIntrospection: hasIntrospection }),
    maxAliasesRule({ n: MAX_ALIASES }),
    costLimitRule({ maxCost: MAX_COST, ignoreIntrospection: hasIntrospection }),
    ...(hasIntrospection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
}

const invalid = (message: string) => new GraphQLError(message, { extensions: { code: 'graphql-invalid' } });

/**
 * What cannot be parsed is tried as JSON of a parsed document by Mercurius, which no limit of tokens would meet.
 * @throws {GraphQLError}
 */
export function refuseParsedDocument(source: string): void {
  if (/^[\s,]*(?:\{[\s,]*"|[["])/.test(source)) throw invalid('query must be a GraphQL document, as text');
}

/**
 * Mercurius executes subscriptions without validating them and takes parsed documents: here they meet the rules of
 * queries.
 * @throws {GraphQLError}
 */
export function validateSubscription(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
): void {
  if (!(document.loc instanceof Location)) throw invalid('query must be a GraphQL document, as text');
  let tokens = 0;
  for (let token = document.loc.startToken.next; token; token = token.next) tokens += 1;
  // The end of the document is a token, too.
  if (tokens > MAX_TOKENS + 1) throw invalid(`query: more than ${MAX_TOKENS} tokens`);
  const [error] = errorsOf(() => validate(schema, document, [...specifiedRules, ...rules], { maxErrors: 1 }));
  if (error) throw invalid(error.message);
}

/**
 * Holds a document to the limit of costs with what its variables say: the rule counts a `first` that is written out, and takes one
 * in a variable for a single row.
 * @throws {GraphQLError}
 */
export function validateCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): void {
  const counts = new Map<string, ValueNode>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const { variable, defaultValue } of definition.variableDefinitions ?? []) {
      const name = variable.name.value;
      const given = variables?.[name];
      if (typeof given === 'number') counts.set(name, { kind: Kind.INT, value: String(given) });
      else if (given === undefined && defaultValue?.kind === Kind.INT) counts.set(name, defaultValue);
    }
  }
  if (counts.size === 0) return;
  const filled = visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => counts.get(name.value),
  });
  const [error] = errorsOf(() => validate(schema, filled, [costLimitRule({ maxCost: MAX_COST })]));
  if (error) throw invalid(error.message);
}

/** A rule may report its error or throw it. */
function errorsOf(judge: () => readonly GraphQLError[]): readonly GraphQLError[] {
  try {
    return judge();
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}
