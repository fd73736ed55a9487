/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
const EMPTY = 0;
const GONE = 0xffff_ffff;
// Entries per slot when built: 8 bytes a slot make 11.8 bytes an IPv4 entry; a miss then costs some five probes.
const BUILT_LOAD = 0.68;
// Above this a miss takes over nine probes (Knuth, linear probing): time to build anew.
const MAX_LOAD = 0.76;
const MIN_CAPACITY = 8;

/**
 * Fixed-width keys (1, 4 or 8 words of 32 bits) to a value of 1 to 2^32-2, in two typed arrays: open addressing
 * with linear probing. Changes are made in place; a key is written before the value that makes it visible.
 * The slot is the hash scaled to the capacity, which keeps any capacity possible and the hash order, so a table
 * written out slot by slot is read back in memory order.
 */
export class KeyTable {
  private keys: Uint32Array;
  private values: Uint32Array;
  private scale: number;
  private live = 0;
  private taken = 0;

  constructor(
    private readonly width: number,
    expected = 0,
  ) {
    const capacity = Math.max(MIN_CAPACITY, Math.ceil(expected / BUILT_LOAD));
    this.keys = new Uint32Array(capacity * width);
    this.values = new Uint32Array(capacity);
    this.scale = capacity / 0x1_0000_0000;
  }

  get size(): number {
    return this.live;
  }

  get byteLength(): number {
    return this.keys.byteLength + this.values.byteLength;
  }

  /** Whether so few slots are empty that searches get long; true would be a fault of this class. */
  get isCrowded(): boolean {
    let empty = 0;
    for (const value of this.values) if (value === EMPTY) empty++;
    return empty < this.values.length * (1 - MAX_LOAD) - 1;
  }

  /** The value of a one-word key, 0 when absent. Only for width 1. */
  getWord(key: number): number {
    const { keys, values } = this;
    let slot = (finish(mix(SEED, key)) * this.scale) >>> 0;
    for (;;) {
      const value = values[slot]!;
      if (value === EMPTY) return 0;
      if (keys[slot] === key && value !== GONE) return value;
      if (++slot === values.length) slot = 0;
    }
  }

  /** The value of the key at words[at…], 0 when absent. */
  get(words: Uint32Array, at = 0): number {
    const slot = this.slotOf(words, at);
    return slot < 0 ? 0 : this.values[slot]!;
  }

  /** Sets a value (1 to 2^32-2). True when the key was not there. */
  set(words: Uint32Array, at: number, value: number): boolean {
    const { values, width } = this;
    let slot = this.startOf(words, at);
    let free = -1;
    for (;;) {
      const there = values[slot]!;
      if (there === EMPTY) break;
      if (there === GONE) {
        if (free < 0) free = slot;
      } else if (this.isAt(slot, words, at)) {
        values[slot] = value;
        return false;
      }
      if (++slot === values.length) slot = 0;
    }
    if (free < 0) {
      if (this.taken + 1 > values.length * MAX_LOAD) {
        this.rebuild();
        return this.set(words, at, value);
      }
      free = slot;
      this.taken++;
    }
    for (let i = 0; i < width; i++) this.keys[free * width + i] = words[at + i]!;
    values[free] = value;
    this.live++;
    return true;
  }

  /** True when the key was there. */
  delete(words: Uint32Array, at = 0): boolean {
    const { values } = this;
    const slot = this.slotOf(words, at);
    if (slot < 0) return false;
    this.live--;
    values[slot] = GONE;
    // Nothing probes past an end of a run: the marks there can become empty again.
    const { length } = values;
    if (values[(slot + 1) % length] === EMPTY) {
      for (let i = slot; values[i] === GONE; i = (i + length - 1) % length) {
        values[i] = EMPTY;
        this.taken--;
      }
    }
    return true;
  }

  /** Calls with the key array, the offset of a key in it, and its value; in slot order. */
  forEach(visit: (keys: Uint32Array, at: number, value: number) => void): void {
    for (let slot = 0; slot < this.values.length; slot++) {
      const value = this.values[slot]!;
      if (value !== EMPTY && value !== GONE) visit(this.keys, slot * this.width, value);
    }
  }

  private rebuild(): void {
    const { keys, values, width } = this;
    const capacity = Math.max(MIN_CAPACITY, Math.ceil((this.live + 1) / BUILT_LOAD));
    this.keys = new Uint32Array(capacity * width);
    this.values = new Uint32Array(capacity);
    this.scale = capacity / 0x1_0000_0000;
    this.live = 0;
    this.taken = 0;
    for (let slot = 0; slot < values.length; slot++) {
      const value = values[slot]!;
      if (value !== EMPTY && value !== GONE) this.set(keys, slot * width, value);
    }
  }

  private slotOf(words: Uint32Array, at: number): number {
    const { values } = this;
    let slot = this.startOf(words, at);
    for (;;) {
      const value = values[slot]!;
      if (value === EMPTY) return -1;
      if (value !== GONE && this.isAt(slot, words, at)) return slot;
      if (++slot === values.length) slot = 0;
    }
  }

  private startOf(words: Uint32Array, at: number): number {
    let hash = SEED;
    for (let i = 0; i < this.width; i++) hash = mix(hash, words[at + i]!);
    return (finish(hash) * this.scale) >>> 0;
  }

  private isAt(slot: number, words: Uint32Array, at: number): boolean {
    const { keys, width } = this;
    for (let i = 0; i < width; i++) if (keys[slot * width + i] !== words[at + i]) return false;
    return true;
  }
}

const SEED = 0x9e37_79b9;

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
