import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  decodeEvaluateAnswer,
  decodeEvaluateRequest,
  decodePublicKey,
  encodeEvaluateAnswer,
  encodeEvaluateRequest,
  epochAfter,
  epochOf,
  epochSpan,
  frameInput,
  monthsBetween,
  parseEpoch,
} from './index.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const A = 'A'.repeat(43);
const request = { suite: 'ristretto255-SHA512', epoch: '2026-11', blinded: [A] };

describe('messages', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(bytes(32), { minLength: 1, maxLength: 100 }), bytes(64), (elements, proof) => {
        const asked = { epoch: parseEpoch('2026-11'), blinded: elements };
        expect(decodeEvaluateRequest(JSON.parse(JSON.stringify(encodeEvaluateRequest(asked))))).toEqual(
          asked,
        );
        const answer = { evaluated: elements, proof };
        expect(decodeEvaluateAnswer(JSON.parse(JSON.stringify(encodeEvaluateAnswer(answer))))).toEqual(
          answer,
        );
      }),
      { seed: 9497 },
    );
  });

  it.each([
    ['another suite', { ...request, suite: 'P256-SHA256' }],
    ['no elements', { ...request, blinded: [] }],
    ['101 elements', { ...request, blinded: Array.from({ length: 101 }, () => A) }],
    ['a member it does not know', { ...request, identity: 'x' }],
    ['padding', { ...request, blinded: [`${A}=`] }],
    ['base64 that is not base64url', { ...request, blinded: ['+'.repeat(43)] }],
    ['unused bits that are not zero', { ...request, blinded: [`${'A'.repeat(42)}B`] }],
    ['a short element', { ...request, blinded: ['A'.repeat(42)] }],
    ['no object', 'x'],
  ])('are refused with %s', (_name, body) => {
    expect(() => decodeEvaluateRequest(body)).toThrow(expect.objectContaining({ code: 'message-malformed' }));
  });

  it('name the place of the fault', () => {
    expect(() => decodeEvaluateRequest({ ...request, blinded: [A, 'x'] })).toThrow(/blinded\[1\]/);
    expect(() => decodePublicKey('x')).toThrow(/public key/);
  });
});

describe('an epoch', () => {
  it.each(['2026-13', '2026-00', '26-11', '2026-1', '2026-11-01', '1999-12', ''])('is not %j', (text) => {
    expect(() => parseEpoch(text)).toThrow(expect.objectContaining({ code: 'epoch-invalid' }));
    expect(() => decodeEvaluateRequest({ ...request, epoch: text })).toThrow(
      expect.objectContaining({ code: 'epoch-invalid' }),
    );
  });

  it('changes at midnight UTC of the first', () => {
    expect(epochOf(Date.UTC(2026, 11, 1) - 1)).toBe('2026-11');
    expect(epochOf(Date.UTC(2026, 11, 1))).toBe('2026-12');
    expect(epochSpan(parseEpoch('2026-12'))).toEqual({
      startsAt: Date.UTC(2026, 11, 1),
      endsAt: Date.UTC(2027, 0, 1),
    });
  });

  it('is followed by the next, over the end of the year and backwards', () => {
    const november = parseEpoch('2026-11');
    expect([0, 1, 2, -11].map((months) => epochAfter(november, months))).toEqual([
      '2026-11',
      '2026-12',
      '2027-01',
      '2025-12',
    ]);
    expect(monthsBetween(november, parseEpoch('2027-01'))).toBe(2);
    expect(() => epochOf(Number.NaN)).toThrow(expect.objectContaining({ code: 'epoch-invalid' }));
  });
});

describe('the framed input', () => {
  it('is the published octets', () => {
    const octets = frameInput({ type: 'phone', canonVersion: 1, value: '+81' });
    const text = String.fromCharCode(...octets);
    expect(text).toBe('\x00\x15sekisho/subscriber/v1\x00\x05phone\x00\x01\x00\x03+81');
  });

  it('differs whenever type, version or value differ', () => {
    const identifier = fc.record({
      type: fc.stringMatching(/^[a-z][a-z0-9-]{0,4}$/),
      canonVersion: fc.integer({ min: 1, max: 300 }),
      value: fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
    });
    fc.assert(
      fc.property(identifier, identifier, (a, b) => {
        const isSame = a.type === b.type && a.canonVersion === b.canonVersion && a.value === b.value;
        expect(frameInput(a).join() === frameInput(b).join()).toBe(isSame);
      }),
      { seed: 9497, numRuns: 500 },
    );
  });

  it.each([
    { type: 'Phone', canonVersion: 1, value: 'x' },
    { type: '', canonVersion: 1, value: 'x' },
    { type: 'phone', canonVersion: 0, value: 'x' },
    { type: 'phone', canonVersion: 1.5, value: 'x' },
    { type: 'phone', canonVersion: 1, value: '' },
    { type: 'phone', canonVersion: 1, value: '\ud800' },
    { type: 'phone', canonVersion: 1, value: 'x'.repeat(1025) },
  ])('is not made of $type, $canonVersion and such a value', (input) => {
    expect(() => frameInput(input)).toThrow(expect.objectContaining({ code: 'input-invalid' }));
  });
});
