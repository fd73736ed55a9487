import { parseNetwork } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { admit, type AdmissionRules, type Verdict } from './admission.js';
import { reportJsonSchema } from './schema.js';

const now = Date.parse('2026-11-20T02:00:00Z');
const rules: AdmissionRules = { now, ownNetworks: [parseNetwork('198.18.0.0/16')], allowReserved: true };
const strict: AdmissionRules = { ...rules, allowReserved: false };
const report = {
  subject: { type: 'ip', value: '203.0.113.9' },
  category: 'zombie',
  evidence: 'trap',
  count: 12,
  firstSeen: '2026-11-20T01:10:00Z',
  lastSeen: '2026-11-20T01:20:00Z',
};
const codeOf = (verdict: Verdict) => (verdict.accepted ? 'accepted' : verdict.code);
const judge = (change: object, by: AdmissionRules = rules) => codeOf(admit({ ...report, ...change }, by));

describe('admission of a report', () => {
  it('takes the report of the documentation and keeps its times in milliseconds', () => {
    const verdict = admit(report, rules);
    expect(verdict).toMatchObject({
      accepted: true,
      report: { lastSeen: Date.parse('2026-11-20T01:20:00Z') },
    });
  });

  it('has no field for content or recipients', () => {
    for (const field of ['recipient', 'to', 'body', 'subjectLine', 'headers']) {
      expect(judge({ [field]: 'x' })).toBe('report-malformed');
    }
  });

  it.each([null, 7, 'x', [], {}, { subject: null }])('judges %j without throwing', (item) => {
    expect(codeOf(admit(item, rules))).toBe('report-malformed');
  });

  it.each([
    ['10.0.0.1', 'subject-reserved'],
    ['127.0.0.2', 'subject-reserved'],
    ['203.0.113.9', 'subject-reserved'],
    ['2001:db8::1', 'subject-reserved'],
    ['8.8.8.8', 'accepted'],
  ])('outside demo mode judges %s as %s', (value, code) => {
    expect(judge({ subject: { type: 'ip', value } }, strict)).toBe(code);
  });

  it('takes an IPv4-mapped address as the IPv4 address', () => {
    const verdict = admit({ ...report, subject: { type: 'ip', value: '::ffff:203.0.113.9' } }, rules);
    expect(verdict).toMatchObject({ report: { subject: { type: 'ip', value: '203.0.113.9' } } });
  });

  it.each([
    ['203.0.113.0/24', 'accepted'],
    ['203.0.112.0/23', 'network-too-wide'],
    ['198.18.0.0/17', 'accepted'],
    ['198.18.0.0/15', 'network-too-wide'],
    ['2001:db8::/48', 'accepted'],
    ['2001:db8::/47', 'network-too-wide'],
  ])('lets a member name %s: %s', (value, code) => {
    expect(judge({ subject: { type: 'network', value } })).toBe(code);
  });

  it('lets the owner alone declare dynamic ranges and give owner evidence', () => {
    const declare = (value: string) =>
      judge({ subject: { type: 'network', value }, category: 'dynamic-range', evidence: 'owner' });
    expect(declare('198.18.4.0/22')).toBe('accepted');
    expect(declare('203.0.113.0/24')).toBe('not-owner');
    expect(judge({ evidence: 'owner' })).toBe('not-owner');
  });

  it.each([
    [{ type: 'domain', value: 'shop.example.com' }, 'zombie', 'category-unfit'],
    [{ type: 'ip', value: '203.0.113.9' }, 'spam-domain', 'category-unfit'],
    [{ type: 'ip', value: '203.0.113.9' }, 'dynamic-range', 'category-unfit'],
    [{ type: 'domain', value: 'shop.example.com' }, 'forged-domain', 'accepted'],
    [{ type: 'address', value: 'ab'.repeat(32) }, 'dropbox-address', 'accepted'],
  ])('judges %j as %s: %s', (subject, category, code) => {
    expect(judge({ subject, category })).toBe(code);
  });

  it.each([
    [{ firstSeen: '2026-11-20T01:30:00Z' }, 'time-order'],
    [{ firstSeen: '2026-11-20T02:01:00Z', lastSeen: '2026-11-20T02:01:30Z' }, 'time-in-future'],
    [{ lastSeen: '2026-11-20T02:00:59Z' }, 'accepted'],
    [{ firstSeen: '2026-11-06T01:00:00Z', lastSeen: '2026-11-06T01:59:59Z' }, 'time-too-old'],
    [{ firstSeen: '2020-01-01T00:00:00Z' }, 'accepted'],
  ])('judges the times %j as %s', (times, code) => {
    expect(judge(times)).toBe(code);
  });

  it('says where a malformed report is wrong', () => {
    expect(admit({ ...report, count: 0 }, rules)).toMatchObject({
      message: expect.stringMatching(/^count: /) as string,
    });
  });
});

describe('the published JSON Schema', () => {
  it('is closed to unknown fields and names its required ones', () => {
    expect(reportJsonSchema('https://hub.example/schema/report.json')).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://hub.example/schema/report.json',
      additionalProperties: false,
      required: ['subject', 'category', 'evidence', 'firstSeen', 'lastSeen'],
    });
  });
});
