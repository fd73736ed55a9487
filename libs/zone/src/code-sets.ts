/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import type { ReturnCode } from './return-code.js';
import { sharedWords } from './shared-words.js';

// Sets are few: room for some hundred more without moving.
const SPARE_WORDS = 1024;

/**
 * The distinct sets of return codes of a zone. A handle is 1 + the place of a set in one shared array of words: its
 * length, then its codes. Sets are never removed: there are few (scores times combinations of categories). A set is
 * written before its handle is used anywhere, so whoever reads a handle from a table can read its set, unless the
 * array has moved since (`layout`): then `has` is false.
 */
export class CodeSets {
  private used: number;
  private moves = 0;
  private readonly handles = new Map<string, number>();

  private constructor(
    private words: Uint32Array,
    used: number,
  ) {
    this.used = used;
  }

  /** Sets as `content` gives them. */
  static create(content: Uint32Array = new Uint32Array(0)): CodeSets {
    const words = sharedWords(content.length + SPARE_WORDS);
    words.set(content);
    const sets = new CodeSets(words, content.length);
    for (let at = 0; at < content.length; at += 1 + content[at]!) {
      sets.handles.set(sets.codesOf(at + 1).join(), at + 1);
    }
    return sets;
  }

  /** A reader of another thread's sets: only has, count, codesOf and codeAt. */
  static attach(words: Uint32Array): CodeSets {
    return new CodeSets(words, words.length);
  }

  /** The array for `attach`. */
  get shared(): Uint32Array {
    return this.words;
  }

  /** Grows when `shared` becomes another array. */
  get layout(): number {
    return this.moves;
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
      const grown = sharedWords((this.used + codes.length) * 2 + SPARE_WORDS);
      grown.set(this.content);
      this.words = grown;
      this.moves++;
    }
    const at = this.used;
    this.words[at] = codes.length;
    this.words.set(codes, at + 1);
    this.used += 1 + codes.length;
    this.handles.set(key, at + 1);
    return at + 1;
  }

  /** Whether the set of a handle that came from a table is in this array. */
  has(handle: number): boolean {
    const { words } = this;
    return handle <= words.length && words[handle - 1] !== 0;
  }

  codesOf(handle: number): ReturnCode[] {
    // Of their length from the start: an array that grows takes room for seventeen.
    const codes = new Array<ReturnCode>(this.words[handle - 1]!);
    for (let i = 0; i < codes.length; i++) codes[i] = this.words[handle + i]!;
    return codes;
  }

  count(handle: number): number {
    return this.words[handle - 1]!;
  }

  codeAt(handle: number, i: number): ReturnCode {
    return this.words[handle + i]!;
  }
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
