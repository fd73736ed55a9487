import { describe, expect, it } from 'vitest';
import { requireBudget, UNDECLARED_CHECKS } from './budget.js';
import { readClaims, terminationClaimsSchema } from './envelopes.js';
import { expiryOf } from './expiry.js';
import { strengthOf } from './strength.js';

const NOW = new Date('2026-11-24T12:00:00Z');

describe('the strength of a match', () => {
  it('is strong for two kinds, possible for one, and a building counts for nothing', () => {
    expect(strengthOf(['phone', 'name-birth'])).toBe('strong');
    expect(strengthOf(['name-birth'])).toBe('possible');
    expect(strengthOf(['phone', 'phone'])).toBe('possible');
    expect(strengthOf(['name-birth', 'building'])).toBe('possible');
    expect(strengthOf(['building'])).toBe('none');
  });
});

describe('the expiry of a record', () => {
  it('is by its class, counted from the termination', () => {
    expect(expiryOf({ reason: 'spam-sending', terminatedOn: '2026-11-01' }, NOW).toISOString()).toContain(
      '2027-11-01',
    );
    expect(expiryOf({ reason: 'phishing', terminatedOn: '2026-11-01' }, NOW).toISOString()).toContain(
      '2028-11-01',
    );
  });

  it('is at most five years away and not over already', () => {
    const of = (terminatedOn: string, expiresOn?: string) => () =>
      expiryOf({ reason: 'phishing', terminatedOn, expiresOn }, NOW);
    expect(of('2026-11-01', '2031-11-01')()).toEqual(new Date('2031-11-01T00:00:00Z'));
    expect(of('2026-11-01', '2031-11-02')).toThrow('5 years at most');
    expect(of('2024-01-01')).toThrow('would have expired on 2026-01-01');
  });
});

describe('the budget of checks', () => {
  const rules = { quota: 1_000, now: NOW };
  it('ends the day at the quota and says when the next begins', () => {
    const use = { checksToday: 1_000, checksOfPeriod: 1_000, declaredOfPeriod: 9_999 };
    expect(() => {
      requireBudget(use, rules);
    }).toThrow(expect.objectContaining({ code: 'check-quota-exceeded', retryAfterSeconds: 43_200 }));
  });

  it('grows with declared sign-ups', () => {
    const use = (declaredOfPeriod: number) => () => {
      requireBudget({ checksToday: 1, checksOfPeriod: UNDECLARED_CHECKS + 19, declaredOfPeriod }, rules);
    };
    expect(use(9)).toThrow(expect.objectContaining({ code: 'check-ratio-exceeded' }));
    expect(use(10)).not.toThrow();
  });
});

describe('a termination', () => {
  const claims = (change: object) => ({
    ...{ iss: 'isp-a', aud: 'hub', iat: 1, jti: 'abcdefgh' },
    termination: {
      ...{
        epoch: '2026-11',
        reason: 'spam-sending',
        terminatedOn: '2026-11-01',
        evidence: 'logs',
        caseNumber: 'A-17',
      },
      identifiers: [{ type: 'phone', tag: 'A'.repeat(43) }],
      ...change,
    },
  });
  const read = (change: object) => () =>
    readClaims(terminationClaimsSchema, claims(change), 'termination-malformed');

  it('for debt is refused by name', () => {
    expect(read({})).not.toThrow();
    expect(read({ reason: 'debt' })).toThrow(expect.objectContaining({ code: 'reason-not-admissible' }));
  });

  it.each([
    ['a case number that could be a telephone number', { caseNumber: '090-1234-5678' }],
    [
      'six identifiers',
      { identifiers: Array.from({ length: 6 }, (_, i) => ({ type: 'phone', tag: String(i).repeat(43) })) },
    ],
    [
      'the same identifier twice',
      { identifiers: [1, 2].map(() => ({ type: 'phone', tag: 'A'.repeat(43) })) },
    ],
    ['a field that is none', { name: 'somebody' }],
  ])('with %s is malformed', (_case, change) => {
    expect(read(change)).toThrow(expect.objectContaining({ code: 'termination-malformed' }));
  });
});
