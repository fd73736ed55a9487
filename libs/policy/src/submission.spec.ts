import { expect, it } from 'vitest';
import { parsePolicy } from './policy-file.js';
import { policyOf } from './policy.fixture.js';
import type { Admission } from './shaper.js';
import { accountOf, limitOf, submissionText } from './submission.js';
import { PolicyInvalid } from './yaml-text.js';

const OVER: Admission = { kind: 'refused', limit: 'recipients', retryAfterSeconds: 60 };
const RATE = 'rate: { messages: 20, recipients: 50, per: 1h }';
const withSubmission = (more: string, ...lines: readonly string[]) =>
  policyOf(...lines, `submission: { ${RATE}${more} }`, 'rules: []');

it('limits nobody where the policy says nothing of submission', () => {
  expect(limitOf(policyOf('rules: []'), 'alice')).toBeUndefined();
});

it('limits everybody but those that are exempt, whatever the case of their names', () => {
  const policy = withSubmission(', exempt: [Lists@isp.example]');
  expect(limitOf(policy, 'alice')).toMatchObject({
    rate: { messages: 20, recipients: 50, connections: undefined, perSeconds: 3_600 },
    action: 'defer',
  });
  expect(limitOf(policy, 'lists@ISP.example')).toBeUndefined();
  expect(accountOf('Alice')).toBe(accountOf('aLICE'));
});

it('defers what is over the rate, or rejects it, and names no subscriber', () => {
  expect(submissionText(withSubmission(''), { kind: 'admitted' }, 'f00d')).toBe('DUNNO');
  expect(submissionText(withSubmission(''), OVER, 'f00d')).toBe(
    'DEFER_IF_PERMIT 4.7.1 Too many recipients from your account; try again in 60 s; id f00d',
  );
  expect(submissionText(withSubmission(', action: reject'), OVER, 'f00d')).toBe(
    'REJECT 5.7.1 Too many recipients from your account; id f00d',
  );
});

it('only says in shadow mode what would have been', () => {
  expect(submissionText(withSubmission('', 'mode: shadow'), OVER, 'f00d')).toMatch(
    /^INFO sekisho shadow id f00d: would be DEFER_IF_PERMIT/,
  );
});

it.each([
  ['submission: { action: defer }', 'line 2'],
  ['submission: { rate: { per: 1h } }', 'limits nothing'],
  ['submission: { rate: { messages: 1, per: 1h }, action: tag }', 'submission.action: not defer or reject'],
])('refuses %s', (line, message) => {
  const parse = () => parsePolicy(`version: 1\n${line}\nrules: []\n`);
  expect(parse).toThrow(PolicyInvalid);
  expect(parse).toThrow(message);
});
