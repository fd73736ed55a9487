// Incremental clustering of the stream of fingerprints over a locality-sensitive index. A fingerprint joins a campaign
// when it is near one member and, on average, near its representatives: one odd message in between does not chain two
// campaigns together. How near follows from how alike the representatives are (spread.ts). A campaign's number is that of
// its oldest fingerprint ever and survives growth, merge and split.
import { BandIndex } from './band-index.js';
import { CampaignCells, type Cell } from './campaign-cells.js';
import { FingerprintInvalid, type Fingerprint } from './fingerprint.js';
import { FingerprintTable } from './fingerprint-table.js';
import { SKETCH_BYTES } from './sketch.js';
import { ENOUGH, mergeLimit, spreadLimit, strangerAmong, VERSIONS } from './spread.js';

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
  /** Fingerprints that `campaign` took while nothing showed that its sender does not vary. */
  readonly parted: readonly Split[];
}

export interface Split {
  readonly from: CampaignNumber;
  /** The new campaign of the fingerprints that do not belong to the rest any more. */
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
  /** Near enough for a sender who varies, and the members are too alike for one. */
  readonly isRefused: boolean;
}

interface Nearest {
  /** The nearest first. */
  readonly hits: readonly Hit[];
  /** What is asked for shows versions of one sender: the spread of each of them says nothing. */
  readonly isVaried: boolean;
}

