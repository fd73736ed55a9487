import { hashLabel, readSubject } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { DeltaRejected } from './errors.js';
import { EMPTY_NON_TERMINAL } from './name-table.js';
import { queryName, subjectOfName } from './query-name.js';
import { QuestionKey } from './question-key.js';
import { formatReturnCode, parseReturnCode } from './return-code.js';
import { testCode } from './test-entry.js';
import type { ZoneEntry } from './zone-content.js';
import { ABSENT, ZoneIndex } from './zone-index.js';
import type { ZoneName } from './zone-name.js';

const HASH = 'ab'.repeat(32);

function entry(text: string, ...codes: string[]): ZoneEntry {
  return { subject: readSubject(text), codes: codes.map((code) => parseReturnCode(code) ?? 0) };
}

function wire(name: string): Uint8Array {
  return Uint8Array.from(
    name.split('.').flatMap((label) => [label.length, ...Array.from(label, (c) => c.charCodeAt(0))]),
  );
}

function ask(index: ZoneIndex, name: string): string[] | 'nxdomain' | 'nodata' {
  const bytes = wire(name);
  const found = index.find(new QuestionKey().read(index.zone, bytes, 0, bytes.length));
  if (found === ABSENT) return 'nxdomain';
  return found === EMPTY_NON_TERMINAL ? 'nodata' : index.codesOf(found).map(formatReturnCode);
}

const zone = (name: ZoneName, ...entries: ZoneEntry[]) => ZoneIndex.from({ zone: name, serial: 7, entries });

describe('addresses', () => {
  const index = zone(
    'ip',
    entry('203.0.113.9', '127.0.91.3', '127.0.91.4'),
    entry('203.0.113.0/24', '127.0.70.2'),
    entry('203.0.0.0/16', '127.0.60.2'),
    entry('2001:db8::9', '127.0.90.3'),
    entry('2001:db8::/48', '127.0.71.2'),
  );

  it.each([
    ['9.113.0.203', ['127.0.91.3', '127.0.91.4']],
    ['10.113.0.203', ['127.0.70.2']],
    ['10.114.0.203', ['127.0.60.2']],
    ['10.114.1.203', 'nxdomain'],
    ['113.0.203', 'nodata'],
    ['1', 'nodata'],
    ['8.b.d.0.1.0.0.2', 'nodata'],
    ['300.1.2.3', 'nxdomain'],
    ['09.113.0.203', 'nxdomain'],
    ['9.9.113.0.203', 'nxdomain'],
    ['x.9.113.0.203', 'nxdomain'],
    ['ab.8.b.d.0.1.0.0.2', 'nxdomain'],
    [`9.${'0.'.repeat(23)}8.b.d.0.1.0.0.2`, ['127.0.90.3']],
    [`A.${'0.'.repeat(23)}8.B.D.0.1.0.0.2`, ['127.0.71.2']],
    [`9.${'0.'.repeat(22)}1.8.b.d.0.1.0.0.3`, 'nxdomain'],
    [`9.${'0.'.repeat(24)}8.b.d.0.1.0.0.2`, 'nxdomain'],
  ] as const)('answers %s with %j', (name, expected) => {
    expect(ask(index, name)).toEqual(expected);
  });

  it('answers an IPv4-mapped IPv6 name with the IPv4 listing', () => {
    expect(
      ask(index, queryName({ type: 'ip', value: '203.0.113.9' }, 'ip', 'z').replace('.ip.z', '')),
    ).toEqual(['127.0.91.3', '127.0.91.4']);
    expect(ask(index, `9.0.1.7.0.0.b.c.f.f.f.f.${'0.'.repeat(19)}0`)).toEqual(['127.0.91.3', '127.0.91.4']);
  });

  it('never denies an IPv4 name under which IPv6 names lie', () => {
    // RFC 8020: NXDOMAIN for 1.0.0.2 would take 2001::/16 with it.
    expect(ask(index, '1.0.0.2')).toBe('nodata');
    expect(ask(index, '1.0.0.127')).toBe('nxdomain');
  });

  it('finds a network that covers everything', () => {
    expect(ask(zone('ip', entry('0.0.0.0/0', '127.0.60.2')), '4.3.2.1')).toEqual(['127.0.60.2']);
  });
});

