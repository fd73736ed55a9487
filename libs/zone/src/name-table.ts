/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import { sharedBytes, sharedWords } from './shared-words.js';

// Names are kept in wire form without the root label (RFC 1035 section 3.1), lower case (RFC 4343: ASCII only).
const BUILT_LOAD = 0.6;
const MAX_LOAD = 0.75;
const MIN_CAPACITY = 8;
const SPARE_NAMES = 256;

/** The longest name in wire form without its root label (RFC 1035 section 2.3.4: 255 octets with it). */
export const MAX_NAME_BYTES = 254;

/** A name that is not listed but has listed names below it (RFC 8020 section 2). */
export const EMPTY_NON_TERMINAL = -1;

/** The arrays of a NameTable. */
export interface SharedNames {
  readonly offsets: Uint32Array;
  readonly values: Uint32Array;
  readonly below: Uint32Array;
  readonly arena: Uint8Array;
}

/**
 * Listed names, each of which covers everything below itself. Every ancestor of a listed name is a node too, with
 * the count of listed names below it, so a walk from the right ends at the first label that leads nowhere, and an
 * empty non-terminal is known. A node without listing and without descendants is dead until the next rebuild.
 *
 * One thread writes, others read through `attach` without locks: a node is written before the offset that makes it
 * visible, and stays where it is as long as the arrays do.
 */
export class NameTable {
  private offsets: Uint32Array; // arena offset + 1; 0 is an empty slot
  private values: Uint32Array; // 0: not listed
  private below: Uint32Array; // listed names strictly below
  private arena: Uint8Array; // length octet, then the name
  private arenaUsed = 0;
  private nodes = 0;
  private live = 0;
  private moves = 0;
  private readonly starts = new Uint8Array(128);

  private constructor({ offsets, values, below, arena }: SharedNames) {
    this.offsets = offsets;
    this.values = values;
    this.below = below;
    this.arena = arena;
  }

  static create(expected = 0): NameTable {
    return new NameTable(arraysFor(expected, expected * 24));
  }

  /** A reader of another thread's names: only find and get. */
  static attach(shared: SharedNames): NameTable {
    return new NameTable(shared);
  }

  /** The arrays for `attach`. */
  get shared(): SharedNames {
    const { offsets, values, below, arena } = this;
    return { offsets, values, below, arena };
  }

  /** Grows when `shared` has another array. */
  get layout(): number {
    return this.moves;
  }

  private get capacity(): number {
    return this.offsets.length;
  }

  /** Listed names. */
  get size(): number {
    return this.live;
  }

  get byteLength(): number {
    return this.offsets.byteLength + this.values.byteLength + this.below.byteLength + this.arena.byteLength;
  }

  /**
   * The value of the longest listed name that is the name in bytes[start…end) or above it; case does not matter.
   * 0: nothing there; EMPTY_NON_TERMINAL: not covered, but listed names are below.
   */
  find(bytes: Uint8Array, start: number, end: number): number {
    const count = this.splitLabels(bytes, start, end);
    let best = 0;
    let hash = SEED;
    let right = end;
    for (let label = count - 1; label >= 0; label--) {
      const left = start + this.starts[label]!;
      hash = extend(hash, bytes, left, right);
      const slot = this.slotOf(hash, bytes, left, end);
      if (slot < 0) return best;
      if (this.values[slot] !== 0) best = this.confirmed(slot, bytes, left, end) || best;
      else if (this.below[slot] === 0) return best;
      right = left;
    }
    return best !== 0 ? best : count > 0 ? EMPTY_NON_TERMINAL : 0;
  }

  /** The value of exactly this name, 0 when it is not listed itself. */
  get(bytes: Uint8Array, start = 0, end = bytes.length): number {
    const slot = this.slotOf(extend(SEED, bytes, start, end), bytes, start, end);
    return slot < 0 ? 0 : this.values[slot]!;
  }

  /** Whether listed names lie below this one, itself apart. */
  hasBelow(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    const slot = this.slotOf(extend(SEED, bytes, start, end), bytes, start, end);
    return slot >= 0 && this.below[slot] !== 0;
  }

  /** Lists a lower-case name. True when it was not listed. */
  set(bytes: Uint8Array, start: number, end: number, value: number): boolean {
    const count = this.splitLabels(bytes, start, end);
    this.reserve(count, count * (end - start + 1));
    const slot = this.nodeOf(extend(SEED, bytes, start, end), bytes, start, end);
    const isNew = this.values[slot] === 0;
    Atomics.store(this.values, slot, value);
    if (!isNew) return false;
    this.live++;
    let hash = SEED;
    let right = end;
    for (let label = count - 1; label > 0; label--) {
      const left = start + this.starts[label]!;
      hash = extend(hash, bytes, left, right);
      const above = this.nodeOf(hash, bytes, left, end);
      this.below[above] = this.below[above]! + 1;
      right = left;
    }
    return true;
  }

  delete(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    const slot = this.slotOf(extend(SEED, bytes, start, end), bytes, start, end);
    if (slot < 0 || this.values[slot] === 0) return false;
    Atomics.store(this.values, slot, 0);
    this.live--;
    const count = this.splitLabels(bytes, start, end);
    for (let label = 1; label < count; label++) {
      const left = start + this.starts[label]!;
      const above = this.slotOf(extend(SEED, bytes, left, end), bytes, left, end);
      this.below[above] = this.below[above]! - 1;
    }
    return true;
  }

