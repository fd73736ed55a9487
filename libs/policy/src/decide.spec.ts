import { describe, expect, it } from 'vitest';
import { decide } from './decide.js';
import { clientOf, known, policyOf } from './policy.fixture.js';

const RULES = [
  'rules:',
  '  - { category: zombie, score: 90..100, list: high, action: reject }',
  '  - { category: zombie, score: 80..100, action: defer }',
  '  - { category: any, score: 60..100, confidence: 50..100, action: deep-queue }',
  '  - { category: dynamic-range, action: tag }',
  '  - { category: unlisted, score: 50..100, action: tag }',
];
const policy = policyOf(...RULES);
const client = clientOf('203.0.113.9');
const zombie = (score: number) => known({ category: 'zombie', score });
const actionOf = (standing: Parameters<typeof decide>[2]) => decide(policy, client, standing).action;

describe('decide', () => {
  it('takes the first rule that the score, the category and the list meet', () => {
    expect(decide(policy, client, { ...zombie(90), isHigh: true })).toMatchObject({
      because: 'rule',
      action: 'reject',
      rule: 1,
      line: 3,
      listing: { category: 'zombie', score: 90 },
    });
    expect(actionOf(zombie(90))).toBe('defer');
    expect(actionOf(zombie(80))).toBe('defer');
    expect(actionOf(zombie(79))).toBe('normal');
  });

  it('meets a band of confidence only with a confidence that is known', () => {
    expect(actionOf({ ...zombie(79), confidence: 50 })).toBe('deep-queue');
    expect(actionOf({ ...zombie(79), confidence: 49 })).toBe('normal');
  });

  it('looks at each of several listings', () => {
    expect(actionOf(known({ category: 'harvester', score: 99 }, { category: 'zombie', score: 81 }))).toBe(
      'defer',
    );
  });

  it('does not take a dynamic range for "any" category', () => {
    const range = known({ category: 'dynamic-range', score: 100 });
    expect(actionOf({ ...range, confidence: 100 })).toBe('tag');
  });

  it('takes a score without a listing for "unlisted" alone', () => {
    expect(actionOf({ ...known(), score: 50, confidence: 90 })).toBe('tag');
    expect(actionOf({ ...known(), score: 49, confidence: 90 })).toBe('normal');
    expect(actionOf(known())).toBe('normal');
  });

  it('lets mail flow when nothing is known, and says why', () => {
    expect(decide(policy, client, { kind: 'unknown', reason: 'error-code' })).toEqual({
      because: 'unknown',
      action: 'normal',
      reason: 'error-code',
    });
  });

  it('lets local lists win over every rule, and over an edge that is away', () => {
    const own = policyOf('allow: [203.0.113.9]', 'deny: [198.51.100.0/24]', ...RULES);
    expect(decide(own, client, { ...zombie(100), isHigh: true })).toEqual({
      because: 'allow-list',
      action: 'normal',
      entry: '203.0.113.9',
    });
    expect(decide(own, clientOf('198.51.100.1'), { kind: 'unknown', reason: 'timeout' })).toEqual({
      because: 'deny-list',
      action: 'reject',
      entry: '198.51.100.0/24',
    });
  });

  it.each([
    ['allow: [203.0.113.0/24]', 'deny: [203.0.113.9]', 'deny-list'],
    ['allow: [203.0.113.9]', 'deny: [203.0.113.0/24]', 'allow-list'],
    ['allow: [203.0.113.0/24]', 'deny: [203.0.113.0/24]', 'allow-list'],
    ['allow: [mail.example]', 'deny: [203.0.113.0/24]', 'allow-list'],
    ['allow: ["2001:db8::/32"]', 'deny: [0.0.0.0/0]', 'deny-list'],
    ['allow: [xmail.example]', 'deny: []', 'no-rule'],
    ['allow: ["::ffff:203.0.113.0/120"]', 'deny: []', 'allow-list'],
  ])('of %s and %s lets the more specific win, and allow win a tie', (allow, deny, because) => {
    const own = policyOf(allow, deny, 'deny-action: defer', 'rules: []');
    expect(decide(own, clientOf('203.0.113.9', 'a.MAIL.example'), known()).because).toBe(because);
  });
});