describe('domains', () => {
  const index = zone(
    'domain',
    entry('shop.example.co.jp', '127.0.80.21'),
    entry('bad.shop.example.co.jp', '127.0.90.22'),
  );

  it.each([
    ['shop.example.co.jp', ['127.0.80.21']],
    ['SHOP.Example.CO.jp', ['127.0.80.21']],
    ['www.shop.example.co.jp', ['127.0.80.21']],
    ['a.b.bad.shop.example.co.jp', ['127.0.90.22']],
    ['example.co.jp', 'nodata'],
    ['jp', 'nodata'],
    ['other.co.jp', 'nxdomain'],
    ['xshop.example.co.jp', 'nxdomain'],
    ['com', 'nxdomain'],
  ] as const)('answers %s with %j', (name, expected) => {
    expect(ask(index, name)).toEqual(expected);
  });

  it('forgets the names above a withdrawn domain, and only when nothing else is below them', () => {
    const copy = zone('domain', entry('a.example.com', '127.0.80.21'), entry('b.example.com', '127.0.80.21'));
    const withdraw = (serial: number, ...texts: string[]) => {
      copy.apply({
        zone: 'domain',
        from: serial,
        to: serial + 1,
        announce: [],
        withdraw: texts.map(readSubject),
      });
    };
    withdraw(7, 'a.example.com');
    expect(ask(copy, 'example.com')).toBe('nodata');
    expect(ask(copy, 'a.example.com')).toBe('nxdomain');
    withdraw(8, 'b.example.com');
    expect(ask(copy, 'example.com')).toBe('nxdomain');
    expect(ask(copy, 'com')).toBe('nxdomain');
    expect(copy.size).toBe(0);
  });
});

describe('hashes and scores', () => {
  it('finds hashed addresses and fingerprints by their base32 label, in either case', () => {
    const index = zone(
      'hash',
      entry(`address:${HASH}`, '127.0.80.30'),
      entry(`fingerprint:${'0f'.repeat(32)}`, '127.0.90.31'),
    );
    expect(ask(index, hashLabel(HASH))).toEqual(['127.0.80.30']);
    expect(ask(index, hashLabel(HASH).toUpperCase())).toEqual(['127.0.80.30']);
    expect(ask(index, hashLabel('0f'.repeat(32)))).toEqual(['127.0.90.31']);
    expect(ask(index, hashLabel('00'.repeat(32)))).toBe('nxdomain');
    expect(ask(index, `x.${hashLabel(HASH)}`)).toBe('nxdomain');
    expect(ask(index, `${hashLabel(HASH).slice(0, 51)}r`)).toBe('nxdomain');
  });

  it('holds every kind of subject in score, and tells them apart by the name', () => {
    const index = zone(
      'score',
      entry('203.0.113.9', '127.1.91.80'),
      entry('example.com', '127.1.50.20'),
      entry(`address:${HASH}`, '127.1.40.10'),
    );
    expect(ask(index, '9.113.0.203')).toEqual(['127.1.91.80']);
    expect(ask(index, 'www.example.com')).toEqual(['127.1.50.20']);
    expect(ask(index, hashLabel(HASH))).toEqual(['127.1.40.10']);
    expect(ask(index, '300.1.2.3')).toBe('nxdomain');
    expect(ask(index, '0.203')).toBe('nodata');
  });
});

