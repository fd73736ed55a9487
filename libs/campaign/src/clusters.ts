// Incremental clustering of the stream of fingerprints over a locality-sensitive index. A fingerprint joins a campaign
// when it is near one member and, on average, near its representatives: one odd message in between does not chain two
// campaigns together. A campaign's number is that of its oldest fingerprint ever and survives growth, merge and split.
import { BandIndex } from './band-index.js';
import { CampaignCells, type Cell } from './campaign-cells.js';
import { FingerprintInvalid, type Fingerprint } from './fingerprint.js';
import { isNear, KIND_NUMBER } from './link-rule.js';
import { SKETCH_BYTES } from './sketch.js';
import { SketchTable } from './sketch-table.js';

/** A fingerprint's place while it is live; a later one may get the same place. */
export type Slot = number;
/** A campaign's number: never used twice by one Clusters and its snapshots. */
export type CampaignNumber = number;

export interface Placement {
  readonly slot: Slot;
  readonly campaign: CampaignNumber;
  readonly isNew: boolean;
  /** Campaigns that this fingerprint joined into `campaign`, which is the oldest of them. Their numbers end. */
  readonly merged: readonly CampaignNumber[];
}

export interface Split {
  readonly from: CampaignNumber;
  /** The new campaign of the fingerprints that nothing links to the rest any more. */
  readonly campaign: CampaignNumber;
  readonly slots: readonly Slot[];
}

/** All slots are taken by live fingerprints: let old ones expire. */
export class ClustersFull extends Error {
  override readonly name = 'ClustersFull';
  readonly kind = 'Busy';
  readonly code = 'clusters-full';
}

/** A larger campaign is not split: linking it anew would hold the stream up. */
const MAX_SPLIT_SLOTS = 1_024;
/** Fingerprints that one call of `split` looks at; the rest waits for the next call. */
const SPLIT_WORK_SLOTS = 2_048;
const NO_CELL = -1;

interface Hit {
  readonly cell: Cell;
  /** Mean similarity to the representatives; 1 for the same file. */
  readonly nearness: number;
}

export class Clusters {
  private readonly index: BandIndex;
  private readonly table: SketchTable;
  private readonly cells: CampaignCells;
  /** As KIND_NUMBER. */
  private readonly kinds: Uint8Array;
  private readonly sizes: Uint8Array;
  /** First 32 bits of the digest of the attachments; 0: none. */
  private readonly attachments: Uint32Array;
  private readonly slotStamps: Uint32Array;
  private readonly cellStamps: Uint32Array;
  /** Numbers of campaigns that lost fingerprints since `split` looked at them. */
  private readonly dirty = new Set<CampaignNumber>();
  private readonly free: Int32Array;
  private freeCount = 0;
  private used = 0;
  private stamp = 0;
  private nextCampaign = 1;

  constructor(readonly capacity: number) {
    // One slot more, at the end, holds what is asked for.
    this.index = new BandIndex(capacity);
    this.table = new SketchTable(capacity + 1);
    this.cells = new CampaignCells(capacity);
    this.kinds = new Uint8Array(capacity + 1);
    this.sizes = new Uint8Array(capacity + 1);
    this.attachments = new Uint32Array(capacity + 1);
    this.slotStamps = new Uint32Array(capacity);
    this.cellStamps = new Uint32Array(capacity);
    this.free = new Int32Array(capacity);
  }

  /** Live fingerprints. */
  get size(): number {
    return this.used - this.freeCount;
  }

  /** Bytes of all arrays, which are allocated at once: about 1,070 to 1,750 for each slot of a large capacity. */
  get bytes(): number {
    const own = [this.kinds, this.sizes, this.attachments, this.slotStamps, this.cellStamps, this.free];
    return (
      this.index.bytes +
      this.table.bytes +
      this.cells.bytes +
      own.reduce((sum, each) => sum + each.byteLength, 0)
    );
  }

