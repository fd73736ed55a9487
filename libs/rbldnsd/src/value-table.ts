/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// "Resulting A values and TXT templates" in rbldnsd(8).
import { ByteColumn, WordColumn } from './columns.js';
import { readAddressValue } from './ipv4-text.js';
import { COLON, type Line } from './line.js';

/** Not listed. */
export const NONE = 0;
/** Written with `!`: not listed, whatever lists it less exactly. */
export const EXCLUDED = 1;
/** The value that stands for the default of a whole trivial set, which may follow its entries. */
export const SET_DEFAULT = 2;
/** 127.0.0.2 without TXT: what an entry means when the file says nothing. */
const BUILT_IN = 3;

/** Longer templates are cut, as an answer could not carry them. */
const MAX_TEMPLATE = 255;
/** An entry in several lines answers with all their values, up to so many. */
export const MAX_VALUES = 64;
const LIST = 0x8000_0000;
const DEFAULT_ADDRESS = 0x7f00_0002;
const HEADER = 5;

/** Values as plain arrays, which can be handed to another thread. */
export interface ValuesImage {
  /** Each value: A (4 octets), length of the template, template. */
  readonly bytes: Uint8Array;
  /** Where each value is, from SET_DEFAULT on. */
  readonly offsets: Uint32Array;
  /** Lists of values: length, then values. */
  readonly lists: Uint32Array;
}

/** What a value line can be. */
export type ReadValue = number | { readonly fault: string };

/** Distinct pairs of A and TXT template while a file is read. A value is a number from SET_DEFAULT on. */
export class ValueTable {
  private readonly bytes = new ByteColumn();
  private readonly offsets = new WordColumn();
  private readonly lists = new WordColumn(64);
  private readonly listHandles = new Map<string, number>();
  private slots = new Uint32Array(1024);
  private count = 0;
  /** The value for entries without one. */
  fallback = BUILT_IN;
  isCut = false;

  constructor() {
    // Set by setDefault.
    this.offsets.push(0);
    this.reset();
    this.setDefault(BUILT_IN);
  }

  /** At the start of a file: 127.0.0.2 without TXT. */
  reset(): void {
    this.fallback = this.intern(DEFAULT_ADDRESS, new Uint8Array(0), 0, 0);
  }

  /** What SET_DEFAULT stands for. */
  setDefault(value: number): void {
    this.offsets.replace(0, this.offsets.at(value - SET_DEFAULT));
  }

  /** Reads `:A:TXT` at the start of a line, which counts for the entries that follow. */
  readDefault(line: Line): ReadValue {
    return this.read(line, BUILT_IN);
  }

  /** Reads what follows an entry: nothing, a comment, `:A:TXT`, `:A` or a TXT. */
  readEntry(line: Line): ReadValue {
    line.skipSpace();
    return line.isDone ? this.fallback : this.read(line, this.fallback);
  }

  private read(line: Line, base: number): ReadValue {
    let address = this.addressOf(base);
    if (line.peek() === COLON) {
      line.at++;
      address = readAddressValue(line);
      if (address === 0) return INVALID_A;
      line.skipSpace();
      if (line.isAtEnd) return this.internWithTemplateOf(base, address);
      if (line.peek() !== COLON) return UNKNOWN_VALUE;
      line.at++;
      line.skipSpace();
    }
    this.isCut = line.end - line.at > MAX_TEMPLATE;
    return this.intern(address, line.bytes, line.at, Math.min(line.end, line.at + MAX_TEMPLATE));
  }

  private addressOf(value: number): number {
    return addressAt(this.bytes.bytes, this.offsets.at(value - SET_DEFAULT));
  }

  private internWithTemplateOf(value: number, address: number): number {
    const at = this.offsets.at(value - SET_DEFAULT);
    const { bytes } = this.bytes;
    return this.intern(address, bytes.slice(at + HEADER, at + HEADER + bytes[at + 4]!), 0, bytes[at + 4]!);
  }

  private intern(address: number, text: Uint8Array, start: number, end: number): number {
    if (this.count * 2 >= this.slots.length) this.grow();
    const mask = this.slots.length - 1;
    let slot = hashOf(address, text, start, end) & mask;
    for (; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.isSame(this.slots[slot]!, address, text, start, end)) return this.slots[slot]!;
    }
    const at = this.bytes.reserve(HEADER + end - start);
    const { bytes } = this.bytes;
    for (let i = 0; i < 4; i++) bytes[at + i] = address >>> (24 - i * 8);
    bytes[at + 4] = end - start;
    for (let i = start; i < end; i++) bytes[at + HEADER + i - start] = text[i]!;
    const value = SET_DEFAULT + this.offsets.length;
    this.offsets.push(at);
    this.slots[slot] = value;
    this.count++;
    return value;
  }

  private isSame(value: number, address: number, text: Uint8Array, start: number, end: number): boolean {
    const at = this.offsets.at(value - SET_DEFAULT);
    const { bytes } = this.bytes;
    if (bytes[at + 4] !== end - start || addressAt(bytes, at) !== address) return false;
    for (let i = start; i < end; i++) if (bytes[at + HEADER + i - start] !== text[i]) return false;
    return true;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    const mask = this.slots.length - 1;
    const { bytes } = this.bytes;
    for (const value of old) {
      if (value === 0) continue;
      const at = this.offsets.at(value - SET_DEFAULT);
      const start = at + HEADER;
      let slot = hashOf(addressAt(bytes, at), bytes, start, start + bytes[at + 4]!) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = value;
    }
  }

  /** A handle for all of these values together: the value itself when it is one. */
  listOf(values: readonly number[]): number {
    const [only = NONE] = values;
    if (values.length < 2) return only;
    const key = values.join();
    const there = this.listHandles.get(key);
    if (there !== undefined) return there;
    const handle = LIST + this.lists.length;
    this.lists.push(values.length);
    for (const value of values) this.lists.push(value);
    this.listHandles.set(key, handle);
    return handle;
  }

  toImage(): ValuesImage {
    return {
      bytes: this.bytes.toArray(),
      offsets: this.offsets.toArray(),
      lists: this.lists.toArray(),
    };
  }
}

const INVALID_A = { fault: 'its A value is no address: 127.0.0.2, or 2 for short' };
const UNKNOWN_VALUE = { fault: 'what follows its A value is neither the end nor :TXT' };

export const isFault = (value: ReadValue): value is { readonly fault: string } => typeof value !== 'number';

/** How many values a handle stands for. */
export const countOf = (values: ValuesImage, handle: number): number =>
  handle < LIST ? 1 : values.lists[handle - LIST]!;

/** The place in `bytes` of the i-th value of a handle. */
export const valueAt = (values: ValuesImage, handle: number, i: number): number =>
  values.offsets[(handle < LIST ? handle : values.lists[handle - LIST + 1 + i]!) - SET_DEFAULT]!;

/** The A of the value at a place, as an unsigned number. */
export function addressAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** The template of the value at a place. */
export const templateAt = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.subarray(at + HEADER, at + HEADER + bytes[at + 4]!);

// FNV-1a, 32 bits, with a final mix: the low bits choose the slot.
function hashOf(address: number, text: Uint8Array, start: number, end: number): number {
  let hash = 0x811c_9dc5 ^ address;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text[i]!, 0x0100_0193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b_3c6d) ^ (hash >>> 13);
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
