import {
  decodeResponse,
  encodeQuery,
  RCODE,
  TYPE,
  type QueryOptions,
  type Response,
} from '@sekisho/dns-wire';
import { hashLabel, readSubject } from '@sekisho/subject';
import { packReturnCode, parseReturnCode, ZoneIndex, type ZoneName } from '@sekisho/zone';
import { describe, expect, it } from 'vitest';
import { answer } from './answer.js';
import { clientAccess } from './client-access.js';
import { createServerState, type Transport } from './server-state.js';

const HASH = '5a'.repeat(32);
const counted: string[] = [];

function zone(name: ZoneName, entries: Record<string, string[]>): [ZoneName, ZoneIndex] {
  const snapshot = {
    zone: name,
    serial: 4_294_967_300,
    entries: Object.entries(entries).map(([subject, codes]) => ({
      subject: readSubject(subject),
      codes: codes.map((code) => parseReturnCode(code) ?? 0),
    })),
  };
  return [name, ZoneIndex.from(snapshot)];
}

const state = createServerState({
  apex: 'z.example',
  listenHost: '192.0.2.53',
  publicUrl: 'https://hub.example',
  zones: new Map([
    zone('ip', { '203.0.113.9': ['127.0.91.3', '127.0.91.4'], '2001:db8::/48': ['127.0.70.2'] }),
    zone('high.ip', { '203.0.113.9': ['127.0.91.3'] }),
    zone('policy', {}),
    zone('domain', { 'shop.example.com': ['127.0.80.21'] }),
    zone('hash', { [`fingerprint:${HASH}`]: ['127.0.90.31'] }),
  ]),
  isAllowed: () => true,
  count: (destination, rcode, transport) => counted.push(`${destination} ${rcode} ${transport}`),
});

type Asked = Partial<QueryOptions> & { transport?: Transport; client?: string; from?: typeof state };

function ask(name: string, type: number = TYPE.A, options: Asked = {}): Response {
  const { transport = 'udp', client = '192.0.2.1', from = state, ...rest } = options;
  const bytes = answer(encodeQuery({ id: 1, name, type, ...rest }), from, transport, client);
  const response = bytes && decodeResponse(bytes);
  if (!response) throw new Error('no readable answer');
  return response;
}

const addresses = (response: Response): string[] =>
  response.answers.map(({ value }) => (value.kind === 'A' ? value.address : value.kind));

describe('listings', () => {
  it('answer one A record a code, with AA, RD as asked, and the lifetime of a listing', () => {
    const response = ask('9.113.0.203.ip.z.example', TYPE.A, { isRecursionDesired: true });
    expect(addresses(response)).toEqual(['127.0.91.3', '127.0.91.4']);
    expect(response).toMatchObject({
      rcode: 0,
      isAuthoritative: true,
      isRecursionDesired: true,
      authority: [],
    });
    expect(response.isRecursionAvailable).toBe(false);
    expect(response.answers.map(({ ttlSeconds }) => ttlSeconds)).toEqual([60, 60]);
  });

  it('keep the letters of the question, in the question and as owner', () => {
    const response = ask('Shop.EXAMPLE.com.dOmAiN.Z.example');
    expect(response.answers[0]).toMatchObject({ name: 'Shop.EXAMPLE.com.dOmAiN.Z.example' });
    expect(addresses(response)).toEqual(['127.0.80.21']);
  });

  it.each([
    ['9.113.0.203.ip', 'zombie, malware-sender, score 91: https://hub.example/?subject=203.0.113.9'],
    [
      'www.shop.example.com.domain',
      'spam-domain, score 80: https://hub.example/?subject=www.shop.example.com',
    ],
    [
      `${hashLabel(HASH)}.hash`,
      `campaign-fingerprint, score 90: https://hub.example/?subject=fingerprint:${HASH}`,
    ],
    [
      `9.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip`,
      'spam-source, score 70: https://hub.example/?subject=2001:db8::9',
    ],
    ['2.0.0.127.ip', 'spam-source, score 100: https://hub.example/?subject=127.0.0.2'],
  ])('explain %s in one line of TXT', (name, text) => {
    expect(ask(`${name}.z.example`, TYPE.TXT).answers).toMatchObject([{ value: { kind: 'TXT', text } }]);
  });

  it('show score and confidence in the score zone', () => {
    const score = ZoneIndex.from({
      zone: 'score',
      serial: 1,
      entries: [
        { subject: readSubject('203.0.113.9'), codes: [packReturnCode({ score: 91, confidence: 80 })] },
      ],
    });
    const from = { ...state, zones: new Map([['score' as const, score]]) };
    expect(addresses(ask('9.113.0.203.score.z.example', TYPE.A, { from }))).toEqual(['127.1.91.80']);
    expect(ask('9.113.0.203.score.z.example', TYPE.TXT, { from }).answers[0]?.value).toEqual({
      kind: 'TXT',
      text: 'score 91, confidence 80: https://hub.example/?subject=203.0.113.9',
    });
  });

  it('answer ANY with one HINFO and never with TC', () => {
    expect(ask('9.113.0.203.ip.z.example', TYPE.ANY)).toMatchObject({
      isTruncated: false,
      answers: [{ type: TYPE.HINFO }],
    });
    expect(ask('1.2.3.60.ip.z.example', TYPE.ANY).rcode).toBe(RCODE.NXDOMAIN);
  });

  it('answer any other type with NODATA', () => {
    expect(ask('9.113.0.203.ip.z.example', TYPE.AAAA)).toMatchObject({
      rcode: 0,
      answers: [],
      authority: [{ type: TYPE.SOA }],
    });
  });
});

