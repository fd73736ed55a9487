import { describe, expect, it } from 'vitest';
import { MtaLogReader } from './mta-log.js';
import { Sightings } from './sightings.js';

const clock = {
  now: Date.parse('2026-11-20T12:00:00Z'),
  localTime: (...written: [number, number, number, number, number, number]) => Date.UTC(...written),
};
const read = (...lines: string[]) => {
  const reader = new MtaLogReader(clock);
  return lines.map((line) => reader.read(line)).at(-1);
};
const said = (line: ReturnType<typeof read>) =>
  line && 'reason' in line
    ? line.reason
    : `${String(line?.ip)} ${String(line?.category)} ${String(line?.evidence)}`;

const postfix = (text: string, program = 'smtpd') => `Nov 20 10:00:00 mx postfix/${program}[9]: ${text}`;
const reject = (client: string, reply: string) =>
  postfix(`NOQUEUE: reject: RCPT from ${client}: ${reply}; from=<a@b> to=<c@d> proto=ESMTP helo=<e>`);
const exim = (text: string) => `2026-11-20 10:00:00 ${text}`;
const sendmail = (text: string) => `Nov 20 10:00:00 mx sm-mta[9]: ${text}`;

describe('Postfix', () => {
  it.each([
    [
      'an unknown recipient',
      reject(
        'unknown[203.0.113.9]',
        '550 5.1.1 <c@d>: Recipient address rejected: User unknown in local recipient table',
      ),
      '203.0.113.9 spam-source unknown-user',
    ],
    [
      'a list',
      reject(
        'unknown[203.0.113.9]',
        '554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using zen.example.org',
      ),
      'verdict-of-a-list',
    ],
    [
      'greylisting',
      reject('unknown[203.0.113.9]', '450 4.2.0 <c@d>: Recipient address rejected: Greylisted'),
      'policy-reject',
    ],
    [
      'a bad HELO of a fixed host',
      reject(
        'mail.example.org[203.0.113.9]',
        '504 5.5.2 <e>: Helo command rejected: need fully-qualified hostname',
      ),
      'policy-reject',
    ],
    [
      'a bad HELO of a dial-up host',
      reject(
        'p9-ppp.113-0-203.dsl.example.org[203.0.113.9]',
        '504 5.5.2 <e>: Helo command rejected: need fully-qualified hostname',
      ),
      '203.0.113.9 zombie port25',
    ],
    [
      'a bad HELO of a consumer line',
      reject(
        'dsl-203-0-113-9.pool.example.org[203.0.113.9]',
        '504 5.5.2 <e>: Helo command rejected: need fully-qualified hostname',
      ),
      '203.0.113.9 zombie port25',
    ],
    [
      'a milter',
      postfix(
        '4F1A2B3C: milter-reject: END-OF-MESSAGE from unknown[2001:db8::9]: 5.7.1 Spam message rejected; from=<a@b> to=<c@d>',
        'cleanup',
      ),
      '2001:db8::9 spam-source filter',
    ],
    [
      'haste',
      'Nov 20 10:00:00 mx postfix/postscreen[9]: PREGREET 11 after 0.07 from [203.0.113.9]:4242: EHLO x',
      '203.0.113.9 zombie filter',
    ],
    [
      'a rate',
      postfix('warning: Connection rate limit exceeded: 61 from unknown[203.0.113.9] for service smtpd'),
      '203.0.113.9 spam-source rate',
    ],
    [
      'a password',
      postfix('warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: x'),
      'login-failure',
    ],
    [
      'a delivery',
      postfix('4F1A2B3C: to=<a@b>, relay=x[192.0.2.1]:25, status=sent', 'smtp'),
      'line-unrelated',
    ],
    [
      'a virus found by amavis',
      'Nov 20 10:00:00 mx amavis[9]: (9-01) Blocked INFECTED (Eicar) {DiscardedInbound}, [203.0.113.9]:4242 <a@b> -> <c@d>',
      '203.0.113.9 malware-sender malware',
    ],
  ])('tells of %s', (_, line, expected) => {
    expect(said(read(line))).toBe(expected);
  });

  it('is not misled by what a client writes', () => {
    const recipient = '<"User unknown from x[198.51.100.1]: 550 virus"@d>';
    expect(
      said(read(reject('unknown[203.0.113.9]', `504 5.5.2 ${recipient}: Sender address rejected`))),
    ).toBe('policy-reject');
    const helo =
      'NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 x; from=<a@b> to=<c@d> proto=SMTP helo=<spam>';
    expect(said(read(postfix(helo)))).toBe('policy-reject');
  });
});