  /** Places one fingerprint. Only fingerprints of one key epoch are comparable: keep one Clusters for each month. @throws {ClustersFull} */
  add(fingerprint: Fingerprint): Placement {
    if (this.size >= this.capacity)
      throw new ClustersFull(`all ${this.capacity} slots hold live fingerprints`);
    this.ask(fingerprint);
    const hits = this.near();
    const slot = this.freeCount > 0 ? (this.free[--this.freeCount] ?? 0) : this.used++;
    const asked = this.capacity;
    this.table.move(asked, slot);
    this.kinds[slot] = this.kinds[asked] ?? 0;
    this.sizes[slot] = this.sizes[asked] ?? 0;
    this.attachments[slot] = this.attachments[asked] ?? 0;
    this.index.insert(slot, fingerprint.sketch, this.kinds[slot], this.attachments[slot]);
    return this.join(slot, hits);
  }

  /** The campaign that a fingerprint would join; adds nothing. */
  find(fingerprint: Fingerprint): CampaignNumber | undefined {
    this.ask(fingerprint);
    const [best] = this.near();
    return best && this.cells.number(best.cell);
  }

  campaignOf(slot: Slot): CampaignNumber | undefined {
    const cell = this.cells.cell(slot);
    return cell === NO_CELL ? undefined : this.cells.number(cell);
  }

  slots(campaign: CampaignNumber): readonly Slot[] {
    const cell = this.cells.find(campaign);
    return cell === NO_CELL ? [] : this.cells.slots(cell);
  }

  /** Takes an expired or retracted fingerprint out. What it held together comes apart at the next `split`. */
  remove(slot: Slot): void {
    const campaign = this.campaignOf(slot);
    if (campaign === undefined) return;
    const left = this.cells.leave(slot);
    this.free[this.freeCount++] = slot;
    if (left > 1) this.dirty.add(campaign);
    else this.dirty.delete(campaign);
  }

  /**
   * Looks again at campaigns that lost fingerprints, at most `limit` of them and some 2,000 fingerprints in one call;
   * the largest part keeps the number.
   */
  split(limit = 100): Split[] {
    const splits: Split[] = [];
    let [looked, slotsLooked] = [0, 0];
    for (const campaign of this.dirty) {
      if (looked++ === limit || slotsLooked >= SPLIT_WORK_SLOTS) break;
      this.dirty.delete(campaign);
      const cell = this.cells.find(campaign);
      if (cell === NO_CELL || this.cells.size(cell) > MAX_SPLIT_SLOTS) continue;
      const slots = this.cells.slots(cell);
      slotsLooked += slots.length;
      const [, ...parts] = this.partsOf(slots, cell).sort((a, b) => b.length - a.length);
      for (const part of parts) {
        const number = this.nextCampaign++;
        for (const slot of part) this.cells.leave(slot);
        const own = this.cells.open(number);
        for (const slot of part) this.cells.join(own, slot);
        splits.push({ from: campaign, campaign: number, slots: part });
      }
    }
    return splits;
  }

  /** Components of the graph of near members; each is compared with what the index gives and the representatives. */
  private partsOf(slots: readonly Slot[], cell: Cell): Slot[][] {
    const root = new Map(slots.map((slot) => [slot, slot]));
    const rootOf = (of: Slot): Slot => {
      let at = of;
      while (root.get(at) !== at) {
        const above = root.get(at) ?? at;
        root.set(at, root.get(above) ?? above);
        at = above;
      }
      return at;
    };
    const standing = this.cells.standing(cell);
    for (const slot of slots) {
      const connect = (other: Slot) => {
        if (other === slot || this.cells.cell(other) !== cell) return;
        const [a, b] = [rootOf(slot), rootOf(other)];
        if (a !== b && this.isLinked(slot, other)) root.set(a, b);
      };
      this.index.candidates(this.table.of(slot), this.kinds[slot] ?? 0, this.attachments[slot] ?? 0, connect);
      standing.forEach(connect);
    }
    return [...Map.groupBy(slots, rootOf).values()];
  }