describe('deltas', () => {
  it('announces, changes and withdraws in place', () => {
    const index = zone('ip', entry('203.0.113.9', '127.0.91.3'), entry('203.0.113.10', '127.0.91.3'));
    index.apply({
      zone: 'ip',
      from: 7,
      to: 9,
      announce: [entry('203.0.113.11', '127.0.60.2'), entry('203.0.113.10', '127.0.95.3')],
      withdraw: [readSubject('203.0.113.9'), readSubject('198.51.100.1')],
    });
    expect(index.serial).toBe(9);
    expect(index.toSnapshot().entries).toEqual([
      entry('203.0.113.10', '127.0.95.3'),
      entry('203.0.113.11', '127.0.60.2'),
    ]);
  });

  it.each([
    ['another zone', { zone: 'policy' }],
    ['a gap in serials', { from: 8 }],
    ['a subject that the zone cannot hold', { announce: [entry('example.com', '127.0.80.21')] }],
    [
      'codes that are no listing',
      { announce: [{ subject: readSubject('203.0.113.5'), codes: [0x7ffffffc] }] },
    ],
    ['codes out of order', { announce: [entry('203.0.113.5', '127.0.91.4', '127.0.91.3')] }],
    ['no codes', { announce: [entry('203.0.113.5')] }],
    ['a malformed subject', { announce: [{ subject: { type: 'ip', value: 'x' }, codes: [0x7f005b03] }] }],
  ] as const)('refuses %s and changes nothing', (_, fault) => {
    const index = zone('ip', entry('203.0.113.9', '127.0.91.3'));
    const delta = {
      zone: 'ip',
      from: 7,
      to: 8,
      announce: [],
      withdraw: [readSubject('203.0.113.9')],
      ...fault,
    } as const;
    expect(() => {
      index.apply(delta);
    }).toThrow(DeltaRejected);
    expect(index.serial).toBe(7);
    expect(ask(index, '9.113.0.203')).toEqual(['127.0.91.3']);
  });

  it('keeps an IPv4 entry at 12 bytes', () => {
    const entries = Array.from({ length: 20_000 }, (_, i) =>
      entry(`60.${i >> 8}.${i & 255}.1`, '127.0.91.3'),
    );
    const file = zone('ip', ...entries);
    expect(file.tables.ipv4.byteLength / file.size).toBeLessThan(12.5);
  });
});

describe('test entries', () => {
  const code = (name: string, of: ZoneName) => {
    const bytes = wire(name);
    const found = testCode(new QuestionKey().read(of, bytes, 0, bytes.length), of);
    return found === undefined || found === 0 ? found : formatReturnCode(found);
  };
  const mapped = (nibble: string) => `${nibble}.0.0.0.0.0.f.7.f.f.f.f.${'0.'.repeat(19)}0`;

  it.each(['ip', 'high.ip', 'policy', 'score'] as const)(
    'lists 127.0.0.2 and never 127.0.0.1 in %s, in both families',
    (of) => {
      expect(code('2.0.0.127', of)).toMatch(/^127\.[01]\.100\./);
      expect(code(mapped('2'), of)).toBe(code('2.0.0.127', of));
      expect(code('1.0.0.127', of)).toBe(0);
      expect(code(mapped('1'), of)).toBe(0);
    },
  );

  it('has an address for each category of ip', () => {
    for (const category of [2, 3, 4, 5, 6, 7, 10])
      expect(code(`${category}.0.0.127`, 'ip')).toBe(`127.0.100.${category}`);
    expect(code('8.0.0.127', 'ip')).toBeUndefined();
  });

  it('lists test and never invalid in the zones of names', () => {
    expect(code('TEST', 'domain')).toBe('127.0.100.21');
    expect(code('test', 'hash')).toBe('127.0.100.30');
    expect(code('Invalid', 'domain')).toBe(0);
    expect(code('invalid', 'hash')).toBe(0);
    expect(code('x.test', 'domain')).toBeUndefined();
    expect(code('test', 'ip')).toBeUndefined();
  });
});

