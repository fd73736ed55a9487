/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import { NONE } from './value-table.js';

/**
 * The whole address space cut into ranges, each with one handle (NONE: nothing listed there). Neighbours differ.
 * Plain arrays, so they can be handed to another thread.
 */
export interface RangeTable {
  /** Words of an address: 1 for IPv4, 4 for IPv6. */
  readonly width: 1 | 4;
  /** Where each range begins, ascending; what lies before the first is NONE. */
  readonly starts: Uint32Array;
  readonly handles: Uint32Array;
}

/** The last range that begins at or before an address; -1 when there is none. */
function rangeAt({ width, starts, handles }: RangeTable, words: Uint32Array): number {
  let low = 0;
  let high = handles.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (compareAt(starts, middle * width, words, width) <= 0) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}

function compareAt(keys: Uint32Array, at: number, words: Uint32Array, width: number): number {
  for (let i = 0; i < width; i++) {
    const difference = keys[at + i]! - words[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The handle of an address. */
export function findInRanges(table: RangeTable, words: Uint32Array): number {
  const range = rangeAt(table, words);
  return range < 0 ? NONE : table.handles[range]!;
}

/** Whether anything between two addresses, both included, is listed. */
export function hasListed(table: RangeTable, first: Uint32Array, last: Uint32Array): boolean {
  const range = rangeAt(table, first);
  if (range >= 0 && table.handles[range] !== NONE) return true;
  // Two neighbours differ, so the next range is a listed one.
  const next = range + 1;
  return next < table.handles.length && compareAt(table.starts, next * table.width, last, table.width) <= 0;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