describe('negative answers', () => {
  it.each([
    ['not listed', '10.113.0.203.ip', RCODE.NXDOMAIN],
    ['an octet over 255', '300.1.2.3.ip', RCODE.NXDOMAIN],
    ['a leading zero', '09.113.0.203.ip', RCODE.NXDOMAIN],
    ['too many labels', '1.9.113.0.203.ip', RCODE.NXDOMAIN],
    ['listed in another zone', '9.113.0.203.policy', RCODE.NXDOMAIN],
    ['part of an address', '113.0.203.ip', RCODE.NOERROR],
    ['above a listed domain', 'example.com.domain', RCODE.NOERROR],
    ['high.ip itself', 'high.ip', RCODE.NOERROR],
    ['the test address that must not be listed', '1.0.0.127.ip', RCODE.NXDOMAIN],
    ['the test name that must not be listed', 'INVALID.domain', RCODE.NXDOMAIN],
  ])('%s: the SOA with the negative lifetime', (_, name, rcode) => {
    const response = ask(`${name}.z.example`);
    expect(response).toMatchObject({ rcode, isAuthoritative: true, answers: [] });
    const owner = name.split('.').at(-1) ?? '';
    expect(response.authority[0]?.name.endsWith(`${owner}.z.example`)).toBe(true);
    expect(response.authority).toMatchObject([
      { ttlSeconds: 60, value: { kind: 'SOA', minimumSeconds: 60 } },
    ]);
  });

  it('names the SOA of the zone asked, not of the zone around it', () => {
    expect(ask('1.2.3.60.high.ip.z.example').authority[0]?.name).toBe('high.ip.z.example');
    expect(ask('1.2.3.60.ip.z.example').authority[0]?.name).toBe('ip.z.example');
  });

  it('is SERVFAIL, never NXDOMAIN, for a zone that was never seen', () => {
    for (const name of ['9.113.0.203.score', '2.0.0.127.score', 'score']) {
      expect(ask(`${name}.z.example`, TYPE.A)).toMatchObject({
        rcode: RCODE.SERVFAIL,
        answers: [],
        authority: [],
      });
    }
  });
});

describe('apexes', () => {
  it.each(['ip.z.example', 'high.ip.z.example', 'domain.z.example', 'z.example'])(
    'have SOA and NS: %s',
    (name) => {
      expect(ask(name, TYPE.SOA).answers).toMatchObject([
        { name, value: { kind: 'SOA', mname: 'ns1.z.example', rname: 'hostmaster.z.example' } },
      ]);
      expect(ask(name, TYPE.NS).answers).toMatchObject([
        { name, value: { kind: 'NS', host: 'ns1.z.example' } },
      ]);
      expect(ask(name, TYPE.A)).toMatchObject({ rcode: 0, answers: [], authority: [{ name }] });
    },
  );

  it('show the serial of their zone modulo 2^32', () => {
    expect(ask('ip.z.example', TYPE.SOA).answers[0]?.value).toMatchObject({ serial: 4 });
    expect(ask('z.example', TYPE.SOA).answers[0]?.value).toMatchObject({ serial: 20 });
  });

  it('give the name server the address it listens on, unless that is a wildcard', () => {
    expect(addresses(ask('ns1.z.example'))).toEqual(['192.0.2.53']);
    expect(ask('ns1.z.example', TYPE.AAAA).answers).toEqual([]);
    const from = createServerState({ ...state, listenHost: '::' });
    expect(ask('ns1.z.example', TYPE.AAAA, { from })).toMatchObject({ rcode: 0, answers: [] });
    const six = createServerState({ ...state, listenHost: '2001:db8::53' });
    expect(ask('ns1.z.example', TYPE.AAAA, { from: six }).answers).toHaveLength(1);
  });
});

