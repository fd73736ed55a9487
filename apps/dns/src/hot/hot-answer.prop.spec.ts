// The hot path against answer(): the same packet, octet for octet the same answer, or left to answer() untouched.
import { encodeQuery, nameOfText, TYPE } from '@sekisho/dns-wire';
import { readSubject } from '@sekisho/subject';
import { ZoneIndex, ZONE_NAMES, type ZoneName } from '@sekisho/zone';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer } from '../answer/answer.js';
import { createServerState, type ServerState } from '../answer/server-state.js';
import { createHash } from 'node:crypto';
import { MemberAccess } from '../access/member-access.js';
import { createRates } from '../access/rate-table.js';
import { ResponseRateLimiter } from '../access/response-rate-limiter.js';
import { HotAnswerer } from './hot-answer.js';
import { HotGuard, hotRules } from './hot-guard.js';
import { DROP, LIMITED, UNUSUAL } from './hot-packet.js';

const HASH = 'a'.repeat(64);
const HASH_LABEL = 'VKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVKVA';
const LISTED: Record<ZoneName, readonly string[]> = {
  ip: ['203.0.113.9', '198.51.100.0/24', '2001:db8::9', '2001:db8:1::/48', '0.0.0.0', '::'],
  'high.ip': ['203.0.113.9'],
  policy: ['192.0.2.0/25'],
  domain: ['shop.example.com', 'spam.test', 'b.shop.example.com'],
  hash: [`address:${HASH}`],
  score: ['203.0.113.9', 'shop.example.com', '2001:db8:1::/48'],
};
const MANY = Array.from({ length: 80 }, (_, i) => 0x7f005b02 + i);

const indexes = new Map(
  ZONE_NAMES.filter((zone) => zone !== 'policy' || LISTED.policy.length > 0).map((zone) => [
    zone,
    ZoneIndex.from({
      zone,
      serial: 4_294_967_290 + zone.length,
      entries: LISTED[zone].map((text, i) => ({
        subject: readSubject(text),
        codes: text === '::' ? MANY : MANY.slice(0, 1 + (i % 4)),
      })),
    }),
  ]),
);

function stateOf(apex: string, missing?: ZoneName): ServerState {
  return createServerState({
    apex,
    listenHost: '127.0.0.1',
    publicUrl: 'https://hub.example',
    zones: new Map([...indexes].filter(([zone]) => zone !== missing)),
    isAllowed: () => true,
    count: () => undefined,
  });
}

function hotOf(state: ServerState): HotAnswerer {
  const hot = new HotAnswerer(state);
  for (const index of state.zones.values()) hot.use(ZoneIndex.attach(index.shared));
  hot.refresh();
  return hot;
}

type Outcome = 'hot' | 'left' | 'dropped';

/** Fails when the two disagree. */
function compare(hot: HotAnswerer, state: ServerState, packet: Uint8Array, start = 192): Outcome {
  const room = new Uint8Array(start + packet.length + 1400).fill(0xee);
  room.set(packet, start);
  const length = hot.answer(room, start, packet.length);
  const expected = answer(packet, state, 'udp', '127.0.0.1');
  if (length === DROP) {
    expect(expected).toBeUndefined();
    return 'dropped';
  }
  if (length === UNUSUAL) {
    expect(room.slice(start, start + packet.length)).toEqual(packet);
    return 'left';
  }
  expect(Buffer.from(room.slice(start, start + length)).toString('hex')).toBe(
    Buffer.from(expected ?? []).toString('hex'),
  );
  return 'hot';
}

const front = fc.oneof(
  fc.constantFrom(
    ...[
      '9.113.0.203',
      '7.100.51.198',
      '1.2.3.60',
      '2.0.0.127',
      '1.0.0.127',
      '3.0.0.127',
      '0.0.0.0',
      '9.2.0.192',
    ],
    ...['113.0.203', '203', '300.1.1.1', '01.2.3.4', '1.2.3.4.5', 'example.com', 'shop.example.com', 'com'],
    ...['x.b.shop.example.com', 'SHOP.eXample.com', 'test', 'invalid', 'TEST', HASH_LABEL, '8.b.d.0.1.0.0.2'],
    `9.${'0.'.repeat(23)}8.b.d.0.1.0.0.2`,
    `${'0.'.repeat(31)}0`,
    `4.3.2.1.${'0.'.repeat(15)}0.1.0.0.0.8.b.d.0.1.0.0.2`,
    `9.0.1.7.0.0.b.c.f.f.f.f.${'0.'.repeat(19)}0`,
  ),
  fc.ipV4().map((text) => text.split('.').reverse().join('.')),
  fc.domain(),
  fc
    .array(fc.constantFrom('a', '1', 'ff', '255', 'x'.repeat(63)), { minLength: 1, maxLength: 5 })
    .map((l) => l.join('.')),
);
const zoneText = fc.constantFrom(
  'ip',
  'high.ip',
  'HIGH.iP',
  'policy',
  'domain',
  'hash',
  'score',
  'nosuch',
  'low.ip',
);
const apexText = fc.constantFrom(
  'z.example',
  'Z.eXAMPLE',
  'z.example',
  'z.EXAMPLE',
  'Z.example',
  'y.example',
  'xz.example',
);
const name = fc
  .tuple(fc.option(front, { freq: 12 }), fc.option(zoneText, { freq: 12 }), apexText)
  .map((parts) => parts.filter((part) => part !== null).join('.'))
  .filter((text) => nameOfText(text) !== undefined);
