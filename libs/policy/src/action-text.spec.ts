import { expect, it } from 'vitest';
import { actionText, type Answer } from './action-text.js';
import { decide } from './decide.js';
import { clientOf, known, policyOf } from './policy.fixture.js';
import type { Admission } from './shaper.js';

const OVER: Admission = { kind: 'refused', limit: 'messages', retryAfterSeconds: 60 };

function textOf(action: string, change: Partial<Answer> = {}, mode = 'enforce'): string {
  const rate = action === 'shaped' ? ', rate: { messages: 1, per: 1h }' : '';
  const policy = policyOf(`mode: ${mode}`, `rules: [{ category: any, action: ${action}${rate} }]`);
  const address = '203.0.113.9';
  return actionText({
    decision: decide(policy, clientOf(address), {
      ...known({ category: 'zombie', score: 91 }),
      confidence: 70,
    }),
    ...{ policy, address, admission: undefined, protocolState: 'RCPT', id: 'f00d', isTagged: false },
    publicUrl: 'https://hub.example',
    ...change,
  });
}

it('gives Postfix an action for each action of a policy', () => {
  const trace = 'id f00d, see https://hub.example/?subject=203.0.113.9';
  expect(textOf('normal')).toBe('DUNNO');
  expect(textOf('reject')).toBe(`REJECT 5.7.1 Refused, listed as zombie, score 91; ${trace}`);
  expect(textOf('defer')).toBe(`DEFER_IF_PERMIT 4.7.1 Deferred, listed as zombie, score 91; ${trace}`);
  expect(textOf('deep-queue')).toBe('FILTER sekisho-deep:');
  expect(textOf('tag')).toBe('PREPEND X-Sekisho: zombie; score=91; confidence=70; id=f00d');
  expect(textOf('shaped', { admission: { kind: 'admitted' } })).toBe('DUNNO');
  expect(textOf('shaped', { admission: OVER })).toBe(
    `DEFER_IF_PERMIT 4.7.1 Too many messages from your network, listed as zombie, score 91; try again in 60 s; ${trace}`,
  );
});

it('tags a message once, and never when it is complete', () => {
  expect(textOf('tag', { isTagged: true })).toBe('DUNNO');
  expect(textOf('tag', { protocolState: 'END-OF-MESSAGE' })).toBe('DUNNO');
});

it('only writes into the log in shadow mode, and nothing about what passes anyway', () => {
  expect(textOf('reject', {}, 'shadow')).toMatch(/^INFO sekisho shadow id f00d: would be REJECT 5\.7\.1 /);
  expect(textOf('shaped', { admission: { kind: 'admitted' } }, 'shadow')).toBe('DUNNO');
});
