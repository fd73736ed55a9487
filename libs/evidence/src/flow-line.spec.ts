import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { FlowReader } from './flow-line.js';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const reader = () =>
  new FlowReader({
    now: NOW,
    localTime: (year, month, day, hour, minute, second) => Date.UTC(year, month, day, hour, minute, second),
  });
const AT = Date.parse('2026-11-20T10:10:00Z');
const FLOW = { source: '203.0.113.9', destination: '198.51.100.1', at: AT };
const HERE = { ...FLOW, destination: undefined };

const NFDUMP = 'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out';
const row = (port: string, protocol = 'TCP') =>
  `2026-11-20 10:10:00,2026-11-20 10:10:02,2.0,203.0.113.9,198.51.100.1,40000,${port},${protocol},...AP.SF,0,0,9,900`;

describe('FlowReader', () => {
  it.each([
    ['nfdump -o csv', `${NFDUMP}\n${row('25')}`, FLOW],
    ['nfdump with numbers for protocols', `${NFDUMP}\n${row('25', '6')}`, FLOW],
    [
      'nfdump 1.7.3 and later',
      'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,bps,bpp,flows\n' +
        '2026-11-20 10:10:00.123,2.0,TCP,203.0.113.9,40000,198.51.100.1,25,9,900,0,0,1',
      FLOW,
    ],
    [
      'conntrack -E -o timestamp',
      '[1795169400.123456]\t    [NEW] tcp      6 120 SYN_SENT src=203.0.113.9 dst=198.51.100.1 sport=40000 dport=25 [UNREPLIED] src=198.51.100.1 dst=203.0.113.9 sport=25 dport=40000',
      FLOW,
    ],
    [
      'conntrack without times',
      '    [NEW] tcp 6 120 SYN_SENT src=2001:db8::9 dst=2001:db8::1 sport=40000 dport=25 [UNREPLIED] src=2001:db8::1',
      { source: '2001:db8::9', destination: '2001:db8::1', at: NOW },
    ],
    [
      'iptables LOG',
      'Nov 20 10:10:00 fw kernel: [123.456] OUT25 IN=eth1 OUT=eth0 MAC=00 SRC=203.0.113.9 DST=198.51.100.1 LEN=60 TOS=0x00 TTL=63 ID=1 DF PROTO=TCP SPT=40000 DPT=25 WINDOW=64240 RES=0x00 SYN URGP=0',
      FLOW,
    ],
    [
      'nftables log',
      '2026-11-20T10:10:00+00:00 fw kernel: out25 IN=eth1 OUT=eth0 SRC=203.0.113.9 DST=198.51.100.1 PROTO=TCP SPT=40000 DPT=25 SYN',
      FLOW,
    ],
    ['Postfix', 'Nov 20 10:10:00 mx postfix/smtpd[123]: connect from unknown[203.0.113.9]', HERE],
    [
      'postscreen',
      'Nov 20 10:10:00 mx postfix/postscreen[1]: CONNECT from [203.0.113.9]:4000 to [192.0.2.1]:25',
      HERE,
    ],
    [
      'Exim',
      '2026-11-20 10:10:00 SMTP connection from (pc) [203.0.113.9]:4000 I=[192.0.2.1]:25 (TCP/IP connection count = 1)',
      HERE,
    ],
    ['Sendmail', 'Nov 20 10:10:00 mx sm-mta[12]: NOQUEUE: SMTP connect from pc.example [203.0.113.9]', HERE],
  ])('reads %s', (_, text, flow) => {
    const lines = reader();
    expect(
      text
        .split('\n')
        .map((line) => lines.read(line))
        .at(-1),
    ).toEqual(flow);
  });

  it.each([
    ['another port', `${NFDUMP}\n${row('587')}`, 'not-port-25'],
    ['UDP', `${NFDUMP}\n${row('25', 'UDP')}`, 'not-port-25'],
    ['a row before any head', row('25'), 'line-unrelated'],
    [
      'the end of a connection',
      '[DESTROY] tcp 6 src=203.0.113.9 dst=198.51.100.1 sport=1 dport=25',
      'line-unrelated',
    ],
    [
      'an answer to a mail server',
      '[NEW] tcp 6 src=203.0.113.9 dst=198.51.100.1 sport=25 dport=40000',
      'not-port-25',
    ],
    [
      'submission',
      'Nov 20 10:10:00 mx postfix/submission/smtpd[1]: connect from unknown[203.0.113.9]',
      'line-unrelated',
    ],
    [
      'postscreen on another port',
      'Nov 20 10:10:00 mx postfix/postscreen[1]: CONNECT from [203.0.113.9]:4000 to [192.0.2.1]:587',
      'line-unrelated',
    ],
    [
      'the end of a session',
      'Nov 20 10:10:00 mx postfix/smtpd[1]: disconnect from unknown[203.0.113.9]',
      'line-unrelated',
    ],
    [
      'an Exim connection that ends',
      '2026-11-20 10:10:00 SMTP connection from [203.0.113.9]:4000 closed by QUIT',
      'line-unrelated',
    ],
    [
      'another host of a firewall line',
      'Nov 20 10:10:00 fw kernel: SRC=203.0.113.9 DST=198.51.100.1 PROTO=TCP SPT=1 DPT=80',
      'not-port-25',
    ],
  ])('does not take %s', (_, text, reason) => {
    const lines = reader();
    expect(
      text
        .split('\n')
        .map((line) => lines.read(line))
        .at(-1),
    ).toEqual({ reason });
  });

  property.prop([fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 5 })])(
    'gives a connection or a reason for any lines',
    (texts) => {
      const lines = reader();
      for (const text of [NFDUMP, ...texts]) expect(lines.read(text)).toBeTypeOf('object');
    },
  );
});