const edns = fc.option(
  fc.record({
    version: fc.constantFrom(0, 0, 0, 1),
    udpSize: fc.constantFrom(0, 511, 512, 600, 1232, 4096, 65_535),
    isDnssecOk: fc.boolean(),
    options: fc.constantFrom([], [], [], [{ code: 10, value: new Uint8Array(8) }]),
  }),
  { nil: undefined },
);
const query = fc
  .record({
    id: fc.nat(65_535),
    name,
    type: fc.constantFrom(
      TYPE.A,
      TYPE.A,
      TYPE.A,
      TYPE.AAAA,
      TYPE.NS,
      TYPE.SOA,
      TYPE.TXT,
      TYPE.ANY,
      TYPE.AXFR,
      15,
      257,
    ),
    class: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 3, 255),
    isRecursionDesired: fc.boolean(),
    edns,
  })
  .map(({ edns: opt, ...rest }) => encodeQuery(opt ? { ...rest, edns: opt } : rest));

describe('the hot path', () => {
  const state = stateOf('z.example');
  const hot = hotOf(state);

  it('gives the same answer as the ordinary path to any question', () => {
    const outcomes: Record<Outcome, number> = { hot: 0, left: 0, dropped: 0 };
    fc.assert(
      fc.property(query, (packet) => {
        outcomes[compare(hot, state, packet)]++;
      }),
      { numRuns: 4000 },
    );
    expect(outcomes.hot).toBeGreaterThan(200);
    expect(outcomes.left).toBeGreaterThan(400);
  });

  it('and to any packet that some octets make of it, and to any octets at all', () => {
    const changes = fc.array(fc.tuple(fc.nat(1000), fc.nat(255)), { maxLength: 4 });
    const mutated = fc.tuple(query, changes, fc.nat(8)).map(([packet, list, cut]) => {
      const copy = packet.slice(0, packet.length - (cut > 4 ? cut - 4 : 0));
      for (const [at, octet] of list) copy[at % copy.length] = octet;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 100 })), (packet) => {
        compare(hot, state, packet);
      }),
      { numRuns: 6000 },
    );
  });

  it('does so with a key in the name', () => {
    const label = 'abcdefghijklmnopqrstuvwxyz234567';
    const members = new MemberAccess(undefined);
    const digest = createHash('sha256').update(label).digest('base64url');
    members.use({ version: '1', members: [{ member: 'isp-a', digest }] });
    members.admit(label, 0);
    const byKey = { ...state, members };
    const guard = new HotGuard(hotRules({ kind: 'key' }, undefined));
    guard.use(members.tallies.shared);
    const keyed = new HotAnswerer(byKey, undefined, guard);
    for (const index of byKey.zones.values()) keyed.use(ZoneIndex.attach(index.shared));
    keyed.refresh();
    const outcomes: Record<Outcome, number> = { hot: 0, left: 0, dropped: 0 };
    const labels = fc.constantFrom(label, label.toUpperCase(), label, label.replace('a', 'b'), 'short', '');
    const asked = fc
      .tuple(front, labels, fc.constantFrom('ip', 'domain', 'score', 'high.ip'), edns)
      .map(([labelsInFront, key, zone, opt]) => ({
        id: 7,
        name: [labelsInFront, key, zone, 'z.example'].filter((part) => part !== '').join('.'),
        type: TYPE.A,
        ...(opt && { edns: opt }),
      }))
      .filter((query) => nameOfText(query.name) !== undefined);
    fc.assert(
      fc.property(asked, (query) => {
        outcomes[compare(keyed, byKey, encodeQuery(query))]++;
      }),
      { numRuns: 2000 },
    );
    expect(outcomes.hot).toBeGreaterThan(200);
    expect(outcomes.left).toBeGreaterThan(200);
  });

  it('does so over the rate, cut or not at all', () => {
    const open = { kind: 'open' } as const;
    const rates = { responses: 3, nxdomains: 2, nodata: 2, errors: 0, windowSeconds: 5, slip: 2 };
    const asked = fc.array(
      fc.tuple(
        fc.constantFrom('9.113.0.203.ip', '9.113.0.203.IP', '1.2.3.60.ip', '113.0.203.ip', 'a.b.domain'),
        fc.constantFrom(TYPE.A, TYPE.AAAA),
        fc.constantFrom(undefined, { version: 0, udpSize: 1232, isDnssecOk: false, options: [] }),
      ),
      { minLength: 10, maxLength: 40 },
    );
    const seen = { send: 0, cut: 0, drop: 0 };
    fc.assert(
      fc.property(asked, (queries) => {
        // One seed: what shares a row of the table by chance is to share it in both.
        const limiters = [0, 1].map(() => new ResponseRateLimiter(createRates(rates, 7, 1e12 - 60_000)));
        const guard = new HotGuard(hotRules(open, limiters[0]?.shared));
        const hot = new HotAnswerer(state, undefined, guard);
        for (const index of state.zones.values()) hot.use(ZoneIndex.attach(index.shared));
        const limited = { ...state, limiter: limiters[1], nowMs: () => 1e12 };
        guard.begin(1e12);
        guard.isAllowed(Uint8Array.of(2, 0, 0, 0, 127, 0, 0, 1), 0);
        for (const [name, type, opt] of queries) {
          const packet = encodeQuery({ id: 7, name: `${name}.z.example`, type, ...(opt && { edns: opt }) });
          const room = new Uint8Array(packet.length + 1400);
          room.set(packet);
          const length = hot.answer(room, 0, packet.length);
          if (length === UNUSUAL) return;
          const expected = answer(packet, limited, 'udp', '127.0.0.1');
          expect(length === LIMITED).toBe(expected === undefined);
          if (!expected) seen.drop++;
          else {
            seen[((expected[2] ?? 0) & 2) === 0 ? 'send' : 'cut']++;
            expect(room.slice(0, length)).toEqual(expected);
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(seen.send, seen.cut, seen.drop)).toBeGreaterThan(200);
  });

  it.each([
    ['a listed address', '9.113.0.203.ip', {}],
    ['several codes', '9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip', {}],
    ['an address in a network', '7.100.51.198.ip', {}],
    ['an address not listed', '1.2.3.60.ip', {}],
    ['an empty non-terminal', '113.0.203.ip', {}],
    ['a name above a listed one', 'example.com.domain', {}],
    ['a name below a listed one', 'www.spam.test.domain', {}],
    ['a hash', `${HASH_LABEL}.hash`, {}],
    ['a test entry', '2.0.0.127.ip', {}],
    ['another type', '9.113.0.203.ip', { type: TYPE.AAAA }],
    ['a plain OPT', '1.2.3.60.ip', { edns: { version: 0, udpSize: 1232, isDnssecOk: true, options: [] } }],
  ])('takes %s', (_, text, options) => {
    const packet = encodeQuery({ id: 7, name: `${text}.z.example`, type: TYPE.A, ...options });
    expect(compare(hot, state, packet)).toBe('hot');
  });

  it.each([
    ['an answer that does not fit', `${'0.'.repeat(32)}ip`, {}],
    [
      'an OPT with options',
      '9.113.0.203.ip',
      {
        edns: {
          version: 0,
          udpSize: 1232,
          isDnssecOk: false,
          options: [{ code: 10, value: new Uint8Array(8) }],
        },
      },
    ],
    ['TXT', '9.113.0.203.ip', { type: TYPE.TXT }],
    ['the apex of a zone', 'ip', {}],
    ['a zone that does not exist', '9.113.0.203.nosuch', {}],
  ])('leaves %s', (_, text, options) => {
    const packet = encodeQuery({ id: 7, name: `${text}.z.example`, type: TYPE.A, ...options });
    expect(compare(hot, state, packet)).toBe('left');
  });

  it('leaves a zone that was never loaded', () => {
    const without = stateOf('z.example', 'policy');
    const packet = encodeQuery({ id: 7, name: '9.2.0.192.policy.z.example', type: TYPE.A });
    expect(compare(hotOf(without), without, packet)).toBe('left');
  });

  it('follows the serial and the entries of the writer', () => {
    const index = ZoneIndex.from({ zone: 'ip', serial: 1, entries: [] });
    const writer = { ...state, zones: new Map([['ip' as const, index]]) };
    const reader = hotOf(writer);
    const packet = encodeQuery({ id: 7, name: '9.113.0.203.ip.z.example', type: TYPE.A });
    for (const [serial, announce] of [
      [2, [{ subject: readSubject('203.0.113.9'), codes: MANY.slice(0, 2) }]],
      [3, []],
    ] as const) {
      const withdraw = serial === 3 ? [readSubject('203.0.113.9')] : [];
      index.apply({ zone: 'ip', from: serial - 1, to: serial, announce, withdraw });
      reader.refresh();
      expect(compare(reader, writer, packet)).toBe('hot');
    }
  });
});