  /** Calls with the arena and where a listed name lies in it. */
  forEach(visit: (bytes: Uint8Array, start: number, end: number, value: number) => void): void {
    this.visitSome(0, this.capacity, visit);
  }

  /** The same for `count` slots from the one numbered `from` on: where to go on, -1 behind the last. */
  visitSome(
    from: number,
    count: number,
    visit: (bytes: Uint8Array, start: number, end: number, value: number) => void,
  ): number {
    const stop = Math.min(this.capacity, from + count);
    for (let slot = from; slot < stop; slot++) {
      const value = this.values[slot]!;
      if (value === 0) continue;
      const at = this.offsets[slot]! - 1;
      visit(this.arena, at + 1, at + 1 + this.arena[at]!, value);
    }
    return stop === this.capacity ? -1 : stop;
  }

  /** A reader of a copy, which does not change: nodes are only ever added, so these arrays are not copied. */
  frozen(): NameTable {
    const { offsets, arena, values, below } = this;
    return NameTable.attach({ offsets, arena, values: values.slice(), below: below.slice() });
  }

  private splitLabels(bytes: Uint8Array, start: number, end: number): number {
    let count = 0;
    for (let at = start; at < end && count < this.starts.length; at += bytes[at]! + 1) {
      this.starts[count++] = at - start;
    }
    return count;
  }

  private slotOf(hash: number, bytes: Uint8Array, start: number, end: number): number {
    let slot = (finish(hash) * (this.capacity / 0x1_0000_0000)) >>> 0;
    for (;;) {
      const offset = this.offsets[slot]!;
      if (offset === 0) return -1;
      if (this.isAt(offset - 1, bytes, start, end)) return slot;
      if (++slot === this.capacity) slot = 0;
    }
  }

  /** The value of a slot whose name was compared; the comparison may have come before the writer's octets did. */
  private confirmed(slot: number, bytes: Uint8Array, start: number, end: number): number {
    const value = Atomics.load(this.values, slot);
    return this.isAt(this.offsets[slot]! - 1, bytes, start, end) ? value : 0;
  }

  private nodeOf(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const there = this.slotOf(hash, bytes, start, end);
    if (there >= 0) return there;
    let slot = (finish(hash) * (this.capacity / 0x1_0000_0000)) >>> 0;
    while (this.offsets[slot] !== 0) if (++slot === this.capacity) slot = 0;
    const at = this.arenaUsed;
    this.arena[at] = end - start;
    for (let i = start; i < end; i++) this.arena[at + 1 + i - start] = bytes[i]!;
    this.arenaUsed = at + 1 + end - start;
    Atomics.store(this.offsets, slot, at + 1);
    this.nodes++;
    return slot;
  }

  private isAt(at: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { arena } = this;
    if (arena[at] !== end - start) return false;
    for (let i = start; i < end; i++) {
      if (arena[at + 1 + i - start] !== lower(bytes[i]!)) return false;
    }
    return true;
  }

  private reserve(nodes: number, bytes: number): void {
    if (this.nodes + nodes > this.capacity * MAX_LOAD) this.rebuild(nodes);
    if (this.arenaUsed + bytes > this.arena.length) {
      const grown = sharedBytes(Math.ceil(this.arena.length * 1.5) + bytes);
      grown.set(this.arena.subarray(0, this.arenaUsed));
      this.arena = grown;
      this.moves++;
    }
  }

  private rebuild(extra: number): void {
    const { offsets, values, below, arena } = this;
    let kept = 0;
    let keptBytes = 0;
    for (let slot = 0; slot < offsets.length; slot++) {
      if (offsets[slot] === 0 || (values[slot] === 0 && below[slot] === 0)) continue;
      kept++;
      keptBytes += 1 + arena[offsets[slot]! - 1]!;
    }
    const grown = arraysFor(Math.ceil((kept + extra) * 1.25) + SPARE_NAMES, Math.ceil(keptBytes * 1.25));
    this.offsets = grown.offsets;
    this.values = grown.values;
    this.below = grown.below;
    this.arena = grown.arena;
    this.moves++;
    this.arenaUsed = 0;
    this.nodes = 0;
    for (let slot = 0; slot < offsets.length; slot++) {
      if (offsets[slot] === 0 || (values[slot] === 0 && below[slot] === 0)) continue;
      const at = offsets[slot]!;
      const end = at + arena[at - 1]!;
      const moved = this.nodeOf(extend(SEED, arena, at, end), arena, at, end);
      this.values[moved] = values[slot]!;
      this.below[moved] = below[slot]!;
    }
  }
}

function arraysFor(names: number, bytes: number): SharedNames {
  const capacity = Math.max(MIN_CAPACITY, Math.ceil(names / BUILT_LOAD));
  return {
    offsets: sharedWords(capacity),
    values: sharedWords(capacity),
    below: sharedWords(capacity),
    arena: sharedBytes(Math.max(256, bytes + 256)),
  };
}

const SEED = 0x811c_9dc5;

export const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

// Right to left, so that the hash of a name extends the hash of its parent. Length octets are below 64, never letters.
function extend(hash: number, bytes: Uint8Array, left: number, right: number): number {
  let extended = hash;
  for (let i = right - 1; i >= left; i--) extended = Math.imul(extended ^ lower(bytes[i]!), 0x0100_0193);
  return extended;
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
