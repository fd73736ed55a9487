import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { DatasetLoader } from './dataset-loader.js';
import { DatasetRefused, ZoneSpecInvalid } from './errors.js';
import { LoadedZone } from './loaded-zone.js';
import { Answers } from './answers.js';
import { ask, loadText, NOW_SECONDS, wireOf } from './load-text.fixture.js';
import { DATASET_TYPES, parseZoneSpec } from './zone-spec.js';

const octet = fc.nat(255);
/** Near each other, so that entries meet. */
const address = fc
  .tuple(fc.constantFrom(10, 11), fc.nat(1), fc.nat(2), octet)
  .map((octets) => octets.join('.'));
const wordOf = (text: string): number => text.split('.').reduce((word, part) => word * 256 + Number(part), 0);
const nameOf = (text: string): string => text.split('.').reverse().join('.');

interface Entry {
  readonly first: number;
  readonly last: number;
  readonly text: string;
  readonly code: number;
}

const code = fc.integer({ min: 1, max: 9 });
const textOf = (word: number): string => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.');
const lineOf = ({ text, code: number }: Entry): string => (number === 1 ? `!${text}` : `${text} :${number}`);

const range = fc.tuple(address, fc.nat(1_500), code).map(([text, more, number]): Entry => {
  const first = wordOf(text);
  return { first, last: first + more, text: `${text}-${textOf(first + more)}`, code: number };
});

const prefix = fc
  .tuple(address, fc.integer({ min: 6, max: 32 }), code)
  .map(([text, length, number]): Entry => {
    const size = 2 ** (32 - length);
    const first = Math.floor(wordOf(text) / size) * size;
    return { first, last: first + size - 1, text: `${textOf(first)}/${length}`, code: number };
  });

/** The largest whole block of 1, 256, 2^16 or 2^24 addresses around an address that a range holds. */
function blockIn({ first, last }: Entry, word: number): number {
  const sizes = [2 ** 24, 2 ** 16, 2 ** 8, 1];
  return (
    sizes.find((size) => {
      const start = Math.floor(word / size) * size;
      return start >= first && start + size - 1 <= last;
    }) ?? 0
  );
}

function naiveSet(entries: readonly Entry[], word: number): string[] {
  const around = entries.filter(({ first, last }) => first <= word && word <= last);
  const smallest = Math.min(...around.map((entry) => blockIn(entry, word)));
  const counting = around.filter((entry) => blockIn(entry, word) === smallest);
  if (counting.some((entry) => entry.code === 1)) return [];
  return [...new Set(counting.map((entry) => `127.0.0.${entry.code}`))].sort();
}

function naiveTrie(entries: readonly Entry[], word: number): string[] {
  const around = entries.filter(({ first, last }) => first <= word && word <= last);
  const smallest = Math.min(...around.map(({ first, last }) => last - first));
  const counting = around.find(({ first, last }) => last - first === smallest);
  return counting && counting.code !== 1 ? [`127.0.0.${counting.code}`] : [];
}

const listedIn = (answers: readonly string[]): string[] =>
  answers.filter((answer) => answer.startsWith('127.')).sort();

/** Addresses at and around the edges of entries. */
const probes = (entries: readonly Entry[]): number[] =>
  entries
    .flatMap(({ first, last }) => [first - 1, first, last, last + 1])
    .filter((word) => word >= 0 && word < 2 ** 32);

const label = fc.constantFrom('a', 'b', 'c');
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));

