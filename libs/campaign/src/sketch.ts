// MinHash (Broder 1997) with b-bit values (Li and Koenig 2010) over word shingles hashed under the federation's key: one
// part over pairs of words, one over runs of four. Single words changed here and there break runs sooner than pairs; a
// paragraph that is another breaks both alike. The link rule tells the two apart by that.
import siphash from 'siphash';

/** Values over pairs of words that keep a byte of the minimum: what the index looks for. */
export const INDEXED_VALUES = 240;
/** More values over pairs of words, two bits each. With the bytes the standard error of a similarity of 0.3 is 0.019. */
export const PAIR_VALUES = 768;
/** Values over runs of four words, two bits each: standard error at 0.2 is 0.023. */
export const RUN_VALUES = 832;
/** Bytes of a whole sketch. */
export const SKETCH_BYTES = INDEXED_VALUES + PAIR_VALUES / 4 + RUN_VALUES / 4;

// Multipliers of the hash functions: odd, from the sequence of Weyl with the golden ratio (Knuth, TAOCP 3, 6.4).
const FIRST = Uint32Array.from(
  { length: INDEXED_VALUES + PAIR_VALUES },
  (_, i) => Math.imul(2 * i + 1, 0x9e3779b1) | 1,
);
const SECOND = Uint32Array.from(
  { length: INDEXED_VALUES + PAIR_VALUES },
  (_, i) => Math.imul(2 * i + 1, 0x85ebca77) | 1,
);

/** The sketch, SKETCH_BYTES long, all zero for no words. `key`: SipHash, four 32-bit words. `distinct` counts the different pairs. */
export function sketchOf(
  words: readonly string[],
  key: Uint32Array,
): { values: Uint8Array; distinct: number } {
  const pairs = hashedPairs(words, key);
  const values = new Uint8Array(SKETCH_BYTES);
  const distinct = new Set<number>();
  const ofPairs = new Uint32Array(INDEXED_VALUES + PAIR_VALUES).fill(0xffffffff);
  const ofRuns = new Uint32Array(RUN_VALUES).fill(0xffffffff);
  for (let at = 0; at < pairs.length; at += 2) {
    const [h, l] = [pairs[at] ?? 0, pairs[at + 1] ?? 0];
    const before = distinct.size;
    // 53 bits of the hash stand for the pair itself.
    distinct.add(h * 2_097_152 + (l >>> 11));
    if (distinct.size > before) lower(ofPairs, h, l);
    // Two pairs that follow each other are a run of four; keyed as they are.
    const then = Math.min(at + 4, pairs.length - 2);
    lower(
      ofRuns,
      Math.imul(h, 0x9e3779b1) ^ (pairs[then] ?? 0),
      Math.imul(l, 0x85ebca77) ^ (pairs[then + 1] ?? 0),
    );
  }
  if (pairs.length === 0) return { values, distinct: 0 };
  // The lowest bits: the high ones of a minimum are nearly always zero.
  for (let i = 0; i < INDEXED_VALUES; i++) values[i] = (ofPairs[i] ?? 0) & 255;
  for (let i = 0; i < PAIR_VALUES; i++)
    putTwoBits(values, INDEXED_VALUES, i, ofPairs[INDEXED_VALUES + i] ?? 0);
  for (let i = 0; i < RUN_VALUES; i++)
    putTwoBits(values, INDEXED_VALUES + PAIR_VALUES / 4, i, ofRuns[i] ?? 0);
  return { values, distinct: distinct.size };
}

/** Two 32-bit words for each pair of words in their order; one word alone is its own pair. */
function hashedPairs(words: readonly string[], key: Uint32Array): Uint32Array {
  const length = words.length === 1 ? 1 : Math.max(0, words.length - 1);
  const hashes = new Uint32Array(2 * length);
  const known = new Map<string, number>();
  for (let i = 0; i < length; i++) {
    const pair = `${words[i] ?? ''} ${words[i + 1] ?? ''}`;
    const same = known.get(pair);
    if (same !== undefined) {
      hashes.copyWithin(2 * i, 2 * same, 2 * same + 2);
      continue;
    }
    known.set(pair, i);
    const { h, l } = siphash.hash(key, pair);
    hashes[2 * i] = h;
    hashes[2 * i + 1] = l;
  }
  return hashes;
}

function lower(minima: Uint32Array, h: number, l: number): void {
  for (let i = 0; i < minima.length; i++) {
    let value = Math.imul(h ^ (FIRST[i] ?? 0), 0x85ebca6b) ^ Math.imul(l, SECOND[i] ?? 0);
    value = Math.imul(value ^ (value >>> 15), 0xc2b2ae35);
    value = (value ^ (value >>> 13)) >>> 0;
    if (value < (minima[i] ?? 0)) minima[i] = value;
  }
}

function putTwoBits(values: Uint8Array, from: number, i: number, minimum: number): void {
  const at = from + (i >> 2);
  values[at] = (values[at] ?? 0) | ((minimum & 3) << (2 * (i & 3)));
}
