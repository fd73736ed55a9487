import type { DatasetTable } from './dataset.js';
import { hasIpv6HostBits, Ipv6Prefix, readIpv6Cidr, readIpv6Words } from './ipv6-text.js';
import { hasHostBits, Ipv4Range, readCidr, readIpv4, readRange } from './ipv4-text.js';
import { Ipv4Set } from './ipv4-set.js';
import { BANG, COLON, DOT, STAR, type Line } from './line.js';
import { readNameWord } from './name-text.js';
import { NameSet } from './name-set.js';
import { GenericSet } from './generic-set.js';
import { PrefixSet } from './prefix-set.js';
import { EXCLUDED, isFault, SET_DEFAULT, type ValueTable } from './value-table.js';
import type { DatasetType } from './zone-spec.js';

/** What a line means besides itself. */
interface EntryContext {
  /** The widest IPv4 range that is taken, in addresses; 0: any. */
  readonly maxRange4: number;
  readonly ttlSeconds: number;
}

/** Reads the entries of one type. */
export interface EntryReader {
  readonly size: number;
  /** At the start of a file: the default value is the built-in one again. */
  startFile(): void;
  /** Takes a line that is neither empty, comment nor special. The reason when it is not taken. */
  take(line: Line, context: EntryContext): string | undefined;
  /** Called once. `note` gets what no single line shows. */
  finish(note: (reason: string) => void): DatasetTable;
}

const INVALID_ADDRESS = 'invalid address';
const HOST_BITS = 'invalid range: bits are set behind the prefix';

export function entryReader(type: Exclude<DatasetType, 'combined'>, values: ValueTable): EntryReader {
  switch (type) {
    case 'ip4set':
      return new Ip4SetReader(values);
    case 'ip4tset':
      return new Ip4TsetReader(values);
    case 'ip4trie':
      return new Ip4TrieReader(values);
    case 'ip6trie':
      return new Ip6TrieReader(values);
    case 'ip6tset':
      return new Ip6TsetReader(values);
    case 'dnset':
      return new DnsetReader(values);
    case 'generic':
      return new GenericReader();
  }
}

/** Defaults and values, which all types but the trivial ones and generic share. */
abstract class ValuedReader {
  constructor(protected readonly values: ValueTable) {}

  startFile(): void {
    this.values.reset();
  }

  protected takeDefault(line: Line): string | undefined {
    const value = this.values.readDefault(line);
    if (isFault(value)) return value.fault;
    this.values.fallback = value;
    return undefined;
  }

  /** An `!` in front, and what follows it. */
  protected takeExclusion(line: Line): boolean {
    if (line.peek() !== BANG) return false;
    line.at++;
    line.skipSpace();
    return true;
  }

  protected takeValue(line: Line, isExclusion: boolean): number | { readonly fault: string } {
    return isExclusion ? EXCLUDED : this.values.readEntry(line);
  }
}

const tooWide = (range: Ipv4Range, { maxRange4 }: EntryContext): string | undefined =>
  maxRange4 > 0 && range.last - range.first >= maxRange4
    ? `a range of ${range.last - range.first + 1} addresses, more than $MAXRANGE4 ${maxRange4}`
    : undefined;

class Ip4SetReader extends ValuedReader implements EntryReader {
  private readonly set = new Ipv4Set();
  private readonly range = new Ipv4Range();

  get size(): number {
    return this.set.size;
  }

  take(line: Line, context: EntryContext): string | undefined {
    if (line.peek() === COLON) return this.takeDefault(line);
    const { range } = this;
    const isExclusion = this.takeExclusion(line);
    if (!readRange(line, range) || !line.isBoundary) return INVALID_ADDRESS;
    if (hasHostBits(range)) return HOST_BITS;
    const fault = tooWide(range, context);
    if (fault !== undefined) return fault;
    const value = this.takeValue(line, isExclusion);
    if (isFault(value)) return value.fault;
    this.set.add(range.first, range.last, value);
    return undefined;
  }

  finish(): DatasetTable {
    return { kind: 'ipv4', ranges: this.set.toTable(this.values) };
  }
}

class Ip4TrieReader extends ValuedReader implements EntryReader {
  private readonly set = new PrefixSet(1);
  private readonly range = new Ipv4Range();
  private readonly word = new Uint32Array(1);

  get size(): number {
    return this.set.size;
  }

  take(line: Line, context: EntryContext): string | undefined {
    if (line.peek() === COLON) return this.takeDefault(line);
    const { range, word } = this;
    const isExclusion = this.takeExclusion(line);
    if (!readCidr(line, range) || !line.isBoundary) return INVALID_ADDRESS;
    if (hasHostBits(range)) return HOST_BITS;
    const fault = tooWide(range, context);
    if (fault !== undefined) return fault;
    const value = this.takeValue(line, isExclusion);
    if (isFault(value)) return value.fault;
    word[0] = range.first;
    this.set.add(word, range.bits, value);
    return undefined;
  }

  finish(note: (reason: string) => void): DatasetTable {
    return { kind: 'ipv4', ranges: tableOf(this.set, note) };
  }
}

