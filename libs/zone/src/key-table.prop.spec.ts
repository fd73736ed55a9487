import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyTable } from './key-table.js';

/** A table and a Map side by side. */
class Pair {
  readonly model = new Map<string, number>();
  private readonly table: KeyTable;

  constructor(private readonly width: number) {
    this.table = KeyTable.create(width);
  }

  step(key: number, value: number): void {
    const words = this.words(key);
    if (value === 0) expect(this.table.delete(words)).toBe(this.model.delete(words.join()));
    else {
      expect(this.table.set(words, 0, value)).toBe(!this.model.has(words.join()));
      this.model.set(words.join(), value);
    }
    expect(this.table.get(words)).toBe(value);
    if (this.width === 1) expect(this.table.getWord(words[0] ?? 0)).toBe(value);
  }

  check(): void {
    const content = new Map<string, number>();
    this.table.forEach((keys, at, value) => content.set(keys.slice(at, at + this.width).join(), value));
    expect(content).toEqual(this.model);
    expect(this.table.size).toBe(this.model.size);
  }

  private words(key: number): Uint32Array {
    return new Uint32Array(this.width).fill(0).fill(key, this.width - 1);
  }
}

describe('a key table', () => {
  it.each([1, 4, 8])(
    'is a map of keys of %i words, whatever is set and deleted in whatever order',
    (width) => {
      const steps = fc.array(fc.tuple(fc.nat(40), fc.nat(3)), { maxLength: 400 });
      fc.assert(
        fc.property(steps, (list) => {
          const pair = new Pair(width);
          for (const [key, value] of list) pair.step(key, value);
          pair.check();
        }),
        { numRuns: 60 },
      );
    },
  );

  it('keeps room to end a search, however often keys come and go', () => {
    const table = KeyTable.create(1);
    const word = new Uint32Array(1);
    for (let i = 0; i < 20_000; i++) {
      word[0] = i;
      table.set(word, 0, 1);
      if (i >= 5) {
        word[0] = i - 5;
        table.delete(word);
      }
      // Asked before a table that filled up could make the search endless.
      expect(table.isCrowded).toBe(false);
    }
    expect(table.size).toBe(5);
    expect(table.byteLength).toBeLessThan(4_000);
  });
});