  private ask(fingerprint: Fingerprint): void {
    const asked = this.capacity;
    this.table.set(asked, fingerprint.sketch);
    this.kinds[asked] = KIND_NUMBER[fingerprint.kind];
    this.sizes[asked] = fingerprint.sizeClass;
    this.attachments[asked] = fingerprint.attachmentsDigest
      ? Number.parseInt(fingerprint.attachmentsDigest.slice(0, 8), 16) || 1
      : 0;
  }

  /** Campaigns that what is asked for may join, the nearest first. */
  private near(): Hit[] {
    const asked = this.capacity;
    const hits: Hit[] = [];
    this.stamp = (this.stamp + 1) >>> 0 || 1;
    const stamp = this.stamp;
    const visit = (slot: Slot) => {
      if (this.slotStamps[slot] === stamp) return;
      this.slotStamps[slot] = stamp;
      const cell = this.cells.cell(slot);
      if (cell === NO_CELL || this.cellStamps[cell] === stamp) return;
      if (!this.isLinked(asked, slot)) return;
      this.cellStamps[cell] = stamp;
      const nearness = this.isSameFile(asked, slot) ? 1 : this.nearness(asked, cell);
      if (nearness > 0) hits.push({ cell, nearness });
    };
    this.index.candidates(this.table.of(asked), this.kinds[asked] ?? 0, this.attachments[asked] ?? 0, visit);
    return hits.sort(
      (a, b) => b.nearness - a.nearness || this.cells.number(a.cell) - this.cells.number(b.cell),
    );
  }

  private isLinked(a: Slot, b: Slot): boolean {
    if (this.isSameFile(a, b)) return true;
    if (this.kinds[a] === KIND_NUMBER.none || this.kinds[b] === KIND_NUMBER.none) return false;
    if (this.table.isFar(a, b)) return false;
    this.table.compare(a, b);
    return isNear(this.table.pairs, this.table.runs, Math.min(this.sizes[a] ?? 0, this.sizes[b] ?? 0));
  }

  /** The same worm under little or no text; under a long text an attached logo or card says nothing. */
  private isSameFile(a: Slot, b: Slot): boolean {
    return (
      this.attachments[a] !== 0 &&
      this.attachments[a] === this.attachments[b] &&
      this.kinds[a] !== KIND_NUMBER.text &&
      this.kinds[b] !== KIND_NUMBER.text
    );
  }

  /** Mean similarity to the representatives of a campaign; 0 when it is not near. */
  private nearness(slot: Slot, cell: Cell): number {
    return this.meanOf([slot], this.cells.standing(cell));
  }

  private meanOf(ones: readonly Slot[], others: readonly Slot[]): number {
    let [pairs, runs, compared, smallest] = [0, 0, 0, 255];
    for (const one of ones) {
      if (this.kinds[one] === KIND_NUMBER.none) continue;
      for (const other of others) {
        if (this.kinds[other] === KIND_NUMBER.none) continue;
        this.table.compare(one, other);
        pairs += this.table.pairs;
        runs += this.table.runs;
        compared++;
        smallest = Math.min(smallest, this.sizes[one] ?? 0, this.sizes[other] ?? 0);
      }
    }
    return compared > 0 && isNear(pairs / compared, runs / compared, smallest) ? pairs / compared : 0;
  }

  private join(slot: Slot, [best, ...others]: readonly Hit[]): Placement {
    if (best === undefined) {
      const number = this.nextCampaign++;
      this.cells.join(this.cells.open(number), slot);
      return { slot, campaign: number, isNew: true, merged: [] };
    }
    let home = best.cell;
    this.cells.join(home, slot);
    const merged: CampaignNumber[] = [];
    for (const { cell, nearness } of others) {
      const isSame = nearness === 1 || this.meanOf(this.cells.standing(home), this.cells.standing(cell)) > 0;
      if (!isSame) continue;
      const [one, other] = [this.cells.number(home), this.cells.number(cell)];
      const [older, younger] = one < other ? [one, other] : [other, one];
      home = this.cells.merge(home, cell);
      merged.push(younger);
      if (this.dirty.delete(younger)) this.dirty.add(older);
    }
    return { slot, campaign: this.cells.number(home), isNew: false, merged };
  }

