import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { BORDER_LINE, message, rules } from './messages.fixture.js';
import { MtaLogReader } from './mta-log.js';
import { readEvidence } from './read-evidence.js';
import { SKIP_REASONS } from './skip-reason.js';
import { readCsvRow, readJsonLine } from './table-row.js';
import { readXarfText } from './xarf-json.js';

const SEED = 20_261_120;
const line = fc.oneof(
  fc.constantFrom(
    BORDER_LINE,
    '',
    '--b',
    '--b--',
    '--',
    'From: =?utf-8?q?=?= <a@b.example>',
    'Return-Path: <>',
    'X-XARF: PLAIN',
    'Content-Type: multipart/mixed; boundary=b',
    'Content-Type: message/rfc822',
    'Content-Type: message/feedback-report',
    'Content-Type: message/delivery-status',
    'Content-Type: text/plain; charset=iso-2022-jp; name=report.txt',
    'Content-Type: application/json; name=xarf.json',
    'Content-Type: text/xml; name="a!b!1!2.xml"',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: quoted-printable',
    'Feedback-Type: abuse',
    'User-Agent: x',
    'Source-IP: 203.0.113.9',
    'Action: failed',
    'Authentication-Results: mx.example.net; (((dkim="',
    '<feedback><record>',
    '{"xarf_version":"4.2.0"}',
  ),
  fc.string({ unit: 'binary', maxLength: 80 }),
);
const anyMessage = fc.oneof(
  fc.array(line, { maxLength: 40 }).map((lines) => message(...lines)),
  fc.uint8Array({ maxLength: 2_000 }),
);

describe('any bytes', () => {
  it.prop([anyMessage, fc.constantFrom('auto', 'arf', 'xarf', 'dmarc', 'dsn', 'eml')], {
    seed: SEED,
    numRuns: 2_000,
  })('as a message give reports or a named reason', (bytes, format) => {
    const found = readEvidence(bytes, rules({ format, evidence: 'trap' }));
    expect(found.reports.length + found.skipped.length).toBeGreaterThan(0);
    for (const { reason } of found.skipped) expect(SKIP_REASONS).toHaveProperty(reason);
    expect(new Set(found.reports.map(({ subject }) => subject.value)).size).toBe(found.reports.length);
  });

  it.prop([fc.string({ unit: 'binary', maxLength: 300 })], { seed: SEED, numRuns: 1_000 })(
    'as a log line, a row or JSON give something',
    (text) => {
      const reader = new MtaLogReader({ now: 0, localTime: (...clock) => Date.UTC(...clock) });
      expect(reader.read(`Nov 20 10:00:00 mx postfix/smtpd[1]: ${text}`)).toBeDefined();
      expect(reader.read(text)).toBeDefined();
      expect(readCsvRow(text, ['subject'], {}).skipped.length).toBe(1);
      expect(readJsonLine(text, {}).skipped.length).toBe(1);
      expect(readXarfText(text).skipped.length).toBe(1);
    },
  );
});
