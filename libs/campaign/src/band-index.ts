// Locality-sensitive hashing (Indyk and Motwani 1998) of sketches: 80 bands of three values. Two sketches of similarity
// s meet in a band with probability about 1 - (1 - s^3)^80: 0.89 at 0.3, 0.97 at 0.35. One more band holds attachments.

const SKETCH_BANDS = 80;
/** Each band has three values of its own; the other values only sharpen the estimate. */
const ROWS = 3;
/** First, so that a common file is seen before any doubt about the text. */
const ATTACHMENT_BAND = 0;
const BANDS = SKETCH_BANDS + 1;
/**
 * Slots that a bucket holds, newest first; the oldest falls out. Bounds the time of one query whatever somebody puts into
 * one bucket: at most 81 x 4 comparisons. What falls out of one bucket is still in the others, and a large campaign is
 * found by its newest members.
 */
const WIDTH = 4;
const MIN_BUCKETS = 4_096;
const NONE = -1;

/** Buckets of fixed width in one typed array: 81 x 16 bytes a bucket, one bucket for two to four slots. */
export class BandIndex {
  private readonly entries: Int32Array;
  private readonly mask: number;
  private readonly buckets: number;

  constructor(capacity: number) {
    this.buckets = Math.max(MIN_BUCKETS, 2 ** Math.floor(Math.log2(Math.max(2, capacity) / 2)));
    this.mask = this.buckets - 1;
    this.entries = new Int32Array(BANDS * this.buckets * WIDTH).fill(NONE);
  }

  get bytes(): number {
    return this.entries.byteLength;
  }

  /** `kind` 0 has no sketch; `attachments` 0 means none. */
  insert(slot: number, sketch: Uint8Array, kind: number, attachments: number): void {
    const entries = this.entries;
    for (let band = 0; band < BANDS; band++) {
      const at = this.entryOf(band, sketch, kind, attachments);
      if (at === NONE || entries[at] === slot) continue;
      for (let i = at + WIDTH - 1; i > at; i--) entries[i] = entries[i - 1] ?? NONE;
      entries[at] = slot;
    }
  }

  /**
   * Calls `visit` with slots that may be near. A slot may come several times, and one that was removed or taken by
   * another fingerprint since too: nothing is ever taken out of the index, the visitor compares.
   */
  candidates(sketch: Uint8Array, kind: number, attachments: number, visit: (slot: number) => void): void {
    for (let band = 0; band < BANDS; band++) {
      const from = this.entryOf(band, sketch, kind, attachments);
      if (from === NONE) continue;
      for (let at = from; at < from + WIDTH; at++) {
        const slot = this.entries[at] ?? NONE;
        if (slot === NONE) break;
        visit(slot);
      }
    }
  }

  private entryOf(band: number, sketch: Uint8Array, kind: number, attachments: number): number {
    let hash: number;
    if (band === ATTACHMENT_BAND) {
      if (attachments === 0) return NONE;
      hash = attachments;
    } else {
      if (kind === 0) return NONE;
      const from = (band - 1) * ROWS;
      hash = (sketch[from] ?? 0) | ((sketch[from + 1] ?? 0) << 8) | ((sketch[from + 2] ?? 0) << 16);
    }
    // The finaliser of MurmurHash3: buckets must not follow from the bytes' order.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (band * this.buckets + ((hash ^ (hash >>> 16)) & this.mask)) * WIDTH;
  }
}
