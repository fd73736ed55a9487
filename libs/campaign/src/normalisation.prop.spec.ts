import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { fingerprintKey, fingerprintOf, formatFingerprint, parseFingerprint } from './index.js';

const key = fingerprintKey(new Uint8Array(32), '2026-11');
const markup = fc
  .array(
    fc.constantFrom(
      '<',
      '>',
      '<!--',
      '-->',
      '<b',
      ' style="',
      'display:none',
      '"',
      '<p>',
      '&#',
      'x',
      '\u0000',
      'http://',
      '様',
    ),
    { maxLength: 400 },
  )
  .map((parts) => parts.join(''));

describe('fingerprintOf', () => {
  it.prop([fc.oneof(markup, fc.string({ unit: 'binary', maxLength: 2_000 })), markup])(
    'takes any text and markup, and its wire form reads back',
    (text, html) => {
      const fingerprint = fingerprintOf({ texts: [text], htmls: [html], attachments: [] }, key);
      expect(parseFingerprint(formatFingerprint(fingerprint))).toEqual(fingerprint);
    },
  );

  it.each([
    '<div>',
    '<!--',
    'a.',
    'a ',
    '<a href="',
    '&lt',
    'www.',
    'Dear a',
    'a@',
    'あ',
    '\u0301',
    'ﷺ',
    '$a',
    '<p style="color:',
  ])('reads a megabyte of %j in bounded time', (piece) => {
    const long = piece.repeat(Math.ceil(2 ** 20 / piece.length));
    const start = process.cpuUsage();
    fingerprintOf({ texts: [long], htmls: [long], attachments: [] }, key);
    const { user } = process.cpuUsage(start);
    // Ten times what it takes, for a busy machine; quadratic time takes minutes.
    expect(user / 1_000).toBeLessThan(3_000);
  });
});
