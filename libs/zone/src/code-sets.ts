/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import type { ReturnCode } from './return-code.js';

/**
 * The distinct sets of return codes of a zone. A handle is 1 + the place of a set in one array of words: its
 * length, then its codes. Sets are never removed: there are few (scores times combinations of categories).
 */
export class CodeSets {
  private words: Uint32Array;
  private used = 0;
  private readonly handles = new Map<string, number>();

  constructor(words: Uint32Array = new Uint32Array(0)) {
    this.words = words;
    this.used = words.length;
    for (let at = 0; at < words.length; at += 1 + words[at]!) {
      this.handles.set(this.codesOf(at + 1).join(), at + 1);
    }
  }

  get byteLength(): number {
    return this.words.byteLength;
  }

  /** The array as it goes into a snapshot. */
  get content(): Uint32Array {
    return this.words.subarray(0, this.used);
  }

  intern(codes: readonly ReturnCode[]): number {
    const key = codes.join();
    const there = this.handles.get(key);
    if (there !== undefined) return there;
    if (this.used + 1 + codes.length > this.words.length) {
      const grown = new Uint32Array((this.used + codes.length + 32) * 2);
      grown.set(this.content);
      this.words = grown;
    }
    const at = this.used;
    this.words[at] = codes.length;
    this.words.set(codes, at + 1);
    this.used += 1 + codes.length;
    this.handles.set(key, at + 1);
    return at + 1;
  }

  codesOf(handle: number): ReturnCode[] {
    return [...this.words.subarray(handle, handle + this.words[handle - 1]!)];
  }

  count(handle: number): number {
    return this.words[handle - 1]!;
  }

  codeAt(handle: number, i: number): ReturnCode {
    return this.words[handle + i]!;
  }
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