describe('a zone name that does not exist', () => {
  it.each([
    '9.113.0.203.nosuch',
    `${'0.'.repeat(32)}nosuch`,
    `${hashLabel(HASH)}.nosuch`,
    'example.com.nosuch',
  ])('gets the error answer with a lifetime of one second: %s', (name) => {
    const response = ask(`${name}.z.example`);
    expect(addresses(response)).toEqual(['127.255.255.252']);
    expect(response.answers[0]?.ttlSeconds).toBe(1);
  });

  it.each(['nosuch', '113.0.203.nosuch', 'com.nosuch', 'www'])('exists on the way to it: %s', (name) => {
    expect(ask(`${name}.z.example`)).toMatchObject({ rcode: 0, answers: [] });
  });

  it('is NXDOMAIN when the rest is no lookup', () => {
    expect(ask('60.1.2.3.4.nosuch.z.example').rcode).toBe(RCODE.NXDOMAIN);
  });
});

describe('refusals', () => {
  it.each([
    ['a name outside', ask('example.org')],
    ['a name that only ends in the same letters', ask('9.113.0.203.ip.xz.example')],
    ['the name above', ask('example')],
    ['the root', ask('.')],
    ['class CH', ask('ip.z.example', TYPE.TXT, { class: 3 })],
    ['AXFR', ask('ip.z.example', TYPE.AXFR, { transport: 'tcp' })],
    ['IXFR', ask('ip.z.example', TYPE.IXFR)],
  ])('%s: REFUSED, not authoritative, empty', (_, response) => {
    expect(response).toMatchObject({
      rcode: RCODE.REFUSED,
      isAuthoritative: false,
      answers: [],
      authority: [],
    });
  });

  it('refuse a name that has the octets of the apex inside a label', () => {
    const apex = [1, 0x7a, 7, ...Buffer.from('example')];
    const query = Uint8Array.from([
      0,
      1,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      apex.length,
      ...apex,
      0,
      0,
      TYPE.SOA,
      0,
      1,
    ]);
    const bytes = answer(query, state, 'udp', '192.0.2.1') ?? new Uint8Array();
    expect(decodeResponse(bytes)?.rcode).toBe(RCODE.REFUSED);
  });

  it('refuse clients outside the networks of the access list', () => {
    const isAllowed = clientAccess({ kind: 'networks', networks: ['192.0.2.0/24', '2001:db8::/32'] });
    const from = { ...state, isAllowed };
    const rcode = (client: string) => ask('9.113.0.203.ip.z.example', TYPE.A, { client, from }).rcode;
    expect(['192.0.2.200', '::ffff:192.0.2.7', '2001:db8::1'].map(rcode)).toEqual([0, 0, 0]);
    expect(['198.51.100.1', '::ffff:198.51.100.1', '2001:db9::1', 'fe80::1%eth0'].map(rcode)).toEqual([
      5, 5, 5, 5,
    ]);
  });

  it('answer version 1 of EDNS with BADVERS', () => {
    const edns = { version: 1, udpSize: 4096, isDnssecOk: false, options: [] };
    expect(ask('9.113.0.203.ip.z.example', TYPE.A, { edns })).toMatchObject({
      rcode: RCODE.BADVERS,
      answers: [],
      edns: { version: 0, udpSize: 1232 },
    });
  });
});

describe('sizes', () => {
  const many = ZoneIndex.from({
    zone: 'ip',
    serial: 1,
    entries: [
      { subject: readSubject('203.0.113.9'), codes: Array.from({ length: 90 }, (_, i) => 0x7f000002 + i) },
    ],
  });
  const from = { ...state, zones: new Map([['ip' as const, many]]) };
  const name = '9.113.0.203.ip.z.example';
  const edns = { version: 0, udpSize: 65_535, isDnssecOk: false, options: [] };

  it('set TC by UDP over 512 octets, and over 1232 with EDNS', () => {
    expect(ask(name, TYPE.A, { from })).toMatchObject({ isTruncated: true, answers: [] });
    expect(ask(name, TYPE.A, { from, edns })).toMatchObject({ isTruncated: true, answers: [] });
  });

  it('give everything by TCP', () => {
    expect(ask(name, TYPE.A, { from, transport: 'tcp' })).toMatchObject({ isTruncated: false });
    expect(ask(name, TYPE.A, { from, transport: 'tcp' }).answers).toHaveLength(90);
  });
});

describe('counting', () => {
  it('tells zone, response code and transport', () => {
    counted.length = 0;
    ask('9.113.0.203.ip.z.example');
    ask('1.2.3.60.high.ip.z.example', TYPE.A, { transport: 'tcp' });
    ask('example.org');
    ask('z.example', TYPE.SOA);
    expect(counted).toEqual(['ip 0 udp', 'high.ip 3 tcp', 'none 5 udp', 'apex 0 udp']);
  });
});
