/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// The dnset of rbldnsd(8): `example.com` is itself, `*.example.com` all below it, `.example.com` both. The name itself
// counts more than a wildcard, a longer wildcard more than a shorter.
import { ByteColumn, WordColumn } from './columns.js';
import { EXCLUDED, MAX_VALUES, NONE, type ValueTable } from './value-table.js';

const SEED = 0x811c_9dc5;
const MAX_LABELS = 128;

/**
 * Every listed name and every name above one is a node, found by its hash. Plain arrays, which can be handed to
 * another thread. Names are in wire form without root, lower case.
 */
export interface NameTable {
  /** Node + 1 in each slot of the hash table, whose size is a power of two; 0 is empty. */
  readonly slots: Uint32Array;
  /** Where each node's name begins in `names`: its length, then the name. */
  readonly offsets: Uint32Array;
  readonly names: Uint8Array;
  /** What the name itself is listed with, EXCLUDED or NONE. */
  readonly own: Uint32Array;
  /** What all names below it are listed with, EXCLUDED or NONE. */
  readonly below: Uint32Array;
  /** 1 for a node with something listed below it, by name or wildcard. */
  readonly isAbove: Uint8Array;
}

/** What a name is listed as; one object is reused for every question. */
export class NameMatch {
  handle = NONE;
  /** The node whose entry counted. */
  node = -1;
  /** Not listed, but something below it is (RFC 8020). */
  isAbove = false;
  /** Where the labels of the name start. */
  readonly starts = new Uint8Array(MAX_LABELS);
}

/** Looks up bytes[start…end): wire form without root, at least one label; case does not matter. */
export function findName(
  table: NameTable,
  bytes: Uint8Array,
  start: number,
  end: number,
  match: NameMatch,
): void {
  match.handle = NONE;
  match.node = -1;
  match.isAbove = false;
  let labels = 0;
  for (let at = start; at < end; at += bytes[at]! + 1) match.starts[labels++] = at - start;
  let hash = SEED;
  let right = end;
  for (let label = labels - 1; label >= 0; label--) {
    const left = start + match.starts[label]!;
    hash = extend(hash, bytes, left, right);
    const node = nodeOf(table.slots, table.offsets, table.names, hash, bytes, left, end);
    // Names above a listed one are nodes too: nothing is below a name that is none.
    if (node < 0) break;
    const listed = label === 0 ? table.own[node]! : table.below[node]!;
    if (listed !== NONE) {
      match.handle = listed;
      match.node = node;
    }
    if (label === 0) match.isAbove = table.isAbove[node] === 1;
    right = left;
  }
  if (match.handle === EXCLUDED) match.handle = NONE;
}

function nodeOf(
  slots: Uint32Array,
  offsets: Uint32Array,
  names: Uint8Array,
  hash: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const mask = slots.length - 1;
  for (let slot = finish(hash) & mask; ; slot = (slot + 1) & mask) {
    const node = slots[slot]! - 1;
    if (node < 0) return -1;
    const at = offsets[node]!;
    if (names[at] !== end - start) continue;
    let i = 0;
    while (i < end - start && names[at + 1 + i] === lower(bytes[start + i]!)) i++;
    if (i === end - start) return node;
  }
}

/** The hash of a name from that of the name above it. */
function extend(hash: number, bytes: Uint8Array, start: number, end: number): number {
  let value = hash;
  for (let i = start; i < end; i++) value = Math.imul(value ^ lower(bytes[i]!), 0x0100_0193);
  return value;
}

function finish(hash: number): number {
  const value = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  return value ^ (value >>> 13);
}

// A length octet is at most 63, so it is no letter.
const lower = (octet: number): number => (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet);

/** Names while a file is read. */
export class NameSet {
  private slots = new Uint32Array(1024);
  private readonly offsets = new WordColumn();
  private readonly names = new ByteColumn();
  private readonly own = new WordColumn();
  private readonly below = new WordColumn();
  private readonly hashes = new WordColumn();
  private readonly starts = new Uint8Array(MAX_LABELS);
  /** The further values of names that come more than once. */
  private readonly more = { own: new Map<number, number[]>(), below: new Map<number, number[]>() };
  private entries = 0;

