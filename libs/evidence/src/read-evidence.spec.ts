import { describe, expect, it } from 'vitest';
import { BORDER_LINE, message, rules } from './messages.fixture.js';
import { readEvidence } from './read-evidence.js';

const reasons = (found: ReturnType<typeof readEvidence>) => found.skipped.map(({ reason }) => reason);

describe('an ordinary message', () => {
  const spam = (...head: string[]) => message(...head, 'From: a@shop.example.com', 'Subject: hi', '', 'buy');

  it('reports the peer of the border host and never what stands below it', () => {
    const forged = 'Received: from x ([203.0.113.7]) by mx.example.net; Fri, 20 Nov 2026 10:00:00 +0900';
    const { reports } = readEvidence(spam(BORDER_LINE, forged), rules({ evidence: 'trap' }));
    expect(reports).toEqual([
      {
        subject: { type: 'ip', value: '198.51.100.9' },
        category: 'spam-source',
        evidence: 'trap',
        count: 1,
        firstSeen: '2026-11-20T01:10:00.000Z',
        lastSeen: '2026-11-20T01:10:00.000Z',
      },
    ]);
  });

  it('looks behind the member’s own relays', () => {
    const relay = 'Received: from out ([192.0.2.5]) by mx.example.net; Fri, 20 Nov 2026 10:20:00 +0900';
    const { reports } = readEvidence(spam(relay, BORDER_LINE), rules({ evidence: 'trap' }));
    expect(reports[0]?.subject.value).toBe('198.51.100.9');
  });

  it('gives no report when the topmost line is of a host that is not trusted', () => {
    const other = 'Received: from x ([203.0.113.7]) by mx.evil.example; Fri, 20 Nov 2026 10:00:00 +0900';
    const found = readEvidence(spam(other, BORDER_LINE), rules({ evidence: 'trap' }));
    expect(found.reports).toEqual([]);
    expect(reasons(found)).toEqual(['no-trusted-hand-off']);
  });

  it('takes the address that the border saw, not one in the HELO', () => {
    const line =
      'Received: from [203.0.113.7] (dsl.example.org [198.51.100.9]) by mx.example.net; Fri, 20 Nov 2026 10:10:00 +0900';
    expect(readEvidence(spam(line), rules({ evidence: 'trap' })).reports[0]?.subject.value).toBe(
      '198.51.100.9',
    );
  });

  it('does not report without knowing how it is abuse', () => {
    expect(reasons(readEvidence(spam(BORDER_LINE), rules()))).toEqual(['evidence-not-stated']);
  });

  it('believes authentication results of the border alone', () => {
    const ours =
      'Authentication-Results: mx.example.net; (x; dmarc=pass) dmarc=fail header.from=shop.example.com';
    const theirs = 'Authentication-Results: shop.example.com; dmarc=pass; spf=pass';
    const { reports } = readEvidence(spam(BORDER_LINE, theirs, ours), rules({ evidence: 'filter' }));
    expect(reports.map(({ subject, category }) => [subject.value, category])).toEqual([
      ['198.51.100.9', 'spam-source'],
      ['shop.example.com', 'forged-domain'],
    ]);
    expect(reports[0]?.auth).toEqual({ dmarc: 'fail' });
  });

  it('blames the domain only when its own authentication passes', () => {
    const ours = 'Authentication-Results: mx.example.net 1; dkim=fail; dkim=pass; dmarc=pass';
    const { reports } = readEvidence(spam(BORDER_LINE, ours), rules({ evidence: 'filter' }));
    expect(reports[1]).toMatchObject({ category: 'spam-domain', auth: { dkim: 'pass', dmarc: 'pass' } });
  });

  it('holds decoded text for fingerprints and digests of what is no text', () => {
    const found = readEvidence(
      message(
        BORDER_LINE,
        'Subject: =?iso-2022-jp?B?GyRCJWEhPCVrGyhC?=',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain; charset=iso-2022-jp',
        '',
        '\u001b$B%a!<%k\u001b(B',
        '--b',
        'Content-Type: application/zip; name=a.zip',
        'Content-Transfer-Encoding: base64',
        '',
        'UEsDBA==',
        '--b--',
      ),
      rules({ evidence: 'trap' }),
    );
    expect(found.content).toMatchObject({
      subjectLine: 'メール',
      texts: ['メール\r\n'],
      attachments: [{ mediaType: 'application/zip', name: 'a.zip', size: 4 }],
    });
  });
});

