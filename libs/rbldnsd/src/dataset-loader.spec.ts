import { describe, expect, it } from 'vitest';
import { DatasetLoader } from './dataset-loader.js';
import { DatasetRefused } from './errors.js';
import { LoadedZone } from './loaded-zone.js';
import { ask, loadText, NOW_SECONDS } from './load-text.fixture.js';

const of = (type: Parameters<typeof loadText>[0], text: string, name: string): string[] =>
  ask([loadText(type, text).dataset], name);

describe('values', () => {
  const text = `:127.0.0.2:IP address $ is listed
127.0.0.4
127.0.0.5 :5
127.0.0.6 :6:
127.0.0.7 address $ running an open relay
127.0.0.8 :127.0.9.8: costs $$5
127.0.0.9 # nothing
`;
  it.each([
    ['4.0.0.127', ['127.0.0.2', 'IP address 127.0.0.4 is listed']],
    ['5.0.0.127', ['127.0.0.5', 'IP address 127.0.0.5 is listed']],
    ['6.0.0.127', ['127.0.0.6']],
    ['7.0.0.127', ['127.0.0.2', 'address 127.0.0.7 running an open relay']],
    ['8.0.0.127', ['127.0.9.8', 'costs $5']],
    ['9.0.0.127', ['127.0.0.2', 'IP address 127.0.0.9 is listed']],
  ])('of the examples in rbldnsd(8): %s', (name, answers) => {
    expect(of('ip4set', text, name)).toEqual(answers);
  });

  it.each([
    ['2.0.0.127', 'See http://example.com/bl?r123 (127.0.0.2) for details'],
    ['3.0.0.127', 'See http://example.com/bl?127.0.0.3 (127.0.0.3) for details'],
    ['4.0.0.127', 'See other lists about 127.0.0.4'],
  ])('under a base template: %s', (name, wanted) => {
    const file = `$= See http://example.com/bl?$= ($) for details
127.0.0.2 r123
127.0.0.3
127.0.0.4 =See other lists about $
`;
    expect(of('ip4set', file, name)).toEqual(['127.0.0.2', wanted]);
  });

  it('begin anew with each file', () => {
    const loader = new DatasetLoader('ip4set', { nowSeconds: NOW_SECONDS });
    for (const [file, text] of [
      ['a', ':5:five\n10.0.0.1\n'],
      ['b', '10.0.0.2\n'],
    ] as const) {
      loader.startFile(file);
      loader.push(new TextEncoder().encode(text));
      loader.endFile();
    }
    const dataset = loader.finish();
    expect(ask([dataset], '1.0.0.10')).toEqual(['127.0.0.5', 'five']);
    expect(ask([dataset], '2.0.0.10')).toEqual(['127.0.0.2']);
  });

  it('are cut at 255 octets of template and 254 of text, with a fault for the template', () => {
    const { dataset, faults } = loadText('ip4set', `10.0.0.1 ${'x'.repeat(300)}\n`);
    expect(faults).toEqual([{ file: 'list', line: 1, reason: 'a TXT of over 255 octets, cut' }]);
    expect(ask([dataset], '1.0.0.10')[1]).toHaveLength(254);
  });
});

describe('ip4set', () => {
  it.each([
    ['127.16-31', '9.9.31.127', true],
    ['127.16-31', '0.0.32.127', false],
    ['10.0.0.1-9', '9.0.0.10', true],
    ['10.0.0.1-9', '10.0.0.10', false],
    ['203.0.113', '200.113.0.203', true],
    ['11/8', '1.2.3.11', true],
    ['0.0.0.0/0', '255.255.255.255', true],
  ])('reads %s: %s', (entry, name, isListed) => {
    expect(of('ip4set', `${entry}\n`, name)[0] === '127.0.0.2').toBe(isListed);
  });

  it('lets an exclusion and a smaller block win, and gives all values of one block', () => {
    const file = '10.0.0.0/24 :4\n10.0.0.7 :5\n10.0.0.7 :6\n!10.0.0.8\n10.0.0.8 :9\n';
    expect(of('ip4set', file, '9.0.0.10')).toEqual(['127.0.0.4']);
    expect(of('ip4set', file, '7.0.0.10')).toEqual(['127.0.0.5', '127.0.0.6']);
    expect(of('ip4set', file, '8.0.0.10')).toEqual(['absent']);
  });

  it('knows the names above listed addresses, and no others', () => {
    const file = '192.0.2.7\n!198.51.100.7\n';
    expect(of('ip4set', file, '2.0.192')).toEqual(['above']);
    expect(of('ip4set', file, '192')).toEqual(['above']);
    expect(of('ip4set', file, '3.0.192')).toEqual(['absent']);
    expect(of('ip4set', file, '100.51.198')).toEqual(['absent']);
  });

  it('answers for mapped and 6to4 addresses', () => {
    const nibbles = (hex: string) => Array.from(hex.padEnd(32, '0')).reverse().join('.');
    const file = '192.0.2.7\n';
    expect(of('ip4set', file, nibbles(`${'0'.repeat(20)}ffffc0000207`))).toEqual(['127.0.0.2']);
    expect(of('ip4set', file, nibbles('2002c0000207'))).toEqual(['127.0.0.2']);
    expect(of('ip4set', file, nibbles('2003c0000207'))).toEqual(['absent']);
    expect(of('ip4set', file, 'f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0')).toEqual(['above']);
  });
});

