// All of a GraphQL schema as queries, made from introspection, so that a new field is walked without anybody's doing.
import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  isCompositeType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
  isInterfaceType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { headersOf, type Credentials } from './hub-requests.js';

/** `Query.reputation` or `Reputation.history` → the arguments to try, each as written in a query. */
export type ArgumentTable = Readonly<Record<string, readonly string[]>>;

/** As deep as the hub allows (apps/hub/src/graphql/limits.ts), less the operation itself. */
const MAX_DEPTH = 7;

export interface WalkedQuery {
  /** `reputation(subject: "203.0.113.9")` */
  readonly name: string;
  readonly field: string;
  readonly text: string;
}

export interface Walk {
  readonly queries: readonly WalkedQuery[];
  readonly mutations: readonly WalkedQuery[];
  readonly subscriptions: readonly WalkedQuery[];
  /** Fields that cannot be reached, because nothing says with which arguments. */
  readonly missing: readonly string[];
}

export async function readSchema(hubUrl: string, credentials: Credentials): Promise<GraphQLSchema> {
  const answer = await fetch(`${hubUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headersOf(credentials) },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  const { data, errors } = (await answer.json()) as { data?: IntrospectionQuery; errors?: unknown };
  if (!data) throw new Error(`no schema: ${JSON.stringify(errors)}`);
  return buildClientSchema(data);
}

export function walkOf(schema: GraphQLSchema, table: ArgumentTable): Walk {
  const missing = new Set<string>();
  const selectionOf = (type: GraphQLNamedType, depth: number): string => {
    if (!isCompositeType(type)) return '';
    if (isUnionType(type)) {
      const parts = type.getTypes().map((one) => `... on ${one.name} ${selectionOf(one, depth)}`);
      return `{ __typename ${parts.join(' ')} }`;
    }
    const fields = Object.values(type.getFields()).flatMap((field) => selected(type.name, field, depth));
    const parts = isInterfaceType(type)
      ? schema
          .getPossibleTypes(type)
          .filter(isObjectType)
          .map((one) => `... on ${one.name} ${selectionOf(one, depth)}`)
      : [];
    return `{ ${['__typename', ...fields, ...parts].join(' ')} }`;
  };
  const argumentsOf = (owner: string, field: GraphQLField<unknown, unknown>): readonly string[] => {
    const known = table[`${owner}.${field.name}`];
    if (known) return known;
    if (!field.args.some(isRequiredArgument)) return [''];
    missing.add(`${owner}.${field.name}`);
    return [];
  };
  const selected = (owner: string, field: GraphQLField<unknown, unknown>, depth: number): string[] => {
    const type = getNamedType(field.type);
    if (isCompositeType(type) && depth >= MAX_DEPTH) return [];
    // One alias for each set of arguments, or they would be merged.
    return argumentsOf(owner, field).map(
      (args, i) =>
        `${i > 0 ? `${field.name}${i}: ` : ''}${field.name}${args} ${selectionOf(type, depth + 1)}`,
    );
  };
  const operations = (root: GraphQLObjectType | null | undefined, keyword: string): WalkedQuery[] =>
    Object.values(root?.getFields() ?? {}).flatMap((field) =>
      argumentsOf(root?.name ?? '', field).map((args) => ({
        name: `${field.name}${args}`,
        field: field.name,
        text: `${keyword} { ${field.name}${args} ${selectionOf(getNamedType(field.type), 1)} }`,
      })),
    );
  const queries = operations(schema.getQueryType(), 'query');
  const mutations = operations(schema.getMutationType(), 'mutation');
  const subscriptions = operations(schema.getSubscriptionType(), 'subscription');
  return { queries, mutations, subscriptions, missing: [...missing] };
}
