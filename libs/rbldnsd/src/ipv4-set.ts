/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// The ip4set of rbldnsd(8). A range counts as whole /8, /16 and /24 as far as it holds such, and single addresses at
// its ends. For an address the smallest of these four counts; where several entries list it that exactly, all of them
// do, unless one is an exclusion.
import { WordColumn } from './columns.js';
import type { RangeTable } from './range-table.js';
import { RangeWriter } from './range-writer.js';
import { EXCLUDED, MAX_VALUES, NONE, type ValueTable } from './value-table.js';

/** Addresses in a block of each layer. */
const BLOCK = [2 ** 24, 2 ** 16, 2 ** 8, 1] as const;
const BEHIND_ALL = 2 ** 32;

/** Ranges of one block size, first to last address. */
class Layer {
  readonly firsts = new WordColumn();
  readonly lasts = new WordColumn();
  readonly values = new WordColumn();

  add(first: number, last: number, value: number): void {
    this.firsts.push(first);
    this.lasts.push(last);
    this.values.push(value);
  }
}

export class Ipv4Set {
  private readonly layers = BLOCK.map(() => new Layer());
  private entries = 0;

  get size(): number {
    return this.entries;
  }

  add(first: number, last: number, value: number): void {
    this.entries++;
    let start = first;
    let end = last + 1;
    let layer = 3;
    for (; layer > 0; layer--) {
      const block = BLOCK[layer - 1]!;
      const innerStart = Math.ceil(start / block) * block;
      const innerEnd = Math.floor(end / block) * block;
      if (innerStart >= innerEnd) break;
      if (start < innerStart) this.layers[layer]!.add(start, innerStart - 1, value);
      if (innerEnd < end) this.layers[layer]!.add(innerEnd, end - 1, value);
      start = innerStart;
      end = innerEnd;
    }
    this.layers[layer]!.add(start, end - 1, value);
  }

  toTable(values: ValueTable): RangeTable {
    let table = flatten(this.layers[0]!, values);
    for (const layer of this.layers.slice(1)) {
      if (layer.firsts.length === 0) continue;
      const upper = flatten(layer, values);
      table = table.handles.length === 0 ? upper : overlay(table, upper);
    }
    return withoutExclusions(table);
  }
}

/** One layer as ranges; EXCLUDED is still a handle here. */
function flatten(layer: Layer, values: ValueTable): RangeTable {
  const writer = new RangeWriter(1);
  const firsts = layer.firsts.content;
  const lasts = layer.lasts.content;
  const starts = orderOf(firsts);
  const ends = orderOf(lasts);
  const active = new ActiveValues(values);
  const place = new Uint32Array(1);
  let started = 0;
  let ended = 0;
  while (ended < ends.length) {
    const start = started < starts.length ? firsts[starts[started]!]! : BEHIND_ALL;
    const behind = lasts[ends[ended]!]! + 1;
    const at = Math.min(start, behind);
    while (started < starts.length && firsts[starts[started]!] === at) {
      const run = starts[started++]!;
      active.add(run, layer.values.at(run));
    }
    while (ended < ends.length && lasts[ends[ended]!]! + 1 === at) active.remove(ends[ended++]!);
    if (at === BEHIND_ALL) break;
    place[0] = at;
    writer.begin(place, 0, active.handle());
  }
  return writer.toTable();
}

/** Places in ascending order of their words, equal ones as they came. */
function orderOf(words: Uint32Array): Uint32Array {
  const pairs = new BigUint64Array(words.length);
  const halves = new Uint32Array(pairs.buffer);
  // Sorted as 64-bit numbers: the word above, its place below.
  const above = IS_LITTLE_ENDIAN ? 1 : 0;
  for (let i = 0; i < words.length; i++) {
    halves[i * 2 + above] = words[i]!;
    halves[i * 2 + 1 - above] = i;
  }
  pairs.sort();
  const order = new Uint32Array(words.length);
  for (let i = 0; i < order.length; i++) order[i] = halves[i * 2 + 1 - above]!;
  return order;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The values of the ranges that the sweep is in. */
class ActiveValues {
  private readonly runs = new Map<number, number>();
  private exclusions = 0;

  constructor(private readonly values: ValueTable) {}

  add(run: number, value: number): void {
    this.runs.set(run, value);
    if (value === EXCLUDED) this.exclusions++;
  }

  remove(run: number): void {
    if (this.runs.get(run) === EXCLUDED) this.exclusions--;
    this.runs.delete(run);
  }

  handle(): number {
    if (this.exclusions > 0) return EXCLUDED;
    if (this.runs.size === 0) return NONE;
    const distinct = new Set<number>();
    for (const value of this.runs.values()) {
      distinct.add(value);
      if (distinct.size === MAX_VALUES) break;
    }
    return this.values.listOf([...distinct]);
  }
}

/** What `upper` says where it says something, else what `lower` says. */
function overlay(lower: RangeTable, upper: RangeTable): RangeTable {
  const writer = new RangeWriter(1);
  const place = new Uint32Array(1);
  let below = NONE;
  let above = NONE;
  for (let i = 0, j = 0; i < lower.handles.length || j < upper.handles.length;) {
    const nextLower = lower.starts[i] ?? BEHIND_ALL;
    const nextUpper = upper.starts[j] ?? BEHIND_ALL;
    const at = Math.min(nextLower, nextUpper);
    if (nextLower === at) below = lower.handles[i++]!;
    if (nextUpper === at) above = upper.handles[j++]!;
    place[0] = at;
    writer.begin(place, 0, above === NONE ? below : above);
  }
  return writer.toTable();
}

function withoutExclusions(table: RangeTable): RangeTable {
  if (!table.handles.includes(EXCLUDED)) return table;
  const writer = new RangeWriter(1);
  table.handles.forEach((handle, i) => {
    writer.begin(table.starts, i, handle === EXCLUDED ? NONE : handle);
  });
  return writer.toTable();
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
