// What the main thread and a hot worker say to each other: a few shared numbers, and messages.
import { ZONE_NAMES, type SharedZone } from '@sekisho/zone';
import type { SharedMembers } from '../access/shared-members.js';
import type { Dataset } from '@sekisho/rbldnsd';
import type { HotNames } from './hot-answer.js';
import type { HotRules } from './hot-guard.js';

/** Places in `control`, 32-bit integers for Atomics. */
export const CONTROL = { stop: 0, publications: 1, waiting: 2, LENGTH: 3 } as const;

/** Packets that wait for the main thread, for each worker; more are dropped, as the kernel would. */
export const MAX_WAITING = 2048;

const ANSWERS = 2 * ZONE_NAMES.length;
/** Places in `counts`, doubles that one worker writes: answers by zone and rcode first. */
export const COUNT = {
  answers: 0,
  received: ANSWERS,
  batches: ANSWERS + 1,
  handedOver: ANSWERS + 2,
  dropped: ANSWERS + 3,
  overflowed: ANSWERS + 4,
  unsent: ANSWERS + 5,
  /** Over the rate: not answered, and answered cut. */
  limited: ANSWERS + 6,
  slipped: ANSWERS + 7,
  LENGTH: ANSWERS + 8,
} as const;

export interface HotWorkerSetup {
  readonly fd: number;
  readonly control: Int32Array;
  readonly counts: Float64Array;
  readonly content: HotContent;
  readonly rules: HotRules;
  readonly members: SharedMembers | undefined;
}

/** What a worker answers from. */
export type HotContent =
  | { readonly kind: 'zones'; readonly names: HotNames; readonly zones: readonly SharedZone[] }
  | { readonly kind: 'loaded'; readonly zones: readonly PublishedZone[] };

/** A zone made of data files; the arrays of its datasets are in shared memory. */
export interface PublishedZone {
  /** Wire form, lower case, with root. */
  readonly wire: Uint8Array;
  readonly datasets: readonly Dataset[];
  readonly modifiedAtSeconds: number;
}

/** What the main thread says to a worker: what to read from now on. */
export type Publication =
  | { readonly kind: 'zone'; readonly zone: SharedZone }
  | { readonly kind: 'loaded'; readonly zones: readonly PublishedZone[] }
  | { readonly kind: 'members'; readonly members: SharedMembers };

export const createControl = (): Int32Array => new Int32Array(new SharedArrayBuffer(CONTROL.LENGTH * 4));
export const createCounts = (): Float64Array => new Float64Array(new SharedArrayBuffer(COUNT.LENGTH * 8));
