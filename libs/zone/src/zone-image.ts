/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import type { KeyTable } from './key-table.js';
import type { NameContent } from './name-expansion.js';
import type { NetworkTable } from './network-table.js';
import { visitAll, type Stretches } from './pause.js';
import type { ReturnCode } from './return-code.js';
import { wireOfName } from './wire-name.js';
import {
  digitsOfWord,
  digitsOfWords,
  expandContent,
  networkKeyOfWords,
  type ExpandedName,
  type ListedHash,
} from './zone-expansion.js';
import type { ZoneIndex } from './zone-index.js';

/** Entries that are read from a table before one of them is given on. */
const READ_AHEAD = 256;

/** A zone as of one serial, untouched by later deltas: what a transfer that takes its time reads from. */
export class ZoneImage {
  private constructor(
    /** It does not change. */
    readonly index: ZoneIndex,
  ) {}

  static of(index: ZoneIndex): ZoneImage {
    return new ZoneImage(index.frozen());
  }

  get serial(): number {
    return this.index.serial;
  }

  /** Every name of the zone below its apex, each once, in no order; undefined where there may be a pause. */
  *expand(): Generator<ExpandedName | undefined> {
    const { index } = this;
    const { tables } = index;
    const network4 = yield* networksOf(tables.network4, 1);
    const network6 = yield* networksOf(tables.network6, 4);
    yield* expandContent<number>(
      index.zone,
      {
        ipv4: { exact: keysOf(tables.ipv4, (words, at) => digitsOfWord(words[at]!)), networks: network4 },
        ipv6: { exact: keysOf(tables.ipv6, (words, at) => digitsOfWords(words, at, 4)), networks: network6 },
        names: namesOf(index),
        hashes: hashesOf(index),
      },
      (handle): readonly ReturnCode[] => index.codesOf(handle),
    );
  }
}

function* networksOf(table: NetworkTable, width: number): Stretches<Map<string, number>> {
  const networks = new Map<string, number>();
  for (const [length, keys] of table.byLength) {
    yield* visitAll(keys, (words: Uint32Array, at: number, value: number) => {
      networks.set(networkKeyOfWords(words, at, width, length), value);
    });
  }
  return networks;
}

function* keysOf<K>(
  table: KeyTable,
  keyOf: (words: Uint32Array, at: number) => K,
): Generator<readonly [K, number] | undefined> {
  for (let from = 0; from >= 0;) {
    const read: (readonly [K, number])[] = [];
    from = table.visitSome(from, READ_AHEAD, (words, at, value) => {
      read.push([keyOf(words, at), value]);
    });
    yield* read;
    yield undefined;
  }
}

const namesOf = (index: ZoneIndex): NameContent<number> => ({
  get: (name) => index.tables.name.get(wireOfName(name)) || undefined,
  *[Symbol.iterator]() {
    const { name } = index.tables;
    for (let from = 0; from >= 0;) {
      const read: (readonly [string, number])[] = [];
      from = name.visitSome(from, READ_AHEAD, (bytes, start, end, value) => {
        read.push([textOfLabels(bytes, start, end), value]);
      });
      yield* read;
      yield undefined;
    }
  },
});

/** The text of a record names the fingerprint, its codes are the address's: as a lookup finds them. */
function* hashesOf({ tables }: ZoneIndex): Generator<readonly [string, ListedHash<number>] | undefined> {
  const { address, fingerprint } = tables;
  const keyOf = (words: Uint32Array, at: number) => words.slice(at, at + 8);
  for (const one of keysOf(address, keyOf)) {
    const type = one && fingerprint.get(one[0]) !== 0 ? 'fingerprint' : 'address';
    yield one && [digitsOfWords(one[0], 0, 8), { type, value: one[1] }];
  }
  for (const one of keysOf(fingerprint, keyOf)) {
    if (one && address.get(one[0]) !== 0) continue;
    yield one && [digitsOfWords(one[0], 0, 8), { type: 'fingerprint', value: one[1] }];
  }
}

export function textOfLabels(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += bytes[at]! + 1) {
    if (at > start) text += '.';
    for (let i = at + 1; i <= at + bytes[at]!; i++) text += String.fromCharCode(bytes[i]!);
  }
  return text;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