  /** All that `restore` needs: 655 bytes for each slot in use. Slots, campaign numbers and what waits for `split` stay the same. */
  snapshot(): Uint8Array {
    const out = new Uint8Array(HEADER_BYTES + this.used * SLOT_BYTES);
    const view = new DataView(out.buffer);
    view.setUint32(0, MAGIC);
    view.setUint32(4, this.used);
    view.setFloat64(8, this.nextCampaign);
    for (let slot = 0; slot < this.used; slot++) {
      const at = HEADER_BYTES + slot * SLOT_BYTES;
      const cell = this.cells.cell(slot);
      if (cell === NO_CELL) continue;
      const rank = this.cells.standing(cell).indexOf(slot) + 1;
      const number = this.cells.number(cell);
      view.setUint8(at, LIVE | (this.dirty.has(number) ? DIRTY : 0) | (rank << RANK_SHIFT));
      view.setUint8(at + 1, this.kinds[slot] ?? 0);
      view.setUint8(at + 2, this.sizes[slot] ?? 0);
      view.setUint32(at + 3, this.attachments[slot] ?? 0);
      view.setFloat64(at + 7, number);
      out.set(this.table.of(slot), at + 15);
    }
    return out;
  }

  /** @throws {FingerprintInvalid} when the bytes are no snapshot or hold more slots than `capacity` */
  static restore(bytes: Uint8Array, capacity: number): Clusters {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const used = bytes.length >= HEADER_BYTES && view.getUint32(0) === MAGIC ? view.getUint32(4) : -1;
    if (used < 0 || used > capacity || bytes.length !== HEADER_BYTES + used * SLOT_BYTES) {
      throw new FingerprintInvalid('not a snapshot of clusters, or of more than the capacity');
    }
    const clusters = new Clusters(capacity);
    clusters.used = used;
    clusters.nextCampaign = view.getFloat64(8);
    const standing = new Map<Cell, Slot[]>();
    for (let slot = 0; slot < used; slot++) clusters.restoreSlot(slot, view, bytes, standing);
    // Ranks have no gaps; filter drops none of a whole snapshot.
    for (const [cell, slots] of standing)
      clusters.cells.stand(
        cell,
        slots.filter((slot) => slot >= 0),
      );
    return clusters;
  }

  private restoreSlot(slot: Slot, view: DataView, bytes: Uint8Array, standing: Map<Cell, Slot[]>): void {
    const at = HEADER_BYTES + slot * SLOT_BYTES;
    const state = view.getUint8(at);
    if ((state & LIVE) === 0) {
      this.free[this.freeCount++] = slot;
      return;
    }
    const campaign = view.getFloat64(at + 7);
    this.kinds[slot] = view.getUint8(at + 1);
    this.sizes[slot] = view.getUint8(at + 2);
    this.attachments[slot] = view.getUint32(at + 3);
    this.table.set(slot, bytes.subarray(at + 15, at + SLOT_BYTES));
    this.index.insert(slot, this.table.of(slot), this.kinds[slot], this.attachments[slot]);
    const known = this.cells.find(campaign);
    const cell = known === NO_CELL ? this.cells.open(campaign) : known;
    this.cells.join(cell, slot);
    if ((state & DIRTY) !== 0) this.dirty.add(campaign);
    const rank = (state >> RANK_SHIFT) & 15;
    if (rank === 0) return;
    const slots = standing.get(cell) ?? [];
    while (slots.length < rank) slots.push(-1);
    slots[rank - 1] = slot;
    standing.set(cell, slots);
  }
}

const MAGIC = 0x534b4332;
const HEADER_BYTES = 16;
const SLOT_BYTES = 15 + SKETCH_BYTES;
const LIVE = 1;
const DIRTY = 2;
const RANK_SHIFT = 4;
