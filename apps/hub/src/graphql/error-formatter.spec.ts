import { GraphQLError, type ExecutionResult } from 'graphql';
import { describe, expect, it } from 'vitest';
import { RequestRefused } from '../problems/errors.js';
import { formatErrors } from './error-formatter.js';

function formatted(execution: ExecutionResult) {
  const bugs: unknown[] = [];
  const { statusCode, response } = formatErrors(execution, (error) => {
    bugs.push(error);
    return `e-${bugs.length}`;
  });
  return { statusCode, bugs, response: JSON.parse(JSON.stringify(response)) as ExecutionResult };
}

const thrown = (originalError: Error, path: string[] = ['me']) =>
  new GraphQLError(originalError.message, { originalError, path });

describe('the errors of a GraphQL answer', () => {
  it('have the code and the words of what was refused, with HTTP 200', () => {
    const refused = new RequestRefused('too-many-subjects', 'subjects: 1 to 1000, not 0');
    const { statusCode, response, bugs } = formatted({ data: { me: null }, errors: [thrown(refused)] });
    expect(statusCode).toBe(200);
    expect(response.errors).toEqual([
      { message: refused.message, path: ['me'], extensions: { code: 'too-many-subjects' } },
    ]);
    expect(bugs).toEqual([]);
  });

  it('find what was thrown through every wrapping', () => {
    const refused = new RequestRefused('request-malformed', 'first must be 1 to 1000, not 0');
    const twice = thrown(new GraphQLError('wrapped', { originalError: thrown(refused) }));
    expect(formatted({ errors: [twice] }).response.errors).toMatchObject([
      { extensions: { code: 'request-malformed' } },
    ]);
  });

  it('tell of a bug nothing but an id, under which it is logged', () => {
    const bug = new Error('relation "secret_table" does not exist at 10.0.0.3');
    const { response, bugs } = formatted({ data: null, errors: [thrown(bug), thrown(bug)] });
    expect(bugs).toEqual([bug, bug]);
    expect(JSON.stringify(response)).not.toMatch(/secret_table|10\.0\.0\.3|stack/);
    expect(response.errors).toMatchObject([
      { extensions: { code: 'internal-error', errorId: 'e-1' } },
      { extensions: { code: 'internal-error', errorId: 'e-2' } },
    ]);
  });

  it('of a request that was not executed are 400, each by itself', () => {
    const inner = [new GraphQLError('Cannot query field "x"'), new GraphQLError('Cannot query field "y"')];
    const validation = Object.assign(new Error('Graphql validation error'), { errors: inner });
    const { statusCode, response } = formatted({
      errors: [new GraphQLError(validation.message, { originalError: validation })],
    });
    expect(statusCode).toBe(400);
    expect(response.data).toBeNull();
    expect(response.errors).toMatchObject([
      { message: 'Cannot query field "x"', extensions: { code: 'graphql-invalid' } },
      { message: 'Cannot query field "y"', extensions: { code: 'graphql-invalid' } },
    ]);
  });

  it('of an executed request whose data is null as a whole are 200: something was done', () => {
    const refused = new RequestRefused('hub-busy', 'later', 1);
    expect(formatted({ data: null, errors: [thrown(refused)] }).statusCode).toBe(200);
  });
});
