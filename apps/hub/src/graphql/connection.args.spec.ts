import { describe, expect, it } from 'vitest';
import { readPage } from './connection.args.js';

describe('the page of a list', () => {
  it.each([{ first: 50 }, { first: 50, after: null }])('is the first one after nothing: %o', (asked) => {
    expect(readPage(asked)).toEqual({ first: 50, after: undefined });
  });

  it('follows what its cursor stands for', () => {
    const after = Buffer.from('192.0.2.1').toString('base64url');
    expect(readPage({ first: 50, after })).toEqual({ first: 50, after: '192.0.2.1' });
  });

  it.each([0, 101])('is refused when it is of %i of at most 100', (first) => {
    expect(() => readPage({ first }, 100)).toThrow('first must be 1 to 100');
  });
});
