import { describe, expect, it } from 'vitest';
import { bytesOf, RECEIVED, rules } from './message.fixture.js';
import { readEvidence } from './read-evidence.js';

const plain = (...fields: readonly string[]) =>
  readEvidence(bytesOf(...fields, 'From: a@shop.example.com', '', 'text'), rules);
const report = (type: string, value: string, category: string, evidence: string) => ({
  subject: { type, value },
  category,
  evidence,
});

describe('a plain message', () => {
  it('reports the peer that the border host saw, at the time of that host', () => {
    expect(plain(RECEIVED).reports).toMatchObject([
      {
        ...report('ip', '203.0.113.9', 'spam-source', 'trap'),
        firstSeen: '2026-11-20T01:00:00.000Z',
        count: 1,
      },
    ]);
  });

  it('believes no Received line of a host that is not trusted, even below a trusted one', () => {
    const forged = RECEIVED.replace('mx.example.jp', 'other.example').replace('203.0.113.9', '198.51.100.1');
    expect(plain(forged).skipped).toEqual([{ reason: 'no-trusted-hand-off' }]);
    expect(plain(forged, RECEIVED).skipped).toEqual([{ reason: 'no-trusted-hand-off' }]);
    expect(plain(RECEIVED, forged).reports[0]?.subject.value).toBe('203.0.113.9');
  });

  it('takes the address that the border host saw and not one in the name the peer gave', () => {
    const tricked = RECEIVED.replace('helo.example', '[198.51.100.7]');
    expect(plain(tricked).reports[0]?.subject.value).toBe('203.0.113.9');
  });

  it('goes past hops between hosts of its own', () => {
    const inner = RECEIVED.replace('203.0.113.9', '10.0.0.5');
    expect(plain(inner, RECEIVED).reports[0]?.subject.value).toBe('203.0.113.9');
  });

  it('takes authentication results of its own border host only', () => {
    const claim = (host: string, verdict: string) =>
      `Authentication-Results: ${host} (v1; x); spf=fail smtp.mailfrom=a@b; dmarc=${verdict} (p=none) header.from=b`;
    const culprit = plain(RECEIVED, claim('mx.example.jp', 'pass'));
    expect(culprit.reports[1]).toMatchObject(report('domain', 'shop.example.com', 'spam-domain', 'trap'));
    expect(culprit.reports[0]?.auth).toEqual({ spf: 'fail', dmarc: 'pass' });
    const victim = plain(RECEIVED, claim('mx.example.jp', 'fail'));
    expect(victim.reports[1]).toMatchObject(
      report('domain', 'shop.example.com', 'forged-domain', 'auth-failure'),
    );
    expect(plain(RECEIVED, claim('other.example', 'pass')).reports).toHaveLength(1);
  });

  it('gives no report when nobody said how it is known', () => {
    const found = readEvidence(bytesOf(RECEIVED, '', 'x'), { ...rules, evidence: undefined });
    expect(found).toMatchObject({ reports: [], skipped: [{ reason: 'evidence-not-stated' }] });
  });
});

const feedback = (...fields: readonly string[]) =>
  readEvidence(
    bytesOf(
      'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
      '',
      '--b',
      'Content-Type: message/feedback-report',
      '',
      'User-Agent: x/1',
      'Version: 1',
      'Arrival-Date: Fri, 20 Nov 2026 10:00:00 +0900',
      ...fields,
      '--b--',
    ),
    rules,
  );

describe('a feedback report', () => {
  it.each([
    ['abuse', report('ip', '192.0.2.1', 'spam-source', 'complaint')],
    ['fraud', report('ip', '192.0.2.1', 'phishing', 'complaint')],
    ['virus', report('ip', '192.0.2.1', 'malware-sender', 'malware')],
    ['not-spam', report('ip', '192.0.2.1', 'ham', 'manual')],
    ['auth-failure', report('domain', 'bank.example.com', 'forged-domain', 'auth-failure')],
  ])('of type %s', (type, expected) => {
    const found = feedback(
      `Feedback-Type: ${type}`,
      'Source-IP: [192.0.2.1]',
      'Reported-Domain: bank.example.com',
      'Incidents: 7',
    );
    expect(found.reports).toMatchObject([{ ...expected, count: 7 }]);
  });

  it.each([
    ['Feedback-Type: opt-out', 'feedback-type-unused'],
    ['Feedback-Type: constructor', 'feedback-type-unused'],
    ['Feedback-Type: abuse', 'no-source-address'],
    ['Feedback-Type: auth-failure', 'no-reported-domain'],
    ['X: y', 'feedback-malformed'],
  ])('with %s gives the reason %s', (field, reason) => {
    expect(feedback(field)).toMatchObject({ reports: [], skipped: [{ reason }] });
  });
});

const bounce = (origin: 'check' | 'never-sent', sendingHosts: readonly string[], action = 'failed') =>
  readEvidence(
    bytesOf(
      RECEIVED,
      'From: MAILER-DAEMON@remote.example',
      'To: victim@shop.example.com',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; remote.example',
      '',
      `Action: ${action}`,
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      'Received: from x by out.example.jp; Fri, 20 Nov 2026 09:00:00 +0900',
      'From: victim@shop.example.com',
      '--b--',
    ),
    { ...rules, bounces: { origin, sendingHosts } },
  );

describe('a bounce', () => {
  it('for mail never sent reports the bouncing host, and the forged domain as a victim', () => {
    expect(bounce('never-sent', []).reports).toMatchObject([
      report('ip', '203.0.113.9', 'backscatter-source', 'bounce'),
      report('domain', 'shop.example.com', 'forged-domain', 'bounce'),
    ]);
  });

  it('is judged by the hosts that the member sends from', () => {
    expect(bounce('check', ['out.example.jp']).skipped).toEqual([{ reason: 'bounce-of-own-mail' }]);
    expect(bounce('check', ['out2.example.jp']).reports).toHaveLength(2);
    expect(bounce('check', []).skipped).toEqual([{ reason: 'bounce-origin-unknown' }]);
  });

  it('that only tells of a delay gives no report', () => {
    expect(bounce('never-sent', [], 'delayed').skipped).toEqual([{ reason: 'bounce-not-a-failure' }]);
  });
});

describe('what leaves', () => {
  it('holds no recipient, no address and no text', () => {
    const text = JSON.stringify([bounce('never-sent', []).reports, plain(RECEIVED, 'To: r@x.jp').reports]);
    expect(text).not.toMatch(/@|victim|text/);
  });
});