export class Clusters {
  private readonly index: BandIndex;
  private readonly prints: FingerprintTable;
  private readonly cells: CampaignCells;
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
    this.prints = new FingerprintTable(capacity + 1);
    this.cells = new CampaignCells(capacity);
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
    const own = [this.slotStamps, this.cellStamps, this.free];
    return (
      this.index.bytes +
      this.prints.bytes +
      this.cells.bytes +
      own.reduce((sum, each) => sum + each.byteLength, 0)
    );
  }

  /** Places one fingerprint. Only fingerprints of one key epoch are comparable: keep one Clusters for each month. @throws {ClustersFull} */
  add(fingerprint: Fingerprint): Placement {
    if (this.size >= this.capacity)
      throw new ClustersFull(`all ${this.capacity} slots hold live fingerprints`);
    this.prints.set(this.capacity, fingerprint);
    const nearest = this.near();
    const slot = this.freeCount > 0 ? (this.free[--this.freeCount] ?? 0) : this.used++;
    this.prints.move(this.capacity, slot);
    this.put(slot);
    return this.join(slot, nearest);
  }

  /** The campaign that a fingerprint would join; adds nothing. */
  find(fingerprint: Fingerprint): CampaignNumber | undefined {
    this.prints.set(this.capacity, fingerprint);
    const [best] = this.near().hits;
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
        if (a !== b && this.prints.isLinked(slot, other)) root.set(a, b);
      };
      this.candidates(slot, connect);
      standing.forEach(connect);
    }
    return [...Map.groupBy(slots, rootOf).values()];
  }

  private put(slot: Slot): void {
    const { table, kinds, attachments } = this.prints;
    this.index.insert(slot, table.of(slot), kinds[slot] ?? 0, attachments[slot] ?? 0);
  }

  /** What the index gives for a slot. */
  private candidates(slot: Slot, visit: (other: Slot) => void): void {
    const { table, kinds, attachments } = this.prints;
    this.index.candidates(table.of(slot), kinds[slot] ?? 0, attachments[slot] ?? 0, visit);
  }

  /** Campaigns that what is asked for may join. */
  private near(): Nearest {
    const asked = this.capacity;
    const hits: Hit[] = [];
    this.stamp = (this.stamp + 1) >>> 0 || 1;
    const stamp = this.stamp;
    const visit = (slot: Slot) => {
      if (this.slotStamps[slot] === stamp) return;
      this.slotStamps[slot] = stamp;
      const cell = this.cells.cell(slot);
      if (cell === NO_CELL || this.cellStamps[cell] === stamp) return;
      if (!this.prints.isLinked(asked, slot)) return;
      this.cellStamps[cell] = stamp;
      const standing = this.cells.standing(cell);
      const nearness = this.prints.isSameFile(asked, slot) ? 1 : this.prints.meanOf([asked], standing);
      if (nearness === 0) return;
      hits.push({ cell, nearness, isRefused: nearness < ENOUGH && nearness < this.limitOf(standing) });
    };
    this.candidates(asked, visit);
    hits.sort((a, b) => b.nearness - a.nearness || this.cells.number(a.cell) - this.cells.number(b.cell));
    const taken = hits.filter(({ isRefused }) => !isRefused);
    // What no campaign takes is one version more.
    const isVaried = hits.length + (taken.length === 0 ? 1 : 0) >= VERSIONS;
    return { hits: isVaried ? hits : taken, isVaried };
  }

  /** What the spread of these representatives wants of a newcomer. */
  private limitOf(standing: readonly Slot[]): number {
    return spreadLimit(this.prints.similaritiesOf(this.textsOf(standing)));
  }

  private textsOf(slots: readonly Slot[]): Slot[] {
    return slots.filter((slot) => this.prints.hasText(slot));
  }

  private join(slot: Slot, { hits: [best, ...others], isVaried }: Nearest): Placement {
    if (best === undefined) {
      const number = this.nextCampaign++;
      this.cells.join(this.cells.open(number), slot);
      return { slot, campaign: number, isNew: true, merged: [], parted: [] };
    }
    let home = best.cell;
    this.cells.join(home, slot);
    const merged: CampaignNumber[] = [];
    for (const { cell, nearness } of others) {
      if (nearness < 1 && !this.isSame(home, cell, isVaried)) continue;
      const [one, other] = [this.cells.number(home), this.cells.number(cell)];
      const [older, younger] = one < other ? [one, other] : [other, one];
      home = this.cells.merge(home, cell);
      merged.push(younger);
      if (this.dirty.delete(younger)) this.dirty.add(older);
    }
    const parted = isVaried ? [] : this.part(home, slot);
    return { slot, campaign: this.cells.number(home), isNew: false, merged, parted };
  }

  private isSame(one: Cell, other: Cell, isVaried: boolean): boolean {
    const [standing, others] = [this.cells.standing(one), this.cells.standing(other)];
    const nearness = this.prints.meanOf(standing, others);
    if (nearness === 0 || isVaried) return nearness > 0;
    return nearness >= mergeLimit(this.limitOf(standing), this.limitOf(others));
  }

  /**
   * Parts from a small campaign what it would refuse now that `newcomer` is in it: so it makes no difference who came first.
   * In a larger one not every member stands for it.
   */
  private part(cell: Cell, newcomer: Slot): Split[] {
    const parted = new Map<Cell, Slot[]>();
    for (;;) {
      const standing = this.cells.standing(cell);
      if (standing.length < 3 || standing.length !== this.cells.size(cell)) break;
      const texts = this.textsOf(standing);
      const isBound = (slot: Slot) =>
        slot === newcomer || standing.some((other) => other !== slot && this.prints.isSameFile(other, slot));
      const at = strangerAmong(this.prints.similaritiesOf(texts), (of) => isBound(texts[of] ?? newcomer));
      const stranger = at === undefined ? undefined : texts[at];
      if (stranger === undefined) break;
      this.cells.leave(stranger);
      const known = [...parted.keys()].find(
        (own) => this.prints.meanOf([stranger], this.cells.standing(own)) > 0,
      );
      const own = known ?? this.cells.open(this.nextCampaign++);
      this.cells.join(own, stranger);
      parted.set(own, [...(parted.get(own) ?? []), stranger]);
    }
    const from = this.cells.number(cell);
    return [...parted].map(([own, slots]) => ({ from, campaign: this.cells.number(own), slots }));
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
      view.setUint8(at + 1, this.prints.kinds[slot] ?? 0);
      view.setUint8(at + 2, this.prints.sizes[slot] ?? 0);
      view.setUint32(at + 3, this.prints.attachments[slot] ?? 0);
      view.setFloat64(at + 7, number);
      out.set(this.prints.table.of(slot), at + 15);
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
    const { table, kinds, sizes, attachments } = this.prints;
    kinds[slot] = view.getUint8(at + 1);
    sizes[slot] = view.getUint8(at + 2);
    attachments[slot] = view.getUint32(at + 3);
    table.set(slot, bytes.subarray(at + 15, at + SLOT_BYTES));
    this.put(slot);
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
