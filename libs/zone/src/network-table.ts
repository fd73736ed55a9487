/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import { KeyTable } from './key-table.js';

/** Prefix length and slots of each table. */
export type SharedNetworks = readonly (readonly [length: number, slots: Uint32Array])[];

/** Networks of one family (width 1: IPv4, 4: IPv6), one table for each prefix length in use; the longest wins. */
export class NetworkTable {
  private readonly tables: (KeyTable | undefined)[] = [];
  private lengths: number[] = [];
  private readonly masked: Uint32Array;
  private moves = 0;

  constructor(private readonly width: number) {
    this.masked = new Uint32Array(width);
  }

  /** A reader of another thread's networks: only find. */
  static attach(width: number, shared: SharedNetworks): NetworkTable {
    const networks = new NetworkTable(width);
    for (const [length, slots] of shared) {
      networks.tables[length] = KeyTable.attach(width, slots);
      networks.lengths.push(length);
    }
    return networks;
  }

  /** The arrays for `attach`, the longest prefix first. */
  get shared(): SharedNetworks {
    return this.lengths.flatMap((length): SharedNetworks => {
      const table = this.tables[length];
      return table ? [[length, table.shared]] : [];
    });
  }

  /** Grows when `shared` becomes another list. */
  get layout(): number {
    return this.lengths.reduce((sum, length) => sum + (this.tables[length]?.layout ?? 0), this.moves);
  }

  get size(): number {
    return this.lengths.reduce((sum, length) => sum + (this.tables[length]?.size ?? 0), 0);
  }

  get byteLength(): number {
    return this.lengths.reduce((sum, length) => sum + (this.tables[length]?.byteLength ?? 0), 0);
  }

  /** The value of the longest network that covers the address at words[0…], 0 when none does. */
  find(words: Uint32Array): number {
    for (const length of this.lengths) {
      mask(words, 0, length, this.masked);
      const value = this.tables[length]?.get(this.masked) ?? 0;
      if (value !== 0) return value;
    }
    return 0;
  }

  /** The same for an IPv4 address, which is one word. */
  findWord(word: number): number {
    for (const length of this.lengths) {
      const value = this.tables[length]?.getWord((word & prefixBits(length)) >>> 0) ?? 0;
      if (value !== 0) return value;
    }
    return 0;
  }

  /** The value of exactly this network, 0 when it is not there. Host bits are zero. */
  get(words: Uint32Array, at: number, prefixLength: number): number {
    return this.tables[prefixLength]?.get(words, at) ?? 0;
  }

  /** Host bits are zero. True when the network was not there. */
  set(words: Uint32Array, at: number, prefixLength: number, value: number): boolean {
    return this.reserve(prefixLength, 0).set(words, at, value);
  }

  delete(words: Uint32Array, at: number, prefixLength: number): boolean {
    const table = this.tables[prefixLength];
    if (!table?.delete(words, at)) return false;
    if (table.size === 0) {
      this.moves += table.layout + 1;
      this.tables[prefixLength] = undefined;
      this.lengths = this.lengths.filter((length) => length !== prefixLength);
    }
    return true;
  }

  /** Makes room for `expected` networks of a prefix length; only the first call for a length counts. */
  reserve(prefixLength: number, expected: number): KeyTable {
    const there = this.tables[prefixLength];
    if (there) return there;
    const table = KeyTable.create(this.width, expected);
    this.moves++;
    this.tables[prefixLength] = table;
    this.lengths = [...this.lengths, prefixLength].sort((a, b) => b - a);
    return table;
  }

  forEach(visit: (keys: Uint32Array, at: number, value: number, prefixLength: number) => void): void {
    for (const length of this.lengths) {
      this.tables[length]?.forEach((keys, at, value) => {
        visit(keys, at, value, length);
      });
    }
  }

  /** The table of each prefix length. */
  get byLength(): readonly (readonly [length: number, table: KeyTable])[] {
    return this.lengths.flatMap((length) => {
      const table = this.tables[length];
      return table ? [[length, table] as const] : [];
    });
  }

  /** A reader of a copy, which does not change. */
  frozen(): NetworkTable {
    return NetworkTable.attach(
      this.width,
      this.shared.map(([length, slots]) => [length, slots.slice()]),
    );
  }

  /** Whether the key at words[at…] has no bit behind the prefix. */
  isMasked(words: Uint32Array, at: number, prefixLength: number): boolean {
    mask(words, at, prefixLength, this.masked);
    return this.masked.every((word, i) => word === words[at + i]);
  }
}

function mask(words: Uint32Array, at: number, prefixLength: number, into: Uint32Array): void {
  for (let i = 0; i < into.length; i++) {
    into[i] = words[at + i]! & prefixBits(prefixLength - i * 32);
  }
}

/** The bits of a word that belong to a prefix of this many. A shift by 32 is a shift by 0 in JavaScript. */
const prefixBits = (kept: number): number =>
  kept >= 32 ? 0xffff_ffff : kept <= 0 ? 0 : 0xffff_ffff << (32 - kept);

/* eslint-enable @typescript-eslint/no-non-null-assertion */
