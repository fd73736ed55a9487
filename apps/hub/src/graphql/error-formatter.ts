import { GraphQLError, type ExecutionResult } from 'graphql';
import { internalProblem, problemOf } from '../problems/problem.js';

export interface FormattedErrors {
  readonly statusCode: number;
  readonly response: ExecutionResult;
}

/**
 * Gives every error a `code` in its extensions. What nobody foresaw is logged under an id and told as that id only.
 * A request that was not executed is HTTP 400; a resolver's error is in the body, with 200.
 */
export function formatErrors(execution: ExecutionResult, onBug: (error: unknown) => string): FormattedErrors {
  const errors = (execution.errors ?? []).flatMap(unwrap).map((error) => formatError(error, onBug));
  const isRefused = !execution.data && errors.every(({ path }) => path === undefined);
  return { statusCode: isRefused ? 400 : 200, response: { data: execution.data ?? null, errors } };
}

const INVALID = 'graphql-invalid';

/** Mercurius hands the errors of parsing and validation over as one error that holds them. */
function unwrap(error: GraphQLError): readonly GraphQLError[] {
  const original = error.originalError as { code?: unknown; errors?: unknown } | undefined;
  if (original?.code === 'MER_ERR_METHOD_NOT_ALLOWED') {
    return [new GraphQLError('only a query is taken by GET: use POST')];
  }
  const inner = original?.errors;
  return Array.isArray(inner) && inner.length > 0 ? (inner as GraphQLError[]) : [error];
}

function formatError(error: GraphQLError, onBug: (error: unknown) => string): GraphQLError {
  const cause = rootOf(error);
  const problem =
    problemOf(cause) ?? (cause instanceof GraphQLError ? undefined : internalProblem(onBug(cause)));
  return new GraphQLError(problem?.detail ?? error.message, {
    ...(error.nodes && { nodes: error.nodes }),
    ...(error.path && { path: error.path }),
    extensions: {
      code: problem?.code ?? INVALID,
      ...(problem && 'errorId' in problem && { errorId: problem.errorId }),
    },
  });
}

/** What was thrown in the end: a scalar's error is wrapped twice. */
function rootOf(error: GraphQLError): Error {
  const original = error.originalError;
  if (!original) return error;
  return original instanceof GraphQLError ? rootOf(original) : original;
}