  get size(): number {
    return this.entries;
  }

  /** A lower-case name in wire form without root; `kind` says what of it is listed. */
  add(bytes: Uint8Array, start: number, end: number, kind: 'own' | 'below' | 'both', value: number): void {
    this.entries++;
    const node = this.insert(bytes, start, end);
    if (kind !== 'below') this.put('own', node, value);
    if (kind !== 'own') this.put('below', node, value);
  }

  private put(kind: 'own' | 'below', node: number, value: number): void {
    const column = this[kind];
    const there = column.at(node);
    if (there === NONE || value === EXCLUDED) column.replace(node, value);
    else if (there !== EXCLUDED && there !== value) {
      const values = this.more[kind].get(node);
      if (!values) this.more[kind].set(node, [there, value]);
      else if (values.length < MAX_VALUES && !values.includes(value)) values.push(value);
    }
  }

  private insert(bytes: Uint8Array, start: number, end: number): number {
    let labels = 0;
    for (let at = start; at < end; at += bytes[at]! + 1) this.starts[labels++] = at - start;
    let hash = SEED;
    let right = end;
    let node = -1;
    for (let label = labels - 1; label >= 0; label--) {
      const left = start + this.starts[label]!;
      hash = extend(hash, bytes, left, right);
      node = nodeOf(this.slots, this.offsets.content, this.names.bytes, hash, bytes, left, end);
      if (node < 0) node = this.append(hash, bytes, left, end);
      right = left;
    }
    return node;
  }

  private append(hash: number, bytes: Uint8Array, start: number, end: number): number {
    if ((this.offsets.length + 1) * 2 > this.slots.length) this.grow();
    const at = this.names.reserve(1 + end - start);
    this.names.bytes[at] = end - start;
    for (let i = start; i < end; i++) this.names.bytes[at + 1 + i - start] = bytes[i]!;
    const node = this.offsets.length;
    this.offsets.push(at);
    this.own.push(NONE);
    this.below.push(NONE);
    this.hashes.push(hash);
    place(this.slots, hash, node);
    return node;
  }

  private grow(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    this.hashes.content.forEach((hash, node) => {
      place(this.slots, hash, node);
    });
  }

  toTable(values: ValueTable): NameTable {
    for (const kind of ['own', 'below'] as const) {
      for (const [node, several] of this.more[kind]) {
        if (this[kind].at(node) !== EXCLUDED) this[kind].replace(node, values.listOf(several));
      }
    }
    const table = {
      slots: this.slots,
      offsets: this.offsets.toArray(),
      names: this.names.toArray(),
      own: this.own.toArray(),
      below: this.below.toArray(),
      isAbove: new Uint8Array(this.offsets.length),
    };
    markAbove(table);
    return table;
  }
}

function place(slots: Uint32Array, hash: number, node: number): void {
  const mask = slots.length - 1;
  let slot = finish(hash) & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = node + 1;
}

/** A wildcard is a name below its node, so its node exists; so does everything above a listed name. */
function markAbove(table: NameTable): void {
  const { slots, offsets, names, own, below, isAbove } = table;
  const isListed = (handle: number): boolean => handle !== NONE && handle !== EXCLUDED;
  for (let node = 0; node < offsets.length; node++) {
    if (isListed(below[node]!)) isAbove[node] = 1;
    else if (!isListed(own[node]!)) continue;
    const at = offsets[node]!;
    const end = at + 1 + names[at]!;
    for (let left = at + 2 + names[at + 1]!; left < end; left += names[left]! + 1) {
      const above = nodeOf(slots, offsets, names, hashFrom(names, left, end), names, left, end);
      if (above < 0 || isAbove[above] === 1) break;
      isAbove[above] = 1;
    }
  }
}

/** The hash of a whole name. */
function hashFrom(bytes: Uint8Array, start: number, end: number): number {
  const starts: number[] = [];
  for (let at = start; at < end; at += bytes[at]! + 1) starts.push(at);
  let hash = SEED;
  let right = end;
  for (let label = starts.length - 1; label >= 0; label--) {
    hash = extend(hash, bytes, starts[label]!, right);
    right = starts[label]!;
  }
  return hash;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
