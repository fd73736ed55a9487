// The same listings for both servers: 1 M IPv4 addresses, 200 k IPv4 networks, 1 M IPv6 addresses, 1 M domains, spread
// over their space by fixed arithmetic, so every run and every machine has the same.
import { encodeQuery, TYPE } from '@sekisho/dns-wire';
import { queryName, type ZoneEntry, type ZoneName } from '@sekisho/zone';
import type { Subject } from '@sekisho/subject';

export const APEX = 'z.example';
const CODE = 0x7f005b03;
const VALUE = ':127.0.91.3:listed';
/** As our zones have it, so that negative answers carry the same SOA. */
const SOA = `$SOA 60 ns1.${APEX} hostmaster.${APEX} 1 300 60 604800 60`;
const QUERIES = 65_536;

export interface DataSet {
  readonly name: string;
  readonly zone: ZoneName;
  readonly count: number;
  readonly rbldnsdType: string;
  readonly subject: (i: number) => Subject;
  /** The line of a subject in rbldnsd's file. */
  readonly line: (value: string) => string;
  /** A question that the i-th entry answers; from `count` on, a question that none does. */
  readonly asked: (i: number) => Subject;
}

const dotted = (word: number) => `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;

/** A step prime to the range visits every number before it repeats one. */
const spread = (i: number, range: number) => Number((BigInt(i) * 2_654_435_761n) % BigInt(range));

const ipv4 = (i: number): Subject => ({ type: 'ip', value: dotted(0x0100_0000 + spread(i, 0xdf00_0000)) });
const hex = (word: number) => word.toString(16);
const ipv6 = (i: number): Subject => {
  const word = spread(i, 0xffff_ffff);
  return {
    type: 'ip',
    value: `2001:db8:${hex(word >>> 16)}:${hex(word & 0xffff)}:1:2:3:${hex((i % 65_000) + 1)}`,
  };
};
const domain = (i: number): Subject => ({
  type: 'domain',
  value: `${spread(i, 0xffff_ffff).toString(36)}-shop.example${i % 1000}.com`,
});
/** /24 to /18 by place; their first three octets are all different, the last is left free for questions. */
const PREFIXES = [24, 24, 24, 24, 23, 22, 20];
const NETWORKS = 200_000;
const BLOCKS = 0xdf00_0000 / 0x4000;
const network = (i: number): Subject => {
  // Blocks of 2^14 addresses, so that none lies in another.
  const base = 0x0100_0000 + spread(i, BLOCKS) * 0x4000;
  return { type: 'network', value: `${dotted(base)}/${PREFIXES[i % PREFIXES.length] ?? 24}` };
};

export const DATA_SETS: readonly DataSet[] = [
  {
    name: 'IPv4 exact',
    zone: 'ip',
    count: 1_000_000,
    rbldnsdType: 'ip4set',
    subject: ipv4,
    line: (value) => value,
    asked: ipv4,
  },
  {
    name: 'IPv4 CIDR',
    zone: 'ip',
    count: NETWORKS,
    rbldnsdType: 'ip4trie',
    subject: network,
    line: (value) => value,
    asked: (i) => {
      const block = i < NETWORKS ? i : NETWORKS + (i % (BLOCKS - NETWORKS));
      const base = 0x0100_0000 + spread(block, BLOCKS) * 0x4000;
      return { type: 'ip', value: dotted(base + 1 + (i % 200)) };
    },
  },
  {
    name: 'IPv6 exact',
    zone: 'ip',
    count: 1_000_000,
    rbldnsdType: 'ip6trie',
    subject: ipv6,
    line: (value) => `${value}/128`,
    asked: ipv6,
  },
  {
    name: 'domains',
    zone: 'domain',
    count: 1_000_000,
    rbldnsdType: 'dnset',
    subject: domain,
    line: (value) => `.${value}`,
    asked: domain,
  },
];

export function* entriesOf({ count, subject }: DataSet): Generator<ZoneEntry> {
  for (let i = 0; i < count; i++) yield { subject: subject(i), codes: [CODE] };
}

/** The data file of rbldnsd. */
export function rbldnsdFile({ count, subject, line }: DataSet): string {
  const lines = [SOA, '$TTL 60', VALUE];
  for (let i = 0; i < count; i++) lines.push(line(subject(i).value));
  return `${lines.join('\n')}\n`;
}

export interface Queries {
  readonly queries: Uint8Array;
  readonly queryBytes: number;
  readonly listed: number;
}

/** Questions for A with a plain OPT as resolvers ask them, every other one for something listed; padded to one length. */
export function queriesOf(data: DataSet, keyLabel = ''): Queries {
  const zone = `.${data.zone}.${APEX}`;
  const withKey = (name: string) =>
    keyLabel === '' ? name : `${name.slice(0, -zone.length)}.${keyLabel}${zone}`;
  const packets = Array.from({ length: QUERIES }, (_, i) => {
    const subject = data.asked(i % 2 === 0 ? (i * 7) % data.count : data.count + i * 13);
    return encodeQuery({
      id: 0,
      name: withKey(queryName(subject, data.zone, APEX)),
      type: TYPE.A,
      isRecursionDesired: false,
      edns: { version: 0, udpSize: 1232, isDnssecOk: true, options: [] },
    });
  });
  return pack(packets);
}

/** One buffer: two octets of length in front of each packet, all places of one size. */
function pack(packets: readonly Uint8Array[]): Queries {
  const queryBytes = 2 + Math.max(...packets.map((packet) => packet.length));
  const queries = new Uint8Array(packets.length * queryBytes);
  for (const [i, packet] of packets.entries()) {
    queries[i * queryBytes] = packet.length >> 8;
    queries[i * queryBytes + 1] = packet.length & 255;
    queries.set(packet, i * queryBytes + 2);
  }
  return { queries, queryBytes, listed: packets.length / 2 };
}