describe('the other types', () => {
  it('ip4trie: the longest prefix counts, the first of two equal ones', () => {
    const file = '10.0.0.0/8 :2\n10.1.0.0/16 :3\n10.1.0.0/16 :4\n!10.1.2.0/23\n';
    expect(of('ip4trie', file, '1.0.9.10')).toEqual(['127.0.0.2']);
    expect(of('ip4trie', file, '1.9.1.10')).toEqual(['127.0.0.3']);
    expect(of('ip4trie', file, '1.3.1.10')).toEqual(['absent']);
    expect(loadText('ip4trie', file).faults[0]?.reason).toContain('ignored: 1');
  });

  it('ip4trie and ip4set: a network at the end of the address space is none at its beginning', () => {
    for (const type of ['ip4trie', 'ip4set'] as const) {
      const file = '255.0.0.0/8 :2\n255.255.255.255 :3\n';
      expect(of(type, file, '0.0.0.10')).toEqual(['absent']);
      expect(of(type, file, '254.255.255.255')).toEqual(['127.0.0.2']);
      expect(of(type, file, '255.255.255.255')).toEqual(['127.0.0.3']);
    }
  });

  it('ip4tset: one value for all, wherever it stands', () => {
    expect(of('ip4tset', '10.0.0.1\n:7:seven\n:8:\n', '1.0.0.10')).toEqual(['127.0.0.7', 'seven']);
  });

  it('ip6trie: left-off words, ::, prefixes and exclusions', () => {
    const file = ':3:$\n2001:db8:0:1 :4\n2001:db8::/47\n!2001:db8:0:1::bead\n::1 :9:\n';
    const name = (hex: string) => Array.from(hex).reverse().join('.');
    expect(of('ip6trie', file, name('20010db8000100000000000000000005'))).toEqual([
      '127.0.0.3',
      '2001:db8:1::5',
    ]);
    expect(of('ip6trie', file, name('20010db8000000010000000000000005'))[0]).toBe('127.0.0.4');
    expect(of('ip6trie', file, name('20010db800000001000000000000bead'))).toEqual(['absent']);
    expect(of('ip6trie', file, name('00000000000000000000000000000001'))).toEqual(['127.0.0.9']);
    expect(of('ip6trie', file, '8.b.d.0.1.0.0.2')).toEqual(['above']);
  });

  it('ip6tset: four words, exclusions of eight', () => {
    const { dataset, faults } = loadText(
      'ip6tset',
      '2001:db8:1:2\n!2001:db8:1:2::5\n2001:db8::\n!2001:db8:1:2\n',
    );
    const name = (last: string) => Array.from(`20010db800010002000000000000000${last}`).reverse().join('.');
    expect(ask([dataset], name('4'))).toEqual(['127.0.0.2']);
    expect(ask([dataset], name('5'))).toEqual(['absent']);
    expect(faults.map(({ line }) => line)).toEqual([3, 4]);
  });

  it('dnset: names, wildcards, both, exclusions, and the entry in the text', () => {
    const file = ':2:$\none.example\n*.two.example :3\n.three.example :4\n!no.three.example\n';
    expect(of('dnset', file, 'ONE.example')).toEqual(['127.0.0.2', 'one.example']);
    expect(of('dnset', file, 'www.one.example')).toEqual(['absent']);
    expect(of('dnset', file, 'two.example')).toEqual(['above']);
    expect(of('dnset', file, 'a.b.two.example')).toEqual(['127.0.0.3', 'two.example']);
    expect(of('dnset', file, 'three.example')).toEqual(['127.0.0.4', 'three.example']);
    expect(of('dnset', file, 'no.three.example')).toEqual(['absent']);
    expect(of('dnset', file, 'example')).toEqual(['above']);
  });

  it('generic: A, TXT and MX, the apex as @', () => {
    const file = '@ A 192.0.2.1\nwww.x 60 IN TXT "two words"\nwww.x MX 10 mail.example\nbad AAAA ::1\n';
    expect(of('generic', file, '')).toEqual(['192.0.2.1']);
    expect(of('generic', file, 'www.x')).toEqual(['two words', 'type 15']);
    expect(of('generic', file, 'x')).toEqual(['above']);
    expect(loadText('generic', file).faults.map(({ line }) => line)).toEqual([4]);
  });

  it('combined: subzones of the zone, each with its own', () => {
    const file = `$SOA 0 ns.example h.example 7 1 1 1 9
$TTL 60
$DATASET ip4set:open proxies @
:2:proxy $
10.0.0.1
$DATASET dnset:n names deep.er # comment
.bad.example :3:
`;
    expect(of('combined', file, '1.0.0.10.proxies')).toEqual(['127.0.0.2', 'proxy 10.0.0.1']);
    expect(of('combined', file, '1.0.0.10')).toEqual(['127.0.0.2', 'proxy 10.0.0.1']);
    expect(of('combined', file, 'www.bad.example.names')).toEqual(['127.0.0.3']);
    expect(of('combined', file, '1.0.0.10.names')).toEqual(['absent']);
    expect(of('combined', file, 'names')).toEqual([]);
    expect(of('combined', file, 'er')).toEqual(['above']);
  });
});

