/** Words that grow; what a builder collects before it knows how much there will be. */
export class WordColumn {
  private words: Uint32Array;
  private used = 0;

  constructor(expected = 1024) {
    this.words = new Uint32Array(expected);
  }

  get length(): number {
    return this.used;
  }

  push(word: number): void {
    if (this.used === this.words.length) {
      const grown = new Uint32Array(this.used * 2);
      grown.set(this.words);
      this.words = grown;
    }
    this.words[this.used++] = word;
  }

  /** undefined behind the end. */
  at(i: number): number {
    return this.words[i] ?? 0;
  }

  replace(i: number, word: number): void {
    this.words[i] = word;
  }

  /** Forgets everything from place `length` on. */
  truncate(length: number): void {
    this.used = length;
  }

  /** What was collected; valid until the next push. */
  get content(): Uint32Array {
    return this.words.subarray(0, this.used);
  }

  /** A copy without room to grow, which can be handed to another thread. */
  toArray(): Uint32Array {
    return this.words.slice(0, this.used);
  }
}

/** Octets that grow. */
export class ByteColumn {
  bytes = new Uint8Array(1024);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** Makes room for so many more; resolves to where they begin. */
  reserve(count: number): number {
    const at = this.used;
    this.used += count;
    if (this.used > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.used, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, at));
      this.bytes = grown;
    }
    return at;
  }

  toArray(): Uint8Array {
    return this.bytes.slice(0, this.used);
  }
}
