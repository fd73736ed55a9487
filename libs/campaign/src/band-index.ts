// Locality-sensitive hashing (Indyk and Motwani 1998) of sketches: 64 bands of three values. Two sketches of similarity
// s meet in a band with probability about 1 - (1 - s^3)^64: 0.97 at 0.38, 0.998 at 0.45. One more band holds attachments.
import { SKETCH_VALUES } from './sketch.js';

/** Each band has three values of its own; the other 64 only sharpen the estimate. */
const SKETCH_BANDS = 64;
const ROWS = 3;
const ATTACHMENT_BAND = SKETCH_BANDS;
export const BANDS = SKETCH_BANDS + 1;
/**
 * Newest entries of a bucket that are looked at. Bounds the time of one query whatever somebody puts into one bucket:
 * fewer than 65 x 48 comparisons. A real campaign meets in other bands too.
 */
const MAX_WALK = 48;
const NONE = -1;

/** Chains of slots in two typed arrays: 8 bytes for each band and slot, 520 MB for 1 M slots. */
export class BandIndex {
  private readonly heads: Int32Array;
  private readonly next: Int32Array;
  private readonly mask: number;
  private readonly buckets: number;

  constructor(private readonly capacity: number) {
    this.buckets = 2 ** Math.ceil(Math.log2(Math.max(16, capacity)));
    this.mask = this.buckets - 1;
    this.heads = new Int32Array(BANDS * this.buckets).fill(NONE);
    this.next = new Int32Array(BANDS * capacity).fill(NONE);
  }

  get bytes(): number {
    return this.heads.byteLength + this.next.byteLength;
  }

  /** `kind` 0 has no sketch; `attachments` 0 means none. */
  insert(slot: number, sketches: Uint8Array, kind: number, attachments: number): void {
    for (let band = 0; band < BANDS; band++) this.insertInBand(band, slot, sketches, kind, attachments);
  }

  /** Empties one band; its live slots are put in again by insertInBand. */
  clearBand(band: number): void {
    this.heads.fill(NONE, band * this.buckets, (band + 1) * this.buckets);
  }

  insertInBand(band: number, slot: number, sketches: Uint8Array, kind: number, attachments: number): void {
    const bucket = this.bucketOf(band, sketches, slot * SKETCH_VALUES, kind, attachments);
    if (bucket === NONE) return;
    this.next[band * this.capacity + slot] = this.heads[bucket] ?? NONE;
    this.heads[bucket] = slot;
  }

  /** Calls `visit` with slots that may be near; a slot may come several times, dead ones too. */
  candidates(sketch: Uint8Array, kind: number, attachments: number, visit: (slot: number) => void): void {
    for (let band = 0; band < BANDS; band++) {
      const bucket = this.bucketOf(band, sketch, 0, kind, attachments);
      if (bucket === NONE) continue;
      let slot = this.heads[bucket] ?? NONE;
      for (let walked = 0; slot !== NONE && walked < MAX_WALK; walked++) {
        visit(slot);
        slot = this.next[band * this.capacity + slot] ?? NONE;
      }
    }
  }

  private bucketOf(
    band: number,
    sketches: Uint8Array,
    at: number,
    kind: number,
    attachments: number,
  ): number {
    let hash: number;
    if (band === ATTACHMENT_BAND) {
      if (attachments === 0) return NONE;
      hash = attachments;
    } else {
      if (kind === 0) return NONE;
      const from = at + band * ROWS;
      hash = (sketches[from] ?? 0) | ((sketches[from + 1] ?? 0) << 8) | ((sketches[from + 2] ?? 0) << 16);
    }
    // The finaliser of MurmurHash3: buckets must not follow from the bytes' order.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return band * this.buckets + ((hash ^ (hash >>> 16)) & this.mask);
  }
}
