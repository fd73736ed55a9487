/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import { sharedWords } from './shared-words.js';

const EMPTY = 0;
const GONE = 0xffff_ffff;
// Entries per slot when built: 8 bytes a slot make 11.8 bytes an IPv4 entry; a miss then costs some five probes.
const BUILT_LOAD = 0.68;
// Above this a miss takes over nine probes (Knuth, linear probing): time to build anew.
const MAX_LOAD = 0.76;
const MIN_CAPACITY = 8;
// Room for keys that come and go, so that a small busy table is not built anew at every other change.
const SPARE_KEYS = 256;

/**
 * Fixed-width keys (1, 4 or 8 words of 32 bits) to a value of 1 to 2^32-2, in one shared array of slots (value, then
 * key): open addressing with linear probing. The slot is the hash scaled to the capacity, which keeps any capacity
 * possible and the hash order, so a table written out slot by slot is read back in memory order.
 *
 * One thread writes, others read through `attach` without locks. A slot belongs to one key for the life of the array:
 * the key is written before the value that makes it visible, and never again; a deleted key keeps its slot. So a
 * reader that finds its key, reads the value and finds the key still there has a value that this key had. When slots
 * run out the content moves to a new array, `layout` grows, and readers have to be given the new array.
 */
export class KeyTable {
  private scale: number;
  private live = 0;
  private taken = 0;
  private moves = 0;
  private readonly stride: number;

  private constructor(
    private readonly width: number,
    private slots: Uint32Array,
  ) {
    this.stride = width + 1;
    this.scale = slots.length / this.stride / 0x1_0000_0000;
  }

  static create(width: number, expected = 0): KeyTable {
    return new KeyTable(width, sharedWords(capacityFor(expected) * (width + 1)));
  }

  /** A reader of another thread's table: only get and getWord. */
  static attach(width: number, slots: Uint32Array): KeyTable {
    return new KeyTable(width, slots);
  }

  /** The array for `attach`. */
  get shared(): Uint32Array {
    return this.slots;
  }

  /** Grows when `shared` becomes another array. */
  get layout(): number {
    return this.moves;
  }

  get size(): number {
    return this.live;
  }

  get byteLength(): number {
    return this.slots.byteLength;
  }

  /** Whether so few slots are empty that searches get long; true would be a fault of this class. */
  get isCrowded(): boolean {
    const { slots, stride } = this;
    let empty = 0;
    for (let at = 0; at < slots.length; at += stride) if (slots[at] === EMPTY) empty++;
    return empty < this.capacity * (1 - MAX_LOAD) - 1;
  }

  /** The value of a one-word key, 0 when absent. Only for width 1. */
  getWord(key: number): number {
    const { slots } = this;
    let at = ((finish(mix(SEED, key)) * this.scale) >>> 0) * 2;
    for (;;) {
      if (slots[at] === EMPTY) return 0;
      if (slots[at + 1] === key) {
        // The first look at the key may have come before the writer's; this order cannot be wrong.
        const value = Atomics.load(slots, at);
        if (slots[at + 1] === key) return value === GONE ? 0 : value;
      }
      at += 2;
      if (at === slots.length) at = 0;
    }
  }

  /** The value of the key at words[at…], 0 when absent. */
  get(words: Uint32Array, at = 0): number {
    const { slots, stride } = this;
    let slot = this.startOf(words, at);
    for (;;) {
      if (slots[slot] === EMPTY) return 0;
      if (this.isAt(slot, words, at)) {
        const value = Atomics.load(slots, slot);
        if (this.isAt(slot, words, at)) return value === GONE ? 0 : value;
      }
      slot += stride;
      if (slot === slots.length) slot = 0;
    }
  }

  /** Sets a value (1 to 2^32-2). True when the key was not there. */
  set(words: Uint32Array, at: number, value: number): boolean {
    const { slots, stride, width } = this;
    let slot = this.startOf(words, at);
    for (;;) {
      const there = slots[slot]!;
      if (there === EMPTY) break;
      if (this.isAt(slot, words, at)) {
        Atomics.store(slots, slot, value);
        if (there === GONE) this.live++;
        return there === GONE;
      }
      slot += stride;
      if (slot === slots.length) slot = 0;
    }
    if (this.taken + 1 > this.capacity * MAX_LOAD) {
      this.rebuild();
      return this.set(words, at, value);
    }
    for (let i = 0; i < width; i++) slots[slot + 1 + i] = words[at + i]!;
    Atomics.store(slots, slot, value);
    this.taken++;
    this.live++;
    return true;
  }

  /** True when the key was there. */
  delete(words: Uint32Array, at = 0): boolean {
    const { slots, stride } = this;
    let slot = this.startOf(words, at);
    for (;;) {
      const there = slots[slot]!;
      if (there === EMPTY) return false;
      if (this.isAt(slot, words, at)) {
        if (there === GONE) return false;
        Atomics.store(slots, slot, GONE);
        this.live--;
        return true;
      }
      slot += stride;
      if (slot === slots.length) slot = 0;
    }
  }

  /** Calls with the key array, the offset of a key in it, and its value; in slot order. */
  forEach(visit: (keys: Uint32Array, at: number, value: number) => void): void {
    this.visitSome(0, this.capacity, visit);
  }

  /** The same for `count` slots from the one numbered `from` on: where to go on, -1 behind the last. */
  visitSome(
    from: number,
    count: number,
    visit: (keys: Uint32Array, at: number, value: number) => void,
  ): number {
    const { slots, stride } = this;
    const end = Math.min(slots.length, (from + count) * stride);
    for (let slot = from * stride; slot < end; slot += stride) {
      const value = slots[slot]!;
      if (value !== EMPTY && value !== GONE) visit(slots, slot + 1, value);
    }
    return end === slots.length ? -1 : from + count;
  }

  /** A reader of a copy, which does not change. */
  frozen(): KeyTable {
    return KeyTable.attach(this.width, this.slots.slice());
  }

  private get capacity(): number {
    return this.slots.length / this.stride;
  }

  private rebuild(): void {
    const { slots, stride } = this;
    this.slots = sharedWords(capacityFor(this.live + SPARE_KEYS) * stride);
    this.scale = this.capacity / 0x1_0000_0000;
    this.live = 0;
    this.taken = 0;
    for (let slot = 0; slot < slots.length; slot += stride) {
      const value = slots[slot]!;
      if (value !== EMPTY && value !== GONE) this.set(slots, slot + 1, value);
    }
    this.moves++;
  }

  private startOf(words: Uint32Array, at: number): number {
    let hash = SEED;
    for (let i = 0; i < this.width; i++) hash = mix(hash, words[at + i]!);
    return ((finish(hash) * this.scale) >>> 0) * this.stride;
  }

  private isAt(slot: number, words: Uint32Array, at: number): boolean {
    const { slots, width } = this;
    for (let i = 0; i < width; i++) if (slots[slot + 1 + i] !== words[at + i]) return false;
    return true;
  }
}

const SEED = 0x9e37_79b9;

const capacityFor = (keys: number): number => Math.max(MIN_CAPACITY, Math.ceil(keys / BUILT_LOAD));

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0xcc9e_2d51);
  return mixed ^ (mixed >>> 15);
}

// The finaliser of MurmurHash3: every input bit changes every output bit with probability one half.
function finish(hash: number): number {
  let mixed = Math.imul(hash, 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