describe('compiled tables', () => {
  test.prop([fc.array(fc.oneof(range, prefix), { maxLength: 12 }), fc.array(address, { maxLength: 8 })])(
    'of an ip4set say what a walk over its entries says',
    (entries, more) => {
      const { dataset, faults } = loadText('ip4set', `${entries.map(lineOf).join('\n')}\n`);
      expect(faults).toEqual([]);
      for (const word of [...probes(entries), ...more.map(wordOf)]) {
        expect(listedIn(ask([dataset], nameOf(textOf(word))))).toEqual(naiveSet(entries, word));
      }
    },
  );

  test.prop([fc.array(prefix, { maxLength: 12 }), fc.array(address, { maxLength: 8 })])(
    'of an ip4trie say what a walk over its entries says',
    (entries, more) => {
      const { dataset } = loadText('ip4trie', `${entries.map(lineOf).join('\n')}\n`);
      for (const word of [...probes(entries), ...more.map(wordOf)]) {
        expect(listedIn(ask([dataset], nameOf(textOf(word))))).toEqual(naiveTrie(entries, word));
      }
    },
  );

  test.prop([fc.array(prefix, { maxLength: 12 }), address])(
    'of an ip6trie say of embedded prefixes what an ip4trie says',
    (entries, probe) => {
      const six = ({ first, text }: Entry): string => {
        const hex = first.toString(16).padStart(8, '0');
        return `2001:db8:${hex.slice(0, 4)}:${hex.slice(4)}::/${32 + Number(text.slice(text.indexOf('/') + 1))}`;
      };
      const lines = entries.map((entry) => lineOf({ ...entry, text: six(entry) }));
      const { dataset } = loadText('ip6trie', `${lines.join('\n')}\n`);
      for (const word of [...probes(entries), wordOf(probe)]) {
        const hex = `20010db8${word.toString(16).padStart(8, '0')}${'0'.repeat(16)}`;
        const found = ask([dataset], Array.from(hex).reverse().join('.'));
        expect(listedIn(found)).toEqual(naiveTrie(entries, word));
      }
    },
  );

  const entry = fc.tuple(fc.constantFrom('', '.', '*.'), domain, code);

  test.prop([fc.array(entry, { maxLength: 12 }), fc.array(domain, { maxLength: 12 })])(
    'of a dnset say what a walk over its entries says',
    (entries, names) => {
      const lines = entries.map(([sign, name, number]) =>
        number === 1 ? `!${sign}${name}` : `${sign}${name} :${number}`,
      );
      const { dataset } = loadText('dnset', `${lines.join('\n')}\n`);
      const codesOf = (own: string, signs: readonly string[]) =>
        entries.filter(([sign, name]) => name === own && signs.includes(sign)).map(([, , number]) => number);
      for (const name of names) {
        let counting = codesOf(name, ['', '.']);
        for (let rest = name; counting.length === 0 && rest.includes('.');) {
          rest = rest.slice(rest.indexOf('.') + 1);
          counting = codesOf(rest, ['*.', '.']);
        }
        const expected = counting.includes(1)
          ? []
          : [...new Set(counting.map((number) => `127.0.0.${number}`))].sort();
        expect(listedIn(ask([dataset], name))).toEqual(expected);
      }
    },
  );
});

const someLine = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '$TTL 5',
    '$SOA 1 a b 1 1 1 1 1',
    '$DATASET ip4set x @',
    '$DATASET dnset y',
    '$DATASET generic @',
    '$= base $= $',
    '$1 one',
    ':2:text $ $1 $= $$',
    '0.0.0.0/0',
    '!10.0.0.0/8',
    '10.0.0.1-10.9.9.9 :3',
    '::/0',
    '2001:db8::/32 :5:x',
    '.example.com',
    '!*.example.com :4',
    '@ A 1.2.3.4',
    '\\',
    '\\300.example',
    '$TIMESTAMP 0 0',
    '$MAXRANGE4 /0',
  ),
  fc.stringMatching(/^[!*.:$#;@=/\\0-9a-f -]{0,40}$/),
);

describe('any octets', () => {
  test.prop([
    fc.constantFrom(...DATASET_TYPES),
    fc.array(someLine, { maxLength: 30 }),
    fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { maxLength: 6 }),
  ])('load or are refused, and then any name can be asked for', (type, lines, labels) => {
    const octets = lines.map((line) => `${line}\n`).join('');
    let dataset;
    try {
      ({ dataset } = loadText(type, octets));
    } catch (error) {
      expect(error).toBeInstanceOf(DatasetRefused);
      return;
    }
    const wire = Uint8Array.from(labels.flatMap((label) => [label.length, ...label]));
    const answers = new Answers();
    for (const name of [wire, wireOf('1.0.0.10'), wireOf('www.example.com'), wireOf('0.x')]) {
      new LoadedZone([dataset], 0).find(
        name,
        0,
        name.length,
        { addresses: true, texts: true, others: true },
        answers,
      );
      expect(answers.texts.every((content) => content.length <= 256)).toBe(true);
    }
  });

  test.prop([
    fc
      .array(fc.oneof(someLine, domain), { maxLength: 20 })
      .map((lines) => new TextEncoder().encode(lines.join('\n'))),
    fc.array(fc.nat(40), { minLength: 1, maxLength: 20 }),
  ])('give the same whatever the chunks they come in', (bytes, sizes) => {
    const faults: unknown[] = [];
    const loader = new DatasetLoader('dnset', {
      nowSeconds: NOW_SECONDS,
      onFault: (fault) => faults.push(fault),
    });
    loader.startFile('list');
    let at = 0;
    for (let i = 0; at < bytes.length; i++) {
      const end = at + 1 + (sizes[i % sizes.length] ?? 0);
      loader.push(bytes.slice(at, end));
      at = end;
    }
    loader.endFile();
    const whole = loadText('dnset', bytes);
    expect(loader.finish()).toEqual(whole.dataset);
    expect(faults).toEqual(whole.faults);
  });

  test.prop([fc.string()])('as a zone specification are read or named as invalid', (text) => {
    try {
      expect(parseZoneSpec(text).files.length).toBeGreaterThan(0);
    } catch (error) {
      expect(error).toBeInstanceOf(ZoneSpecInvalid);
    }
  });
});