describe('a feedback report', () => {
  const arf = (...fields: string[]) =>
    message(
      BORDER_LINE,
      'Authentication-Results: mx.example.net; dmarc=pass',
      'From: fbl@big.example.com',
      'Content-Type: multipart/report; report-type=feedback-report; boundary=b',
      '',
      '--b',
      'Content-Type: message/feedback-report',
      '',
      ...fields,
      '--b--',
    );
  const fields = ['Feedback-Type: abuse', 'User-Agent: x/1', 'Arrival-Date: Fri, 20 Nov 2026 00:00:00 +0000'];

  it('reports the source with the number of incidents', () => {
    const found = readEvidence(arf(...fields, 'Source-IP: [IPv6:2001:db8::9]', 'Incidents: 12'), rules());
    expect(found.reports[0]).toMatchObject({
      subject: { type: 'ip', value: '2001:db8::9' },
      evidence: 'complaint',
      count: 12,
      lastSeen: '2026-11-20T00:00:00.000Z',
    });
  });

  it.each([
    [['User-Agent: x/1'], 'feedback-malformed'],
    [
      ['Feedback-Type: opt-out', 'User-Agent: x/1', 'Arrival-Date: Fri, 20 Nov 2026 00:00:00 GMT'],
      'feedback-type-unused',
    ],
    [
      [...fields, 'Received-Date: Fri, 20 Nov 2026 00:00:00 GMT', 'Source-IP: 203.0.113.9'],
      'feedback-malformed',
    ],
    [fields, 'no-source-address'],
    [
      ['Feedback-Type: auth-failure', 'User-Agent: x/1', 'Arrival-Date: Fri, 20 Nov 2026 00:00:00 GMT'],
      'no-reported-domain',
    ],
  ])('of %j is skipped as %s', (written, reason) => {
    expect(reasons(readEvidence(arf(...written), rules()))).toEqual([reason]);
  });

  it('is believed of a named reporter only when its origin is proved', () => {
    const report = arf(...fields, 'Source-IP: 203.0.113.9');
    expect(readEvidence(report, rules({ reporters: ['example.com'] })).reports).toHaveLength(1);
    expect(reasons(readEvidence(report, rules({ reporters: ['ample.com'] })))).toEqual([
      'reporter-not-trusted',
    ]);
    const untrusted = rules({ reporters: ['example.com'], trusted: { hosts: [], networks: [] } });
    expect(reasons(readEvidence(report, untrusted))).toEqual(['reporter-not-trusted']);
  });
});

describe('a bounce', () => {
  const bounce = (to: string, ...returned: string[]) =>
    message(
      'Return-Path: <>',
      BORDER_LINE,
      'From: MAILER-DAEMON@far.example.org',
      `To: ${to}`,
      'Subject: Undelivered Mail Returned to Sender',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; far.example.org',
      '',
      'Final-Recipient: rfc822; x@far.example.org',
      'Action: failed',
      'Status: 5.1.1',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      ...returned,
      '--b--',
    );
  const forged = ['Received: from bot ([203.0.113.50]) by far.example.org; x', 'From: me@example.net'];

  it('of mail that the member never sent names the bouncing host and the forged domain', () => {
    const { reports } = readEvidence(bounce('me@example.net', ...forged), rules());
    expect(reports.map(({ subject, category }) => [subject.value, category])).toEqual([
      ['198.51.100.9', 'backscatter-source'],
      ['example.net', 'forged-domain'],
    ]);
  });

  it.each([
    [
      'of own mail',
      bounce('me@example.net', 'Received: from pc by out.example.net; x', ...forged),
      'bounce-of-own-mail',
    ],
    [
      'to an address with a BATV tag',
      bounce('prvs=0123456789=me@example.net', ...forged),
      'bounce-of-own-mail',
    ],
    ['without the original', bounce('me@example.net'), 'bounce-without-original'],
  ])('%s gives a reason alone', (_, bytes, reason) => {
    const found = readEvidence(bytes, rules());
    expect([found.reports, reasons(found)]).toEqual([[], [reason]]);
  });

  it('needs to know the own hosts to tell whether the mail was own', () => {
    const unknowing = rules({ bounces: { origin: 'check', sendingHosts: [] } });
    expect(reasons(readEvidence(bounce('me@example.net', ...forged), unknowing))).toEqual([
      'bounce-origin-unknown',
    ]);
  });

  it('is not made of a vacation notice to a trap', () => {
    const notice = message(BORDER_LINE, 'From: a@b.example', 'Auto-Submitted: auto-replied', '', 'away');
    expect(reasons(readEvidence(notice, rules({ evidence: 'trap' })))).toEqual(['auto-reply']);
  });
});