describe('special lines', () => {
  it('give SOA and NS once, also behind #, ; and :', () => {
    const { dataset, faults } = loadText(
      'ip4set',
      `#$SOA 1h ns1.example host.example 5 1m 2m 3m 4m
;$SOA 1 other.example host.example 6 1 1 1 1
:$NS 2h ns1.example -ns2.example ns3.example ns1.example
$NS 1 late.example
`,
    );
    expect(faults).toEqual([]);
    expect(dataset.soa).toMatchObject({
      ttlSeconds: 3600,
      serial: 5,
      refreshSeconds: 60,
      minimumSeconds: 240,
    });
    expect(dataset.ns?.ttlSeconds).toBe(7200);
    expect(dataset.ns?.hosts).toHaveLength(2);
  });

  it('take the newest file for a serial of 0', () => {
    const { dataset } = loadText('ip4set', '$SOA 1 a.b c.d 0 1 1 1 1\n');
    expect(new LoadedZone([dataset], 1_700_000_000).soa?.serial).toBe(1_700_000_000);
  });

  it('bound ranges, and let no later line widen them', () => {
    const { faults } = loadText(
      'ip4set',
      '$MAXRANGE4 /24\n10.0.0.0/23\n10.0.0.0/24\n$MAXRANGE4 1000\n10.0.0.0/23\n',
    );
    expect(faults.map(({ line }) => line)).toEqual([2, 4, 5]);
  });

  it('refuse data of the future and carry the expiry', () => {
    expect(() => loadText('ip4set', '$TIMESTAMP 2026:11:24:00:00:05\n')).toThrow(
      new DatasetRefused('list', 1, 'its $TIMESTAMP is 5 s in the future'),
    );
    const { dataset } = loadText('ip4set', '$TIMESTAMP 20261123 +2d\n');
    expect(dataset.expiresAtSeconds).toBe(NOW_SECONDS + 86_400);
  });

  it.each([
    '$SOA',
    '$NS 5',
    '$TTL',
    '$TTL 5x',
    '$1',
    '$NOSUCH 1',
    '$MAXRANGE4 /33',
    '$TIMESTAMP 2026:13:01',
    '$DATASET ip4set x',
  ])('that cannot be read are faults: %s', (line) => {
    expect(loadText('ip4set', `${line}\n`).faults).toHaveLength(1);
  });

  it.each(['10.0.0.1', '$DATASET nosuch x', '$DATASET combined x'])(
    'of a combined file refuse it: %s',
    (line) => {
      expect(() => loadText('combined', `${line}\n`)).toThrow(DatasetRefused);
    },
  );
});

describe('several datasets in a zone', () => {
  it('all answer, without repetitions', () => {
    const one = loadText('ip4set', '$TTL 300\n10.0.0.1 :2:same\n').dataset;
    const two = loadText('ip4trie', '$TTL 60\n10.0.0.0/8 :3:same\n').dataset;
    expect(ask([one, two], '1.0.0.10')).toEqual(['127.0.0.2', '127.0.0.3', 'same']);
  });
});
