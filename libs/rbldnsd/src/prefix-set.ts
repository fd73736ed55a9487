/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import { WordColumn } from './columns.js';
import { RangeWriter } from './range-writer.js';
import type { RangeTable } from './range-table.js';
import { EXCLUDED, NONE } from './value-table.js';

/** Prefixes, of which the longest around an address counts; of two equal ones the first. */
export class PrefixSet {
  private readonly keys = new WordColumn();
  private readonly lengths = new WordColumn();
  private readonly values = new WordColumn();
  /** Prefixes that came again and were ignored; known after toTable. */
  duplicates = 0;

  constructor(private readonly width: 1 | 4) {}

  get size(): number {
    return this.values.length;
  }

  /** The words are without host bits. */
  add(words: ArrayLike<number>, length: number, value: number): void {
    for (let i = 0; i < this.width; i++) this.keys.push(words[i]!);
    this.lengths.push(length);
    this.values.push(value);
  }

  toTable(): RangeTable {
    const { width } = this;
    const keys = this.keys.content;
    const lengths = this.lengths.content;
    const writer = new RangeWriter(width);
    // The prefixes around the place that the sweep has reached, the longest last.
    const around: number[] = [];
    const next = new Uint32Array(width);
    const handleNow = (): number => {
      const value = around.length === 0 ? NONE : this.values.at(around[around.length - 1]!);
      return value === EXCLUDED ? NONE : value;
    };
    const leave = (): void => {
      const ended = around.pop()!;
      if (setBehind(next, keys, ended * width, lengths[ended]!)) writer.begin(next, 0, handleNow());
    };
    let before = -1;
    for (const prefix of this.order()) {
      if (before >= 0 && lengths[before] === lengths[prefix] && this.isSameKey(before, prefix)) {
        this.duplicates++;
        continue;
      }
      before = prefix;
      while (around.length > 0 && !this.covers(around[around.length - 1]!, prefix)) leave();
      around.push(prefix);
      writer.begin(keys, prefix * width, handleNow());
    }
    while (around.length > 0) leave();
    return writer.toTable();
  }

  /** By address, then length, then place in the file. */
  private order(): Uint32Array {
    const { width } = this;
    const keys = this.keys.content;
    const lengths = this.lengths.content;
    const order = Uint32Array.from({ length: this.size }, (_, i) => i);
    const isOrdered = order.every((i) => i === 0 || compare(i - 1, i) <= 0);
    return isOrdered ? order : order.sort((a, b) => compare(a, b) || a - b);

    function compare(a: number, b: number): number {
      for (let i = 0; i < width; i++) {
        const difference = keys[a * width + i]! - keys[b * width + i]!;
        if (difference !== 0) return difference;
      }
      return lengths[a]! - lengths[b]!;
    }
  }

  private isSameKey(a: number, b: number): boolean {
    for (let i = 0; i < this.width; i++) {
      if (this.keys.at(a * this.width + i) !== this.keys.at(b * this.width + i)) return false;
    }
    return true;
  }

  private covers(outer: number, inner: number): boolean {
    const length = this.lengths.at(outer);
    for (let i = 0; i < this.width && i * 32 < length; i++) {
      const bits = Math.min(32, length - i * 32);
      const difference = this.keys.at(outer * this.width + i) ^ this.keys.at(inner * this.width + i);
      if (difference >>> (32 - bits) !== 0) return false;
    }
    return true;
  }
}

/** Sets `target` to the first address behind a prefix; false when that is behind the last address. */
function setBehind(target: Uint32Array, keys: Uint32Array, at: number, length: number): boolean {
  const width = target.length;
  for (let i = 0; i < width; i++) target[i] = keys[at + i]!;
  if (length === 0) return false;
  let carry = 2 ** ((32 - (length & 31)) & 31);
  for (let i = (length - 1) >> 5; i >= 0 && carry > 0; i--) {
    const sum = target[i]! + carry;
    target[i] = sum;
    carry = sum > 0xffff_ffff ? 1 : 0;
  }
  return carry === 0;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