describe('query names', () => {
  it.each([
    ['203.0.113.9', 'ip', '9.113.0.203.ip.z.example'],
    ['203.0.113.0/24', 'high.ip', '0.113.0.203.high.ip.z.example'],
    ['example.com', 'domain', 'example.com.domain.z.example'],
    [
      '2001:db8:1:2:3:4:567:89ab',
      'ip',
      'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip.z.example',
    ],
    [`address:${HASH}`, 'hash', `${hashLabel(HASH)}.hash.z.example`],
  ] as const)('names %s in %s %s', (text, of, name) => {
    const subject = readSubject(text);
    expect(queryName(subject, of, 'z.example')).toBe(name);
    if (subject.type === 'network') return;
    expect(subjectOfName(name.slice(0, name.indexOf(`.${of}.z.example`)).split('.'))).toEqual(subject);
  });

  it('refuses a subject that the zone cannot hold', () => {
    expect(() => queryName(readSubject('example.com'), 'ip', 'z')).toThrow(RangeError);
  });

  it('reads no subject out of malformed labels', () => {
    expect(subjectOfName(['300', '1', '2', '3'])).toBeUndefined();
    expect(subjectOfName(['x'])).toBeUndefined();
  });
});

describe('a reader in another thread', () => {
  const listed = (text: string, ...codes: number[]) => ({ subject: readSubject(text), codes });
  const asked = (reader: ZoneIndex, text: string): readonly number[] | number => {
    const labels = text.split('.');
    const bytes = Uint8Array.from(labels.flatMap((label) => [label.length, ...Buffer.from(label)]));
    const found = reader.find(new QuestionKey().read('ip', bytes, 0, bytes.length));
    return found > 0 ? reader.codesOf(found) : found;
  };
  const fresh = () =>
    ZoneIndex.from({ zone: 'ip', serial: 2 ** 32 + 7, entries: [listed('203.0.113.9', 0x7f005b03)] });

  it('sees the entries, every change in place and the serial', () => {
    const writer = fresh();
    const reader = ZoneIndex.attach(writer.shared);
    expect(reader.dnsSerial).toBe(7);
    expect(asked(reader, '9.113.0.203')).toEqual([0x7f005b03]);
    const { layout } = writer;
    writer.apply({
      zone: 'ip',
      from: writer.serial,
      to: writer.serial + 1,
      announce: [listed('203.0.113.10', 0x7f005c03)],
      withdraw: [readSubject('203.0.113.9')],
    });
    expect(writer.layout).toBe(layout);
    expect(reader.dnsSerial).toBe(8);
    expect(asked(reader, '9.113.0.203')).toBe(ABSENT);
    expect(asked(reader, '10.113.0.203')).toEqual([0x7f005c03]);
  });

  it('stands still when the arrays move, and goes on with the new ones', () => {
    const writer = fresh();
    const before = ZoneIndex.attach(writer.shared);
    const { layout } = writer;
    writer.apply({
      zone: 'ip',
      from: writer.serial,
      to: writer.serial + 1,
      announce: Array.from({ length: 2000 }, (_, i) => listed(`10.0.${i >> 8}.${i & 255}`, 0x7f005b03)),
      withdraw: [readSubject('203.0.113.9')],
    });
    expect(writer.layout).toBeGreaterThan(layout);
    expect(asked(before, '9.113.0.203')).toEqual([0x7f005b03]);
    const after = ZoneIndex.attach(writer.shared);
    expect(asked(after, '9.113.0.203')).toBe(ABSENT);
    expect(asked(after, '1.7.0.10')).toEqual([0x7f005b03]);
  });

  it('knows when a set of codes came after the array that it has', () => {
    const writer = fresh();
    const reader = ZoneIndex.attach(writer.shared);
    const { codes } = writer.tables;
    let handle = 0;
    for (let i = 0; i < 1000; i++) handle = codes.intern([0x7f000002 + (i % 100) * 256, 0x7f006402 + i]);
    expect(codes.has(handle)).toBe(true);
    expect(reader.tables.codes.has(handle)).toBe(false);
  });

  it('takes at most twelve octets for an IPv4 address', () => {
    const entries = Array.from({ length: 20_000 }, (_, i) => listed(`10.${i >> 8}.${i & 255}.9`, 0x7f005b03));
    const index = ZoneIndex.from({ zone: 'ip', serial: 1, entries });
    expect(index.tables.ipv4.byteLength / entries.length).toBeLessThan(12);
  });
});
