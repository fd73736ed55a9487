import { GraphQLError, type ExecutionResult } from 'graphql';
import { internalProblem, problemOf } from '../problems/problem.js';

export interface FormattedErrors {
  readonly statusCode: number;
  readonly response: ExecutionResult;
}

const isRequestError = (code: string) => code === 'graphql-invalid';

/**
 * Gives every error a `code` in its extensions. What nobody foresaw is logged under an id and told as that id only.
 * A request that is not valid GraphQL is HTTP 400; a resolver's error is in the body, with 200.
 */
export function formatErrors(execution: ExecutionResult, onBug: (error: unknown) => string): FormattedErrors {
  let statusCode = 200;
  const errors = (execution.errors ?? []).map((error) => {
    const cause = error.originalError;
    const problem =
      problemOf(cause ?? error) ??
      (cause && !(cause instanceof GraphQLError) ? internalProblem(onBug(cause)) : undefined);
    const code = problem?.code ?? 'graphql-invalid';
    if (isRequestError(code)) statusCode = 400;
    return new GraphQLError(problem?.detail ?? error.message, {
      ...(error.nodes && { nodes: error.nodes }),
      ...(error.path && { path: error.path }),
      extensions: { code, ...(problem && 'errorId' in problem && { errorId: problem.errorId }) },
    });
  });
  return { statusCode, response: { data: execution.data ?? null, errors } };
}
