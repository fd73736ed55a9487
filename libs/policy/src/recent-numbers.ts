// Keys by the hundred thousand that all are new, as connections and messages are: as texts in a Map they would survive collection
// after collection, which stops the process for tens of milliseconds. Here they are hashes in typed arrays.

/** Of a half's places this share is in use at most. */
const LOAD = 0.5;
const WORDS = 3;

/** Open addressing (Knuth 6.4, linear probing) without removal: two words of hash and the number; 0: free. */
class Half {
  private readonly words: Uint32Array;
  private readonly mask: number;
  private used = 0;

  constructor(private readonly most: number) {
    const places = 2 ** Math.ceil(Math.log2(most / LOAD));
    this.words = new Uint32Array(WORDS * places);
    this.mask = places - 1;
  }

  get isFull(): boolean {
    return this.used >= this.most;
  }

  get(one: number, other: number): number {
    return this.words[this.placeOf(one, other) + 2] ?? 0;
  }

  put(one: number, other: number, value: number): void {
    const at = this.placeOf(one, other);
    if (this.words[at + 2] === 0) this.used++;
    this.words[at] = one;
    this.words[at + 1] = other;
    this.words[at + 2] = value;
  }

  clear(): void {
    this.words.fill(0);
    this.used = 0;
  }

  /** Where it is, or would be. */
  private placeOf(one: number, other: number): number {
    const { words, mask } = this;
    for (let place = one & mask; ; place = (place + 1) & mask) {
      const at = place * WORDS;
      if (words[at + 2] === 0 || (words[at] === one && words[at + 1] === other)) return at;
    }
  }
}

/**
 * What was noted of the keys that were put last: of the last `most / 2` at least, of `most` at most. Keys are known by 64 bits of
 * hash: one in 10^14 new ones is taken for one of 100,000 that are remembered.
 */
export class RecentNumbers {
  private young: Half;
  private old: Half;
  /** Of the key that was hashed last. */
  private one = 0;
  private other = 0;

  /** @param seed 0 to 2^32 - 1, which nobody outside knows: else keys could be chosen that are slow to find */
  constructor(
    most: number,
    private readonly seed: number,
  ) {
    const half = Math.max(1, Math.ceil(most / 2));
    this.young = new Half(half);
    this.old = new Half(half);
  }

  /**
   * 0: not known.
   * @param of what the key is of, where it means something there alone: saves putting both into one text
   */
  get(key: string, of = ''): number {
    this.hash(key, of);
    const { one, other } = this;
    return this.young.get(one, other) || this.old.get(one, other);
  }

  /** @param value 1 to 2^32 - 1 */
  put(key: string, value: number, of = ''): void {
    this.hash(key, of);
    this.putAsked(value);
  }

  /** Puts the key that `get` was asked for last. @param value 1 to 2^32 - 1 */
  putAsked(value: number): void {
    const { one, other } = this;
    if (this.young.isFull && this.young.get(one, other) === 0) {
      [this.old, this.young] = [this.young, this.old];
      this.young.clear();
    }
    this.young.put(one, other, value);
  }

  /** Two multiplicative hashes of the code units, each mixed into the other at the end (as MurmurHash3 does, Appleby 2011). */
  private hash(key: string, of: string): void {
    this.one = 0x9e37_79b9 ^ this.seed;
    // Where the one text ends and the other begins makes a difference.
    this.other = 0x85eb_ca6b ^ this.seed ^ of.length;
    this.mix(of);
    this.mix(key);
    let { one, other } = this;
    one = Math.imul(one ^ (one >>> 16), 0x85eb_ca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2_ae35);
    other = Math.imul(other ^ (other >>> 16), 0x85eb_ca6b) ^ Math.imul(one ^ (one >>> 13), 0xc2b2_ae35);
    this.one = (one ^ (one >>> 16)) >>> 0;
    this.other = (other ^ (other >>> 16)) >>> 0;
  }

  private mix(text: string): void {
    let { one, other } = this;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      one = Math.imul(one ^ unit, 0x9e37_79b1);
      other = Math.imul(other ^ unit, 0x5f35_6495);
      one ^= one >>> 15;
    }
    this.one = one;
    this.other = other;
  }
}
