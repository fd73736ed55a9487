// Data files of every type, good lines and bad, and questions about them, from one seed.

/** The same numbers from the same seed (mulberry32). */
export class Chance {
  constructor(private state: number) {}

  /** A whole number from 0, below `limit`. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  one<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new RangeError('nothing to choose from');
    return chosen;
  }

  octets(count: number): number[] {
    return Array.from({ length: count }, () => this.below(256));
  }
}

const HEAD = `# head
$SOA 3600 ns1.bl.example hostmaster.bl.example 2026112401 1h 10m 1w 5m
$NS 1d ns1.bl.example ns2.bl.example -ns3.bl.example ns4.bl.example
`;

const TEXTS = [
  '',
  'Listed $',
  'costs $$5, see http://bl.example/?$',
  '$1 and $2 and $7 of $',
  '=plain $ without the base',
  'ends with $',
  'tail $=',
  '日本語 $',
  'x'.repeat(300),
];

const GARBAGE = [
  '256.1.1.1',
  '10.1.2',
  '10',
  'hello world',
  '10.0.0.1/33',
  '10.0.0.1/24',
  '10.0.1.9-10.0.1.3',
  '10.0.1-10.0.1.3',
  '10.0.0.77x',
  '10.0.0.78 :0:zero',
  '10.0.0.79 :127.0.0.300:wide',
  '10.0.0.80 :5 text',
  '10.0.0.81,82',
  '!',
  '! 10.0.0.83',
  ':nonsense',
  '$UNKNOWN 5',
  '$TTL',
  '$TTL five',
  '$1',
  '10.0.0.84\t\t:6:tabs   ',
  '   10.0.0.85   :7',
  '10.0.0.86;comment',
  '10.0.0.87 # comment',
  '10.0.0.88#x',
  '10.0.0.89\r',
  '010.000.000.090',
  '10.0.0.91 \0 :9:behind',
  '10.0.0.92:127.0.0.9:close',
  '10.0.0.93 :127.1:short',
  '10.0.0.94 :127.2.3:short',
  '10.0.0.95 text \\" quoted',
  '#$TTL 1234',
  '2001:db8::g',
  '2001:db8:::1',
  '12345::',
  '2001:db8::1::2',
  '2001',
  '2001:db8:1:2:3:4:5:6:7',
  '2001:db8:1:2:',
  '::1 :3:loop',
  '2001:db8:0:9::/63',
  '2001:db8::/129',
  '..',
  '*.',
  `${'a'.repeat(64)}.example`,
  `${'abcdefgh.'.repeat(30)}example`,
];

function value(chance: Chance): string {
  switch (chance.below(6)) {
    case 0:
      return ` :${2 + chance.below(9)}`;
    case 1:
      return ` :127.0.${chance.below(3)}.${1 + chance.below(9)}:${chance.one(TEXTS)}`;
    case 2:
      return ` :${1 + chance.below(200)}:`;
    case 3:
      return ` ${chance.one(TEXTS.filter((text) => !text.startsWith('=')))}`;
    default:
      return '';
  }
}

const lines = (chance: Chance, count: number, entry: () => string): string =>
  Array.from({ length: count }, () => {
    const kind = chance.below(40);
    if (kind === 0) return chance.one(GARBAGE);
    if (kind === 1) return `:${1 + chance.below(20)}:${chance.one(TEXTS)}`;
    if (kind === 2) return '; a comment';
    return `${chance.below(9) === 0 ? '!' : ''}${entry()}${value(chance)}`;
  }).join('\n');

const inTen = (chance: Chance): string => `10.${chance.below(2)}.${chance.below(6)}.${chance.below(256)}`;

function ipv4Entry(chance: Chance, hasRanges: boolean): string {
  const [, b = '', c = '', d = ''] = inTen(chance).split('.');
  switch (chance.below(hasRanges ? 12 : 7)) {
    case 0: {
      const bits = 25 + chance.below(7);
      const size = 2 ** (32 - bits);
      return `10.${b}.${c}.${Math.floor(Number(d) / size) * size}/${bits}`;
    }
    case 1:
      return `10.${b}.${c}`;
    case 2:
      return `10.${b}.${c}.0/24`;
    case 3:
      return `10.${8 + chance.below(40)}`;
    case 4:
      return `${11 + chance.below(9)}/8`;
    case 7:
      return `10.${b}.${c}.${d}-10.${b}.${c}.${Math.min(255, Number(d) + chance.below(20))}`;
    case 8:
      return `10.${b}.${c}.${d}-${Math.min(255, Number(d) + chance.below(9))}`;
    case 9:
      return `10.${b}.${chance.below(3)}-${3 + chance.below(3)}`;
    case 10:
      return `${30 + chance.below(9)}.7.250.9-${30 + chance.below(9)}.9.3.4`;
    default:
      return `10.${b}.${c}.${d}`;
  }
}

const hex = (number: number): string => number.toString(16);

function ipv6Entry(chance: Chance): string {
  const [a, b, c] = [chance.below(4), chance.below(4), chance.below(8)];
  switch (chance.below(6)) {
    case 0:
      return `2001:db8:${hex(a)}::/48`;
    case 1:
      return `2001:db8:${hex(a)}:${hex(b)}`;
    case 2:
      return `2001:db8:${hex(a)}:${hex(b)}::${hex(c)}`;
    case 3:
      return `2001:db8:${hex(a)}:${hex(b * 16)}::/${60 + chance.below(2)}`;
    case 4:
      return `2001:db8:${hex(a)}:${hex(b)}:${hex(c)}::/80`;
    default:
      return `2001:DB8:${hex(a)}:${hex(b)}:0:0:${hex(c)}:ffff`;
  }
}

const LABELS = ['a', 'b', 'mail', 'www', 'Shop', 'x-1', '_dmarc', '7'];

function domainName(chance: Chance): string {
  const count = 1 + chance.below(3);
  const front = Array.from({ length: count }, () => chance.one(LABELS));
  return [...front, chance.one(['example', 'test', 'invalid'])].join('.');
}

function domainEntry(chance: Chance): string {
  if (chance.below(40) === 0)
    return chance.one(['esc\\.aped.example', 'bl\\032ank.example', 'a..b.example.', 'do\\$ll.example']);
  return `${chance.one(['', '', '', '.', '*.'])}${domainName(chance)}`;
}

const GENERIC = `@ A 192.0.2.1
@ TXT "apex text"
www 300 A 192.0.2.2
www A 192.0.2.3
www IN TXT two words
mx.deep.down 600 MX 10 mail.bl.example
mail MX 70000 too.much
bad
bad AAAA 2001:db8::1
`.replace('mail MX 70000 too.much\n', '');

/** Every file by name. */
export function dataFiles(seed: number): Record<string, string> {
  const chance = new Chance(seed);
  const variables = '$1 first variable\n$2 $ is not replaced here\n$1 ignored\n';
  const set = (count: number) => lines(chance, count, () => ipv4Entry(chance, true));
  const trie = (count: number) => lines(chance, count, () => ipv4Entry(chance, false));
  const six = (count: number) => lines(chance, count, () => ipv6Entry(chance));
  const domains = (count: number) => lines(chance, count, () => domainEntry(chance));
  return {
    set: `${HEAD}${variables}${set(700)}\n`,
    set2: `$TTL 900\n${set(200)}\n`,
    small: `$MAXRANGE4 /25\n:2:small $\n${set(200)}\n$MAXRANGE4 4\n${set(100)}\n`,
    trie: `${HEAD}$TTL 1h\n$= base: $= ($)\n${trie(500)}\n`,
    tset: `${HEAD}${lines(chance, 300, () => inTen(chance))}\n:9:all of them $\n:8:never\n`,
    six: `${HEAD}${variables}${six(300)}\n`,
    sixt: `${HEAD}:127.0.0.6:six $\n${lines(chance, 200, () =>
      chance.one([
        `2001:db8:${hex(chance.below(4))}:${hex(chance.below(4))}`,
        `!2001:db8:${hex(chance.below(4))}:${hex(chance.below(4))}::${hex(chance.below(8))}`,
      ]),
    )}\n`,
    domains: `${HEAD}${variables}${domains(300)}\n`,
    generic: `${HEAD}${GENERIC}`,
    combined: `${HEAD}$TTL 700\n$1 common
$DATASET ip4set:open proxies @
$2 of the first
:2:proxy $ $1 $2
${set(150)}
$DATASET ip4trie relays deep.er @ # comment
$TTL 800
$1 ignored
:3:relay $ $1 $2
${trie(150)}
$DATASET dnset names
${domains(80)}
$DATASET ip6trie six @
${six(100)}
$DATASET generic:more proxies @
${GENERIC}
$DATASET ip4tset nowhere
10.0.0.1
`,
    bare: '10.0.0.1\n10.0.0.2 :3:bare $',
  };
}

/** Each zone and what it is made of. */
export const SPECS = [
  'set.bl.example:ip4set:set',
  'two.bl.example:ip4set:set2,small',
  'trie.bl.example:ip4trie:trie',
  'tset.bl.example:ip4tset:tset',
  'six.bl.example:ip6trie:six',
  'sixt.bl.example:ip6tset:sixt',
  'names.bl.example:dnset:domains',
  'generic.bl.example:generic:generic',
  'merged.bl.example:ip4set:set2',
  'merged.bl.example:ip4trie:trie',
  'merged.bl.example:ip6trie:six',
  'merged.bl.example:dnset:domains',
  'merged.bl.example:generic:generic',
  'bl.example:combined:combined',
  'bare.example:ip4set:bare',
] as const;

const ZONES = [...new Set(SPECS.map((spec) => spec.slice(0, spec.indexOf(':'))))];
const SUBZONES = ['proxies.', 'relays.', 'deep.er.', 'names.', 'six.', 'nowhere.', 'er.', '', '', ''];

/** A name in wire form with root. */
export const wire = (labels: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([...labels.flatMap((label) => [label.length, ...label]), 0]);

const octetsOf = (text: string): number[] => [...Buffer.from(text, 'latin1')];
const labelsOf = (text: string): number[][] => text.split('.').filter(Boolean).map(octetsOf);

/** A random name: mostly about what is in the files, at their edges, and sometimes of any octets at all. */
export function randomName(chance: Chance): Uint8Array {
  const zone = chance.one(ZONES);
  const sub = zone === 'bl.example' ? chance.one(SUBZONES) : '';
  const front = frontLabels(chance, zone);
  const labels = [...front, ...labelsOf(`${sub}${chance.below(60) === 0 ? 'other.example' : zone}`)];
  const cased = labels.map((label) =>
    label.map((octet) => (chance.below(8) === 0 && octet >= 0x61 && octet <= 0x7a ? octet ^ 0x20 : octet)),
  );
  const name = wire(cased);
  return name.length <= 255 ? name : wire(labelsOf(zone));
}

function frontLabels(chance: Chance, zone: string): number[][] {
  switch (chance.below(24)) {
    case 0:
      return [];
    case 1:
      return labelsOf(inTen(chance)).reverse().slice(chance.below(4));
    case 2:
      return labelsOf(
        chance.one(['1.0.0.127', '2.0.0.127', '300.0.0.10', '01.0.0.10', '001.00.0.10', '1.2.3.4.5']),
      );
    case 3:
      return Array.from({ length: 1 + chance.below(5) }, () => chance.octets(1 + chance.below(6)));
    case 4:
      return labelsOf(
        chance.one(['www', 'mx.deep.down', 'deep.down', 'down', 'proxies', 'relays', 'esc\\.aped.example']),
      );
    case 5:
      return embedded(chance);
    case 6:
      return nibbles(chance).slice(chance.below(32));
    case 7:
      return labelsOf(
        `${chance.below(256)}.${chance.below(256)}.${7 + chance.below(3)}.${28 + chance.below(12)}`,
      );
    case 8:
      return labelsOf(
        `${chance.below(256)}.${chance.below(256)}.${chance.below(256)}.${9 + chance.below(14)}`,
      );
    case 9:
    case 10:
    case 11:
      return labelsOf(domainName(chance));
    case 12:
      return [octetsOf(chance.one(LABELS)), ...labelsOf(domainName(chance))];
    default:
      if (zone.startsWith('six')) return nibbles(chance);
      if (zone.startsWith('names')) return labelsOf(domainName(chance));
      return labelsOf(inTen(chance)).reverse();
  }
}

function nibbles(chance: Chance): number[][] {
  const [a, b, c] = [chance.below(4), chance.below(4), chance.below(8)];
  const tail = chance.one([hex(c), `${hex(c)}:ffff`, '0', hex(chance.below(0x1_0000))]);
  const low = tail
    .split(':')
    .map((word) => word.padStart(4, '0'))
    .join('')
    .padStart(16, '0');
  const host = chance.below(4) === 0 ? `${hex(c).padStart(4, '0')}000000000000` : low;
  return digits(`20010db8${hex(a).padStart(4, '0')}${hex(b).padStart(4, '0')}${host}`);
}

/** ::ffff:10.x.x.x and 2002:0axx:xxxx:: */
function embedded(chance: Chance): number[][] {
  const ip = inTen(chance)
    .split('.')
    .map((octet) => hex(Number(octet)).padStart(2, '0'))
    .join('');
  const mapped = `${'0'.repeat(20)}ffff${ip}`;
  const all = digits(chance.below(2) === 0 ? mapped : `2002${ip}${'0'.repeat(20)}`);
  return chance.below(3) === 0 ? all.slice(chance.below(32)) : all;
}

const digits = (text: string): number[][] => Array.from(text, octetsOf).reverse();
