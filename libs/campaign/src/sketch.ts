// MinHash (Broder 1997) with b-bit values (Li and Koenig 2010) over word shingles hashed under the federation's key.
import siphash from 'siphash';

/** Values of a sketch. The standard error of a similarity of 0.5 is sqrt(0.25 / 256) = 0.031. */
export const SKETCH_VALUES = 256;
/** Words in a shingle: chosen on one half of the corpus, see docs/campaigns.md. */
export const SHINGLE_WORDS = 2;
/** Two unrelated sketches agree in this share of the values: one byte of each minimum is kept. */
const CHANCE = 1 / 256;

// Multipliers of the 256 hash functions: odd, from the sequence of Weyl with the golden ratio (Knuth, TAOCP 3, 6.4).
const FIRST = Uint32Array.from({ length: SKETCH_VALUES }, (_, i) => Math.imul(2 * i + 1, 0x9e3779b1) | 1);
const SECOND = Uint32Array.from({ length: SKETCH_VALUES }, (_, i) => Math.imul(2 * i + 1, 0x85ebca77) | 1);

function* shingles(words: readonly string[], size: number): Generator<string> {
  if (words.length < size) {
    if (words.length > 0) yield words.join(' ');
    return;
  }
  for (let i = 0; i + size <= words.length; i++) yield words.slice(i, i + size).join(' ');
}

/** One byte for each of the SKETCH_VALUES minima; all zero for no words. `key`: SipHash, four 32-bit words. `distinct` counts the different shingles. */
export function sketchOf(
  words: readonly string[],
  key: Uint32Array,
  size = SHINGLE_WORDS,
): { values: Uint8Array; distinct: number } {
  const minima = new Uint32Array(SKETCH_VALUES).fill(0xffffffff);
  const seen = new Set(shingles(words, size));
  for (const shingle of seen) {
    const { h, l } = siphash.hash(key, shingle);
    for (let i = 0; i < SKETCH_VALUES; i++) {
      let value = Math.imul(h ^ (FIRST[i] ?? 0), 0x85ebca6b) ^ Math.imul(l, SECOND[i] ?? 0);
      value = Math.imul(value ^ (value >>> 15), 0xc2b2ae35);
      value = (value ^ (value >>> 13)) >>> 0;
      if (value < (minima[i] ?? 0)) minima[i] = value;
    }
  }
  const values = new Uint8Array(SKETCH_VALUES);
  // The lowest byte: the high ones of a minimum are nearly always zero.
  if (seen.size > 0) for (let i = 0; i < SKETCH_VALUES; i++) values[i] = (minima[i] ?? 0) & 255;
  return { values, distinct: seen.size };
}

/** Estimated Jaccard similarity of the two sets of shingles, 0 to 1, corrected for agreement by chance. */
export function similarity(a: Uint8Array, b: Uint8Array): number {
  let equal = 0;
  for (let i = 0; i < SKETCH_VALUES; i++) if (a[i] === b[i]) equal++;
  return Math.max(0, (equal / SKETCH_VALUES - CHANCE) / (1 - CHANCE));
}