/** The table, and a word about entries that came more than once. */
function tableOf(set: PrefixSet, note: (reason: string) => void) {
  const table = set.toTable();
  if (set.duplicates > 0) note(`entries that came before with the same prefix, ignored: ${set.duplicates}`);
  return table;
}

/** One value for the whole set: the first default line, wherever it stands. */
abstract class TrivialReader {
  private hasDefault = false;

  constructor(protected readonly values: ValueTable) {}

  startFile(): void {
    // The default of a trivial set is that of all its files.
  }

  protected takeDefault(line: Line): string | undefined {
    if (this.hasDefault) return undefined;
    const value = this.values.readDefault(line);
    if (isFault(value)) return value.fault;
    this.values.setDefault(value);
    this.hasDefault = true;
    return undefined;
  }
}

class Ip4TsetReader extends TrivialReader implements EntryReader {
  private readonly set = new Ipv4Set();

  get size(): number {
    return this.set.size;
  }

  take(line: Line): string | undefined {
    if (line.peek() === COLON) return this.takeDefault(line);
    const address = readIpv4(line);
    if (address === undefined || !line.isBoundary) return INVALID_ADDRESS;
    this.set.add(address, address, SET_DEFAULT);
    return undefined;
  }

  finish(): DatasetTable {
    return { kind: 'ipv4', ranges: this.set.toTable(this.values) };
  }
}

/** Eight words of 16 bits as four of 32. */
function pack(prefix: Ipv6Prefix, words: Uint32Array): Uint32Array {
  for (let i = 0; i < 4; i++) {
    words[i] = ((prefix.words[i * 2] ?? 0) << 16) | (prefix.words[i * 2 + 1] ?? 0);
  }
  return words;
}

class Ip6TrieReader extends ValuedReader implements EntryReader {
  private readonly set = new PrefixSet(4);
  private readonly prefix = new Ipv6Prefix();
  private readonly words = new Uint32Array(4);

  get size(): number {
    return this.set.size;
  }

  take(line: Line): string | undefined {
    // `::1` is an address.
    if (line.peek() === COLON && line.peek(1) !== COLON) return this.takeDefault(line);
    const { prefix } = this;
    const isExclusion = this.takeExclusion(line);
    if (!readIpv6Cidr(line, prefix) || !line.isBoundary) return INVALID_ADDRESS;
    if (hasIpv6HostBits(prefix)) return HOST_BITS;
    const value = this.takeValue(line, isExclusion);
    if (isFault(value)) return value.fault;
    this.set.add(pack(prefix, this.words), prefix.bits, value);
    return undefined;
  }

  finish(note: (reason: string) => void): DatasetTable {
    return { kind: 'ipv6', ranges: tableOf(this.set, note) };
  }
}

class Ip6TsetReader extends TrivialReader implements EntryReader {
  private readonly set = new PrefixSet(4);
  private readonly prefix = new Ipv6Prefix();
  private readonly words = new Uint32Array(4);

  get size(): number {
    return this.set.size;
  }

  take(line: Line): string | undefined {
    if (line.peek() === COLON) return this.takeDefault(line);
    const isExclusion = line.peek() === BANG;
    if (isExclusion) {
      line.at++;
      line.skipSpace();
    }
    if (!readIpv6Words(line, this.prefix) || !line.isBoundary) return INVALID_ADDRESS;
    const wanted = isExclusion ? 128 : 64;
    if (this.prefix.bits !== wanted) {
      return `not ${wanted} bits, as ${isExclusion ? 'an exclusion' : 'an entry'} of an ip6tset has`;
    }
    this.set.add(pack(this.prefix, this.words), wanted, isExclusion ? EXCLUDED : SET_DEFAULT);
    return undefined;
  }

  finish(): DatasetTable {
    return { kind: 'ipv6', ranges: this.set.toTable() };
  }
}

class DnsetReader extends ValuedReader implements EntryReader {
  private readonly set = new NameSet();
  private readonly name = new Uint8Array(256);

  get size(): number {
    return this.set.size;
  }

  take(line: Line): string | undefined {
    if (line.peek() === COLON) return this.takeDefault(line);
    const isExclusion = this.takeExclusion(line);
    let kind: 'own' | 'below' | 'both' = 'own';
    if (line.peek() === DOT) {
      kind = 'both';
      line.at++;
    } else if (line.peek() === STAR && line.peek(1) === DOT) {
      kind = 'below';
      line.at += 2;
    }
    const length = readNameWord(line, this.name);
    if (length <= 0) return 'invalid domain name';
    const value = this.takeValue(line, isExclusion);
    if (isFault(value)) return value.fault;
    this.set.add(this.name, 0, length, kind, value);
    return undefined;
  }

  finish(): DatasetTable {
    return { kind: 'names', names: this.set.toTable(this.values) };
  }
}

class GenericReader implements EntryReader {
  private readonly set = new GenericSet();

  get size(): number {
    return this.set.size;
  }

  startFile(): void {
    // There are no defaults.
  }

  take(line: Line, { ttlSeconds }: EntryContext): string | undefined {
    return this.set.add(line, ttlSeconds);
  }

  finish(): DatasetTable {
    return { kind: 'generic', records: this.set.toTable() };
  }
}
