/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import type { ReturnCode } from './return-code.js';
import {
  digitsOfWord,
  digitsOfWords,
  expandContent,
  networkKeyOfWords,
  type ExpandedName,
  type ListedHash,
} from './zone-expansion.js';
import type { ZoneIndex } from './zone-index.js';

/** Keys of a fixed number of words and their values, compact and unchanging. */
class FrozenTable {
  private readonly words: Uint32Array;
  private readonly values: Uint32Array;
  private used = 0;

  constructor(
    private readonly width: number,
    size: number,
  ) {
    this.words = new Uint32Array(size * width);
    this.values = new Uint32Array(size);
  }

  add(words: Uint32Array, at: number, value: number): void {
    for (let i = 0; i < this.width; i++) this.words[this.used * this.width + i] = words[at + i]!;
    this.values[this.used++] = value;
  }

  *entries(): Generator<readonly [string, number]> {
    const { words, values, width } = this;
    for (let i = 0; i < this.used; i++) {
      const digits = width === 1 ? digitsOfWord(words[i]!) : digitsOfWords(words, i * width, width);
      yield [digits, values[i]!];
    }
  }
}

/** A zone as of one serial, untouched by later deltas: what a transfer that takes its time reads from. */
export class ZoneImage {
  private constructor(
    private readonly index: ZoneIndex,
    readonly serial: number,
    private readonly ipv4: FrozenTable,
    private readonly ipv6: FrozenTable,
    private readonly network4: ReadonlyMap<string, number>,
    private readonly network6: ReadonlyMap<string, number>,
    private readonly names: ReadonlyMap<string, number>,
    private readonly hashes: ReadonlyMap<string, ListedHash<number>>,
  ) {}

  static of(index: ZoneIndex): ZoneImage {
    const { tables } = index;
    const ipv4 = new FrozenTable(1, tables.ipv4.size);
    tables.ipv4.forEach((words, at, value) => {
      ipv4.add(words, at, value);
    });
    const ipv6 = new FrozenTable(4, tables.ipv6.size);
    tables.ipv6.forEach((words, at, value) => {
      ipv6.add(words, at, value);
    });
    const network4 = new Map<string, number>();
    tables.network4.forEach((words, at, value, length) => {
      network4.set(networkKeyOfWords(words, at, 1, length), value);
    });
    const network6 = new Map<string, number>();
    tables.network6.forEach((words, at, value, length) => {
      network6.set(networkKeyOfWords(words, at, 4, length), value);
    });
    const names = new Map<string, number>();
    tables.name.forEach((bytes, start, end, value) => {
      names.set(textOfLabels(bytes, start, end), value);
    });
    const hashes = new Map<string, ListedHash<number>>();
    tables.fingerprint.forEach((words, at, value) => {
      hashes.set(digitsOfWords(words, at, 8), { type: 'fingerprint', value });
    });
    // Text of a record names the fingerprint, its codes are the address's: as a lookup finds them.
    tables.address.forEach((words, at, value) => {
      const digits = digitsOfWords(words, at, 8);
      hashes.set(digits, { type: hashes.has(digits) ? 'fingerprint' : 'address', value });
    });
    return new ZoneImage(index, index.serial, ipv4, ipv6, network4, network6, names, hashes);
  }

  /** Every name of the zone below its apex, each once, in no order. */
  expand(): Generator<ExpandedName> {
    const { ipv4, ipv6, network4, network6, names, hashes, index } = this;
    return expandContent<number>(
      index.zone,
      {
        ipv4: { exact: ipv4.entries(), networks: network4 },
        ipv6: { exact: ipv6.entries(), networks: network6 },
        names,
        hashes,
      },
      // Sets of codes are only ever added, so a handle keeps its meaning.
      (handle): readonly ReturnCode[] => index.codesOf(handle),
    );
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
