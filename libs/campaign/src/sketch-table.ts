// Sketches in one typed array, compared four bytes at a time.
import { INDEXED_VALUES, PAIR_VALUES, RUN_VALUES, SKETCH_BYTES } from './sketch.js';

const WORDS = SKETCH_BYTES / 4;
const INDEXED_WORDS = INDEXED_VALUES / 4;
const PAIR_END = INDEXED_WORDS + PAIR_VALUES / 16;
/** Two unrelated values agree by chance: a byte, or two bits, of each minimum are kept. */
const BYTE_CHANCE = 1 / 256;
const TWO_BIT_CHANCE = 1 / 4;
/** By the variances of the two estimates at a similarity of 0.4, 0.0010 and 0.00057. */
const BYTE_WEIGHT = 0.36;
const STRANGERS = 0.15;

export class SketchTable {
  /** Estimated similarity of the two sketches compared last, corrected for chance: pairs of words, and runs of four. */
  pairs = 0;
  runs = 0;
  readonly sketches: Uint8Array;
  private readonly words: Uint32Array;

  constructor(capacity: number) {
    this.words = new Uint32Array(capacity * WORDS);
    this.sketches = new Uint8Array(this.words.buffer);
  }

  get bytes(): number {
    return this.words.byteLength;
  }

  set(slot: number, sketch: Uint8Array): void {
    this.sketches.set(sketch, slot * SKETCH_BYTES);
  }

  move(from: number, to: number): void {
    this.words.copyWithin(to * WORDS, from * WORDS, (from + 1) * WORDS);
  }

  of(slot: number): Uint8Array {
    return this.sketches.subarray(slot * SKETCH_BYTES, (slot + 1) * SKETCH_BYTES);
  }

  /** Sets `pairs` and `runs`. Equal values are counted in four lanes of a 32-bit word. */
  compare(a: number, b: number): void {
    this.pairs = this.pairsOf(a, b);
    const equal = this.equalTwoBits(a * WORDS, b * WORDS, PAIR_END, WORDS);
    this.runs = Math.max(0, withoutChance(equal / RUN_VALUES, TWO_BIT_CHANCE));
  }

  /** What `compare` says of pairs of words, for two thirds of the work. */
  pairsOf(a: number, b: number): number {
    const [fromA, fromB] = [a * WORDS, b * WORDS];
    const indexed = this.indexed(fromA, fromB);
    const fine = withoutChance(
      this.equalTwoBits(fromA, fromB, INDEXED_WORDS, PAIR_END) / PAIR_VALUES,
      TWO_BIT_CHANCE,
    );
    return Math.max(0, BYTE_WEIGHT * indexed + (1 - BYTE_WEIGHT) * fine);
  }

  /** Whether the bytes alone, 38 % of a sketch, show that two are strangers: below 0.15, six standard errors under any limit. */
  isFar(a: number, b: number): boolean {
    return this.indexed(a * WORDS, b * WORDS) < STRANGERS;
  }

  private indexed(fromA: number, fromB: number): number {
    const words = this.words;
    let lanes = 0;
    for (let i = 0; i < INDEXED_WORDS; i++) {
      const differing = (words[fromA + i] ?? 0) ^ (words[fromB + i] ?? 0);
      const some = ((differing & 0x7f7f7f7f) + 0x7f7f7f7f) | differing;
      lanes += (~some >>> 7) & 0x01010101;
    }
    return withoutChance(sumOfLanes(lanes) / INDEXED_VALUES, BYTE_CHANCE);
  }

  /** At most 63 words, 4 in each lane of each. */
  private equalTwoBits(fromA: number, fromB: number, from: number, to: number): number {
    let lanes = 0;
    for (let i = from; i < to; i++) {
      const differing = (this.words[fromA + i] ?? 0) ^ (this.words[fromB + i] ?? 0);
      let equal = ~(differing | (differing >>> 1)) & 0x55555555;
      equal = (equal & 0x33333333) + ((equal >>> 2) & 0x33333333);
      lanes += (equal & 0x0f0f0f0f) + ((equal >>> 4) & 0x0f0f0f0f);
    }
    return sumOfLanes(lanes);
  }
}

const withoutChance = (share: number, chance: number) => (share - chance) / (1 - chance);

const sumOfLanes = (lanes: number) =>
  (lanes & 255) + ((lanes >>> 8) & 255) + ((lanes >>> 16) & 255) + (lanes >>> 24);

/** Estimated Jaccard similarity of the two sets of pairs of words, 0 to 1, corrected for agreement by chance. */
export function similarity(a: Uint8Array, b: Uint8Array): number {
  const table = new SketchTable(2);
  table.set(0, a);
  table.set(1, b);
  table.compare(0, 1);
  return table.pairs;
}