describe('X-ARF', () => {
  const xarf = (...yaml: string[]) =>
    message(
      'From: a@b.example',
      'X-XARF: PLAIN',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; name="report.txt"',
      '',
      ...yaml,
      '--b--',
    );
  const base = ['---', 'Reported-From: a@b.example', 'Date: 2026-11-20T10:00:00+09:00'];

  it('by mail reports the source', () => {
    const found = readEvidence(
      xarf(...base, 'Report-Type: spam', 'Source-Type: ipv4', 'Source: 203.0.113.9'),
      rules(),
    );
    expect(found.reports[0]).toMatchObject({ subject: { value: '203.0.113.9' }, category: 'spam-source' });
  });

  it('of a link reports its host', () => {
    const found = readEvidence(
      xarf(
        ...base,
        'Report-Type: phishing',
        'Source-Type: uri',
        'Source: http://bank.example.com/login?x=a@b',
      ),
      rules(),
    );
    expect(found.reports[0]).toMatchObject({ subject: { type: 'domain', value: 'bank.example.com' } });
    expect(JSON.stringify(found.reports)).not.toContain('login');
  });

  it.each([
    ['an alias', ['a: &x b', 'c: *x']],
    ['no YAML', ['a: [', ']]]: {']],
    ['nested collections', [`Source: ${'['.repeat(4_000)}`]],
    ['missing fields', ['Report-Type: spam']],
  ])('with %s is refused', (_, yaml) => {
    expect(reasons(readEvidence(xarf(...yaml), rules()))).toEqual(['xarf-malformed']);
  });
});

describe('DMARC', () => {
  const record = (dkim: string, spf: string, count: number) =>
    `<record><row><source_ip>203.0.113.9</source_ip><count>${String(count)}</count><policy_evaluated><dkim>${dkim}</dkim>` +
    `<spf>${spf}</spf></policy_evaluated></row><identifiers><header_from>Shop.Example.com</header_from></identifiers></record>`;
  const dmarc = (name: string, ...records: string[]) =>
    message(
      'From: a@b.example',
      `Content-Type: application/xml; name="${name}"`,
      '',
      '<?xml version="1.0"?><feedback><report_metadata><date_range><begin>1795132800</begin><end>1795219199</end></date_range>',
      `</report_metadata>${records.join('')}</feedback>`,
    );

  it('says whose name others used, and counts only what failed both', () => {
    const found = readEvidence(
      dmarc(
        'r!shop.example.com!1795132800!1795219199.xml',
        record('fail', 'fail', 40),
        record('pass', 'fail', 7),
        record('fail', 'fail', 2),
      ),
      rules(),
    );
    expect(found.reports).toEqual([
      {
        subject: { type: 'domain', value: 'shop.example.com' },
        category: 'forged-domain',
        evidence: 'auth-failure',
        count: 42,
        firstSeen: '2026-11-20T00:00:00.000Z',
        lastSeen: '2026-11-20T23:59:59.000Z',
        auth: { spf: 'fail', dkim: 'fail', dmarc: 'fail' },
      },
    ]);
  });

  it.each([
    ['r!s!1!2.xml.gz', 'archive-not-opened'],
    ['r!s!1!2.xml', 'dmarc-nothing-failed'],
  ])('in %s gives %s', (name, reason) => {
    expect(reasons(readEvidence(dmarc(name, record('pass', 'pass', 1)), rules()))).toEqual([reason]);
  });
});
