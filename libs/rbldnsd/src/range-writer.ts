/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import { WordColumn } from './columns.js';
import type { RangeTable } from './range-table.js';
import { NONE } from './value-table.js';

/** Writes a RangeTable from its beginnings, which come in ascending order; of several at one place the last counts. */
export class RangeWriter {
  private readonly starts = new WordColumn();
  private readonly handles = new WordColumn();

  constructor(private readonly width: 1 | 4) {}

  /** From the address in words[at…] on, this handle. */
  begin(words: Uint32Array, at: number, handle: number): void {
    const { starts, handles, width } = this;
    let count = handles.length;
    if (count > 0 && this.isLast(words, at)) {
      handles.truncate(--count);
      starts.truncate(count * width);
    }
    if ((count > 0 ? handles.at(count - 1) : NONE) === handle) return;
    for (let i = 0; i < width; i++) starts.push(words[at + i]!);
    handles.push(handle);
  }

  private isLast(words: Uint32Array, at: number): boolean {
    const last = this.starts.length - this.width;
    for (let i = 0; i < this.width; i++) if (this.starts.at(last + i) !== words[at + i]) return false;
    return true;
  }

  toTable(): RangeTable {
    return { width: this.width, starts: this.starts.toArray(), handles: this.handles.toArray() };
  }
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