describe('Exim', () => {
  it.each([
    [
      'an unknown recipient',
      exim('H=(bot) [203.0.113.9]:4242 F=<a@b> rejected RCPT <c@d>: Unrouteable address'),
      '203.0.113.9 spam-source unknown-user',
    ],
    [
      'spam',
      exim(
        '1tDabc-000000004ab-1Xyz H=h.example.org (bot) [203.0.113.9] F=<a@b> rejected after DATA: This message scored 12.3 spam points',
      ),
      '203.0.113.9 spam-source filter',
    ],
    [
      'a list',
      exim('H=(bot) [203.0.113.9] F=<a@b> rejected RCPT <c@d>: 203.0.113.9 is listed at zen.example.org'),
      'verdict-of-a-list',
    ],
    [
      'haste',
      exim(
        'SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from H=[203.0.113.9] input="x"',
      ),
      '203.0.113.9 zombie filter',
    ],
    [
      'an address in the HELO',
      exim('H=([198.51.100.1]) [203.0.113.9] F=<a@b> rejected RCPT <c@d>: No such user'),
      '203.0.113.9 spam-source unknown-user',
    ],
    [
      'a temporary failure',
      exim('H=(bot) [203.0.113.9] F=<a@b> temporarily rejected RCPT <c@d>: try again later'),
      'policy-reject',
    ],
    ['a password', exim('plain authenticator failed for (x) [203.0.113.9]: 535 Incorrect'), 'login-failure'],
  ])('tells of %s', (_, line, expected) => {
    expect(said(read(line))).toBe(expected);
  });

  it('states its offset or writes local time', () => {
    expect(
      read('2026-11-20 10:00:00 +0900 [12] H=[203.0.113.9] rejected RCPT <c@d>: No such user'),
    ).toMatchObject({
      at: Date.parse('2026-11-20T01:00:00Z'),
    });
  });
});

describe('Sendmail', () => {
  it.each([
    [
      'a milter',
      sendmail('0AK1A2B3001234: Milter: data, reject=554 5.7.1 virus Eicar detected'),
      'line-unrelated',
    ],
    [
      'a rule',
      sendmail(
        '0AK1A2B3001234: ruleset=check_rcpt, arg1=<c@d>, relay=h.example.org [203.0.113.9], reject=550 5.1.1 <c@d>... User unknown',
      ),
      '203.0.113.9 spam-source unknown-user',
    ],
    [
      'haste',
      sendmail(
        '0AK1A2B3001234: rejecting commands from h.example.org [203.0.113.9] due to pre-greeting traffic after 0 seconds',
      ),
      '203.0.113.9 zombie filter',
    ],
    [
      'a forged relay',
      sendmail(
        'ruleset=check_rcpt, arg1=<c@d>, relay=[198.51.100.1], x, relay=h [203.0.113.9], reject=550 5.1.1 User unknown',
      ),
      'line-unrelated',
    ],
  ])('tells of %s', (_, line, expected) => {
    expect(said(read(line))).toBe(expected);
  });

  it('joins unknown recipients with the client named later', () => {
    const found = read(
      sendmail('0AK1A2B3001234: <c@d>... User unknown'),
      sendmail('0AK1A2B3001234: <e@d>... User unknown'),
      sendmail(
        '0AK1A2B3001234: from=<a@b>, size=0, class=0, nrcpts=0, proto=SMTP, daemon=MTA, relay=h.example.org [203.0.113.9]',
      ),
    );
    expect(found).toMatchObject({ ip: '203.0.113.9', evidence: 'unknown-user', count: 2 });
  });
});

describe('times', () => {
  it('without a year are of the last twelve months', () => {
    const reader = new MtaLogReader({ ...clock, now: Date.parse('2027-01-02T00:00:00Z') });
    const line = reject('unknown[203.0.113.9]', '550 5.1.1 User unknown').replace('Nov 20', 'Dec 31');
    expect(reader.read(line)).toMatchObject({ at: Date.parse('2026-12-31T10:00:00Z') });
  });

  it('of RFC 3339 are read with their offset', () => {
    const line = reject('unknown[203.0.113.9]', '550 5.1.1 User unknown').replace(
      'Nov 20 10:00:00',
      '2026-11-20T10:00:00.123+09:00',
    );
    expect(read(line)).toMatchObject({ at: Date.parse('2026-11-20T01:00:00.123Z') });
  });
});

describe('Sightings', () => {
  it('count a client once for a reason and leave out what may be a typing error', () => {
    const sightings = new Sightings();
    const unknown = { category: 'spam-source', evidence: 'unknown-user', count: 1 } as const;
    for (const at of [3_000, 1_000, 2_000]) sightings.add({ ...unknown, ip: '203.0.113.9', at });
    sightings.add({ ...unknown, ip: '203.0.113.8', at: 5_000 });
    expect(sightings.drain()).toEqual({
      reports: [
        {
          subject: { type: 'ip', value: '203.0.113.9' },
          category: 'spam-source',
          evidence: 'unknown-user',
          count: 3,
          firstSeen: '1970-01-01T00:00:01.000Z',
          lastSeen: '1970-01-01T00:00:03.000Z',
        },
      ],
      skipped: [{ reason: 'below-threshold' }],
    });
    expect(sightings.isEmpty).toBe(true);
  });
});
