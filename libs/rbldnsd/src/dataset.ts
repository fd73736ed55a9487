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

/** The buffers of a dataset, each once, for handing them over without a copy. */
export function buffersOf(dataset: Dataset): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const add = (...arrays: readonly (Uint8Array | Uint32Array)[]): void => {
    for (const { buffer } of arrays) if (buffer instanceof ArrayBuffer) buffers.add(buffer);
  };
  for (const { values, table } of dataset.parts) {
    add(values.bytes, values.offsets, values.lists);
    if (table.kind === 'names') {
      const { slots, offsets, names, own, below, isAbove } = table.names;
      add(slots, offsets, names, own, below, isAbove);
    } else if (table.kind !== 'generic') add(table.ranges.starts, table.ranges.handles);
  }
  return [...buffers];
}

/** Octets held by the arrays of a dataset. */
export const byteLengthOf = (dataset: Dataset): number =>
  buffersOf(dataset).reduce((sum, { byteLength }) => sum + byteLength, 0);
