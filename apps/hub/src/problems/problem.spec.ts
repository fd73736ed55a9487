import { BadRequestException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { NotAuthentic } from '@sekisho/auth';
import {
  EnvelopeReplayed,
  MemberChangeRefused,
  PersonChangeRefused,
  ReportNotFound,
} from '@sekisho/persistence';
import { SubjectInvalid } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { AccessDenied } from '../access/errors.js';
import { SignInRefused } from '../people/errors.js';
import { RequestRefused } from './errors.js';
import { internalProblem, problemOf } from './problem.js';

// The compiler holds these tables to the codes: one that is added without a line here does not compile.
const ACCESS: Record<AccessDenied['code'], number> = {
  'authentication-required': 401,
  'access-denied': 403,
  'csrf-refused': 403,
};
const AUTH: Record<NotAuthentic['code'], number> = {
  'envelope-malformed': 400,
  'envelope-not-authentic': 401,
  'token-invalid': 401,
  'client-assertion-invalid': 401,
};
const MEMBER: Record<MemberChangeRefused['code'], number> = {
  'member-exists': 409,
  'member-unknown': 404,
  'member-suspended': 403,
  'enrolment-code-invalid': 401,
  'key-in-use': 409,
  'key-superseded': 409,
  'network-taken': 409,
};
const REQUEST: Record<RequestRefused['code'], number> = {
  'request-malformed': 400,
  'not-found': 404,
  'envelope-too-large': 413,
  'media-type-unsupported': 415,
  'grant-unsupported': 400,
  'too-many-subjects': 400,
  'as-of-out-of-range': 400,
  'history-gone': 410,
  'delivered-by-push': 409,
  'too-many-requests': 429,
  'hub-busy': 503,
};
const SUBJECT: Record<SubjectInvalid['code'], number> = {
  'subject-malformed': 400,
  'subject-not-registrable': 400,
};

const SIGN_IN: Record<SignInRefused['code'], number> = {
  'member-not-active': 403,
  'sign-in-refused': 401,
  'invitation-invalid': 401,
  'passkeys-unavailable': 503,
  'origin-refused': 403,
};

const PERSON: Record<PersonChangeRefused['code'], number> = {
  'person-unknown': 404,
  'role-not-admissible': 400,
};

const casesOf = <Code extends string>(
  table: Record<Code, number>,
  make: (code: Code) => Error,
): [string, number, Error][] =>
  (Object.entries(table) as [Code, number][]).map(([code, status]) => [code, status, make(code)]);

const CASES = [
  ...casesOf(ACCESS, (code) => new AccessDenied(code, 'what to do')),
  ...casesOf(AUTH, (code) => new NotAuthentic(code, 'what to do')),
  ...casesOf(MEMBER, (code) => new MemberChangeRefused(code, 'what to do')),
  ...casesOf(REQUEST, (code) => new RequestRefused(code, 'what to do')),
  ...casesOf(SIGN_IN, (code) => new SignInRefused(code, 'what to do')),
  ...casesOf(PERSON, (code) => new PersonChangeRefused(code, 'what to do')),
  ...casesOf(SUBJECT, (code) => new SubjectInvalid(code, 'what to do')),
];

describe('problem details', () => {
  it.each(CASES)('%s is %i, with a title and the message', (code, status, error) => {
    const problem = problemOf(error);
    expect(problem).toMatchObject({
      type: `urn:sekisho:problem:${code}`,
      status,
      code,
      detail: 'what to do',
    });
    expect(problem?.title).not.toBe('Error');
  });

  it('of a replay and of a report that is not there', () => {
    expect(problemOf(new EnvelopeReplayed('jti'))).toMatchObject({ status: 409, code: 'envelope-replayed' });
    expect(problemOf(new ReportNotFound(0))).toMatchObject({ status: 404, code: 'report-not-found' });
  });

  it('say when to try again, when that is known', () => {
    expect(problemOf(new RequestRefused('hub-busy', 'later', 2))).toMatchObject({ retryAfterSeconds: 2 });
    expect(problemOf(new RequestRefused('not-found', 'no'))).not.toHaveProperty('retryAfterSeconds');
  });

  it.each([
    [new NotFoundException('Cannot GET /x'), 404, 'not-found'],
    [new BadRequestException('bad'), 400, 'request-malformed'],
    [
      Object.assign(new Error('large'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }),
      413,
      'envelope-too-large',
    ],
    [Object.assign(new Error('type'), { statusCode: 415 }), 415, 'media-type-unsupported'],
  ])('of the framework have our form too', (error, status, code) => {
    expect(problemOf(error)).toMatchObject({ status, code });
  });

  it.each([
    new Error('relation "member" does not exist'),
    new TypeError('x is not a function'),
    new ServiceUnavailableException('connect ECONNREFUSED 10.0.0.3:5432'),
    Object.assign(new Error('boom'), { statusCode: 500 }),
    // A code of ours on an error that is not ours, as drivers have codes too.
    Object.assign(new Error('boom'), { code: 'not-found' }),
    'a thrown string',
    undefined,
  ])('are not made of what nobody foresaw', (error) => {
    expect(problemOf(error)).toBeUndefined();
  });

  it('of an internal error tell its id and nothing else', () => {
    expect(internalProblem('e-1')).toEqual({
      type: 'urn:sekisho:problem:internal-error',
      title: 'Internal error',
      status: 500,
      code: 'internal-error',
      detail: 'something went wrong here; quote e-1 to the hub operator',
      errorId: 'e-1',
    });
  });
});
