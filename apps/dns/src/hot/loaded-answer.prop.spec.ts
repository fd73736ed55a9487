// The hot path of data files against answerLoaded(): the same packet, octet for octet the same answer, or left untouched.
import { encodeQuery, nameOfText, TYPE } from '@sekisho/dns-wire';
import { DatasetLoader, LoadedZone, shareDataset, type DatasetType } from '@sekisho/rbldnsd';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerLoaded } from '../load/answer-loaded.js';
import type { ServedZone } from '../load/served-zones.js';
import { createCounts } from './hot-control.js';
import { HotGuard, OPEN } from './hot-guard.js';
import { DROP, UNUSUAL } from './hot-packet.js';
import { LoadedAnswerer } from './loaded-answer.js';

const NOW_SECONDS = 1_795_000_000;
const SOA = '$SOA 3000 ns1.bl.example hostmaster.bl.example 0 600 300 86400 300\n$NS 3000 ns1.bl.example\n';
const many = Array.from({ length: 40 }, (_, i) => `198.51.100.7 :${i + 2}:`).join('\n');

function datasetOf(type: DatasetType, text: string) {
  const loader = new DatasetLoader(type, { nowSeconds: NOW_SECONDS, onFault: () => undefined });
  loader.startFile('list');
  loader.push(new TextEncoder().encode(text));
  loader.endFile();
  return shareDataset(loader.finish());
}

function zoneOf(name: string, ...files: readonly (readonly [DatasetType, string])[]): ServedZone {
  const datasets = files.map(([type, text]) => datasetOf(type, text));
  const wire = nameOfText(name) ?? new Uint8Array(1);
  const zone = new LoadedZone(datasets, 1_700_000_000);
  return { name, wire, datasets, modifiedAtSeconds: 1_700_000_000, zone };
}

const zones = [
  zoneOf(
    'sub.bl.example',
    [
      'dnset',
      `${SOA}:2:listed $\n.shop.example\n*.wild.example :5\n!no.shop.example\nlong.under.example :4:x`,
    ],
    ['generic', 'www A 192.0.2.1\nwww TXT "hello"\nmail MX 10 www.example'],
  ),
  zoneOf(
    'bl.example',
    ['ip4set', `${SOA}$TTL 60\n:127.0.91.3:listed $\n203.0.113.0/24\n!203.0.113.9\n10.1-10.3 :6\n${many}`],
    ['ip6trie', '2001:db8::/32 :9:six\n!2001:db8:1::/48\n'],
  ),
  zoneOf('bare.test', ['ip4trie', '192.0.2.0/25\n']),
  zoneOf('c.test', [
    'combined',
    `${SOA}$DATASET ip4set ip @\n10.0.0.1\n$DATASET dnset:d dom\n.spam.test :7\n`,
  ]),
  zoneOf('old.test', ['ip4set', '$TIMESTAMP 2001:01:01 2002:01:01\n10.0.0.1\n']),
];
const state = { zones, nowSeconds: NOW_SECONDS, isAllowed: () => true };
const hot = new LoadedAnswerer(createCounts(), new HotGuard(OPEN));
hot.take({ kind: 'loaded', zones });
hot.refresh(NOW_SECONDS * 1000);

type Outcome = 'hot' | 'left' | 'dropped';

function compare(packet: Uint8Array, start = 192): Outcome {
  const room = new Uint8Array(start + packet.length + 1400).fill(0xee);
  room.set(packet, start);
  const length = hot.answer(room, start, packet.length);
  if (length === UNUSUAL) {
    expect(room.slice(start, start + packet.length)).toEqual(packet);
    return 'left';
  }
  const expected = answerLoaded(packet, state, 'udp', '127.0.0.1');
  if (length === DROP) {
    expect(expected).toBeUndefined();
    return 'dropped';
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
      '7.113.0.203',
      '113.0.203',
      '203',
      '1.2.3.60',
      '5.1.2.10',
      '7.100.51.198',
      '1.2.0.192',
    ],
    ...[
      'shop.example',
      'A.b.SHOP.example',
      'no.shop.example',
      'wild.example',
      'x.wild.example',
      'under.example',
    ],
    ...['www', 'mail', 'WWW', '1.0.0.10.ip', '1.0.0.10', 'ip', 'spam.test.dom', 'x.spam.test.dom', 'dom'],
    `9.${'0.'.repeat(23)}8.b.d.0.1.0.0.2`,
    `9.${'0.'.repeat(15)}0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2`,
    '8.b.d.0.1.0.0.2',
  ),
  fc.ipV4().map((text) => text.split('.').reverse().join('.')),
  fc.domain(),
);
const zoneText = fc.constantFrom(
  'bl.example',
  'sub.bl.example',
  'BL.example',
  'bare.test',
  'c.test',
  'old.test',
  'x',
);
const query = fc
  .record({
    front: fc.option(front, { freq: 12 }),
    zone: zoneText,
    type: fc.constantFrom(TYPE.A, TYPE.A, TYPE.A, TYPE.AAAA, TYPE.NS, TYPE.TXT, TYPE.ANY, 15),
    udpSize: fc.option(fc.constantFrom(0, 512, 700, 1232, 4096)),
  })
  .map(({ front: labels, zone, type, udpSize }) => ({
    id: 7,
    name: labels === null ? zone : `${labels}.${zone}`,
    type,
    ...(udpSize !== null && { edns: { version: 0, udpSize, isDnssecOk: false, options: [] } }),
  }))
  .filter(({ name }) => nameOfText(name) !== undefined);

describe('the hot path of data files', () => {
  it('answers as the ordinary path does, or leaves the packet to it', () => {
    const outcomes: Record<Outcome, number> = { hot: 0, left: 0, dropped: 0 };
    fc.assert(
      fc.property(query, (asked) => {
        outcomes[compare(encodeQuery(asked))]++;
      }),
      { numRuns: 6000 },
    );
    expect(outcomes.hot).toBeGreaterThan(2000);
    expect(outcomes.left).toBeGreaterThan(500);
  });

  it('does so for packets with a few octets changed', () => {
    const mutated = query.chain((asked) => {
      const packet = encodeQuery(asked);
      const change = fc.tuple(fc.nat(packet.length - 1), fc.nat(255));
      return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
        const changed = Uint8Array.from(packet);
        for (const [place, value] of changes) changed[place] = value;
        return changed;
      });
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 100 })), (packet) => {
        compare(packet);
      }),
      { numRuns: 4000 },
    );
  });

  it.each([
    ['an address', '7.113.0.203.bl.example', 'hot'],
    ['an excluded address', '9.113.0.203.bl.example', 'hot'],
    ['what fits no datagram of 512 octets', '7.100.51.198.bl.example', 'left'],
    ['a name below a listed one', 'a.shop.example.sub.bl.example', 'hot'],
    ['a zone without SOA', '1.2.3.60.bare.test', 'hot'],
    ['a zone that has expired', '1.0.0.10.old.test', 'left'],
    ['the zone itself', 'bl.example', 'left'],
  ])('decides for itself: %s', (_, name, outcome) => {
    expect(compare(encodeQuery({ id: 7, name, type: TYPE.A }))).toBe(outcome);
  });
});
