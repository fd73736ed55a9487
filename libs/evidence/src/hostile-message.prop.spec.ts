import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { LIMITS } from './limits.js';
import { bytesOf, RECEIVED, rules } from './message.fixture.js';
import { readEvidence } from './read-evidence.js';
import { readMessage } from './parse-message.js';

const SEED = 6;
const sample = bytesOf(
  RECEIVED,
  'Subject: =?iso-2022-jp?B?GyRCJDMbKEI=?=',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=iso-2022-jp',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  '=1B$B$3=1B(B',
  '--b',
  'Content-Type: message/feedback-report',
  '',
  'Feedback-Type: abuse',
  '--b--',
);

describe('hostile bytes', () => {
  it.prop([fc.uint8Array({ maxLength: 2_000 })], { seed: SEED })('give reports or reasons', (bytes) => {
    const found = readEvidence(bytes, rules);
    expect(found.reports.length + found.skipped.length).toBeGreaterThan(0);
  });

  it.prop([fc.nat(sample.length), fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)))], {
    seed: SEED,
  })('a message cut and with flipped bytes gives reports or reasons', (end, flips) => {
    const bytes = sample.slice();
    for (const [at, value] of flips) bytes[at] = value;
    const found = readEvidence(bytes.subarray(0, end), rules);
    expect(found.reports.length + found.skipped.length).toBeGreaterThan(0);
  });

  const size = LIMITS.messageBytes + 10;
  const filled = (text: string) => text.repeat(Math.ceil(size / text.length));
  const nested = Array.from({ length: 5_000 }, (_, i) =>
    [`Content-Type: multipart/mixed; boundary=b${String(i)}`, '', `--b${String(i)}`].join('\n'),
  );
  const cases: readonly (readonly [string, string])[] = [
    ['empty lines', `${RECEIVED}\n\n${filled('\n')}`],
    ['one field', `X: ${filled('a ')}`],
    ['folded field', `X: a\n${filled(' a\n')}`],
    ['many fields', filled('X: a\n')],
    ['many From addresses', `From: ${filled('a@b.c, ')}`],
    ['open comments', `Received: ${filled('(')}`],
    ['brackets', `Received: from ${filled('[')}`],
    ['encoded words', `Subject: ${filled('=?utf-8?Q?a?= ')}`],
    ['broken escapes', `Content-Transfer-Encoding: quoted-printable\n\n${filled('=')}`],
    ['base64 attachment', `Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n${filled('QUJD\n')}`],
    ['parameters', `Content-Type: text/plain; ${filled('a=b; ')}`],
    ['parts', `Content-Type: multipart/mixed; boundary=b\n\n${filled('--b\n\n')}`],
    ['nested parts', nested.join('\n')],
    ['results', `Authentication-Results: mx.example.jp; ${filled('spf=pass;')}`],
    ['unknown charset', `Content-Type: text/plain; charset=x-none\n\n${filled('\u00ff')}`],
  ];
  it.each(cases)('%s of more than is read take less than 200 ms', (_name, text) => {
    const bytes = new TextEncoder().encode(text);
    readMessage(bytes, rules);
    const start = process.threadCpuUsage();
    readEvidence(bytes, rules);
    const { user, system } = process.threadCpuUsage(start);
    expect((user + system) / 1_000).toBeLessThan(200);
  });
});
