import type { GenericTable } from './generic-set.js';
import type { NameTable } from './name-set.js';
import type { RangeTable } from './range-table.js';
import type { Variables } from './template.js';
import type { ValuesImage } from './value-table.js';

export type DatasetTable =
  | { readonly kind: 'ipv4' | 'ipv6'; readonly ranges: RangeTable }
  | { readonly kind: 'names'; readonly names: NameTable }
  | { readonly kind: 'generic'; readonly records: GenericTable };

/** One set of entries, with what its values need. */
export interface DatasetPart {
  /** The subzones that it is in, in wire form without root; the empty name is the zone itself. */
  readonly subzones: readonly Uint8Array[];
  readonly ttlSeconds: number;
  readonly variables: Variables;
  readonly values: ValuesImage;
  readonly table: DatasetTable;
}

/** `$SOA`; names in wire form without root. */
export interface DatasetSoa {
  readonly ttlSeconds: number;
  readonly mname: Uint8Array;
  readonly rname: Uint8Array;
  /** 0: the time of the newest file. */
  readonly serial: number;
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
  readonly minimumSeconds: number;
}

/** `$NS` */
export interface DatasetNs {
  readonly ttlSeconds: number;
  /** In wire form without root. */
  readonly hosts: readonly Uint8Array[];
}

/** The content of the files of one dataset: plain objects and arrays, which can be handed to another thread. */
export interface Dataset {
  readonly soa: DatasetSoa | undefined;
  readonly ns: DatasetNs | undefined;
  /** Seconds since 1970 after which it must not be used. */
  readonly expiresAtSeconds: number | undefined;
  /** Its parts are in subzones of their own; otherwise all are in the zone itself. */
  readonly isCombined: boolean;
  readonly parts: readonly DatasetPart[];
  /** Lines that were taken. */
  readonly entries: number;
}

type Arrays = Readonly<Record<string, Uint8Array | Uint32Array>>;

/**
 * The same dataset with its arrays in memory that all threads see: a message with it copies nothing but the records of
 * generic sets.
 */
export function shareDataset(dataset: Dataset): Dataset {
  const copies = new Map<Uint8Array | Uint32Array, Uint8Array | Uint32Array>();
  const shared = <T extends Uint8Array | Uint32Array>(array: T): T => {
    const there = copies.get(array);
    const copy = there ?? copyOf(array);
    copies.set(array, copy);
    // A copy is of the class of its original.
    return copy as T;
  };
  const parts = dataset.parts.map((part): DatasetPart => {
    const { values, table } = part;
    return {
      ...part,
      values: { bytes: shared(values.bytes), offsets: shared(values.offsets), lists: shared(values.lists) },
      table: shareTable(table, shared),
    };
  });
  return { ...dataset, parts };
}

function shareTable(
  table: DatasetTable,
  shared: <T extends Uint8Array | Uint32Array>(array: T) => T,
): DatasetTable {
  switch (table.kind) {
    case 'names': {
      const { slots, offsets, names, own, below, isAbove } = table.names;
      return {
        kind: 'names',
        names: {
          ...{ slots: shared(slots), offsets: shared(offsets), names: shared(names) },
          ...{ own: shared(own), below: shared(below), isAbove: shared(isAbove) },
        },
      };
    }
    case 'ipv4':
    case 'ipv6': {
      const { width, starts, handles } = table.ranges;
      return { kind: table.kind, ranges: { width, starts: shared(starts), handles: shared(handles) } };
    }
    case 'generic':
      return table;
  }
}

function copyOf(array: Uint8Array | Uint32Array): Uint8Array | Uint32Array {
  const buffer = new SharedArrayBuffer(array.byteLength);
  const copy = array instanceof Uint32Array ? new Uint32Array(buffer) : new Uint8Array(buffer);
  copy.set(array);
  return copy;
}

/** Octets held by the arrays of a dataset. */
export function byteLengthOf(dataset: Dataset): number {
  const arrays = new Set<Uint8Array | Uint32Array>();
  const add = (some: Arrays): void => {
    for (const array of Object.values(some)) arrays.add(array);
  };
  for (const { values, table } of dataset.parts) {
    add({ ...values });
    if (table.kind === 'names') add({ ...table.names });
    else if (table.kind !== 'generic') add({ starts: table.ranges.starts, handles: table.ranges.handles });
  }
  return [...arrays].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
