// Incremental clustering of the stream of fingerprints. Single linkage over a locality-sensitive index; a campaign's
// number is that of its oldest fingerprint ever and survives growth, merge and split.
import { BANDS, BandIndex } from './band-index.js';
import { FingerprintInvalid, type Fingerprint } from './fingerprint.js';
import { KIND_NUMBER, linkThreshold } from './link-rule.js';
import { similarity, SKETCH_VALUES } from './sketch.js';

/** A fingerprint's place while it is live. */
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

const FREE = 0;
const LIVE = 1;
const DEAD = 2;
/** Dead slots are freed together once they are this share of all; until then their bucket entries are skipped. */
const COMPACT_SHARE = 1 / 16;
/** A larger campaign is not split: linking it anew would hold the stream up. */
const MAX_SPLIT_SLOTS = 20_000;

export class Clusters {
  private readonly index: BandIndex;
  private readonly sketches: Uint8Array;
  private readonly kinds: Uint8Array;
  private readonly sizes: Uint8Array;
  /** First 32 bits of the digest of the attachments; 0: none. */
  private readonly attachments: Uint32Array;
  private readonly states: Uint8Array;
  private readonly campaigns: Float64Array;
  private readonly stamps: Uint32Array;
  private readonly slotsOf = new Map<CampaignNumber, Set<Slot>>();
  private readonly dirty = new Set<CampaignNumber>();
  private readonly free: Slot[] = [];
  private condemned: Slot[] = [];
  private buried: Slot[] = [];
  private compactedBands = BANDS;
  private used = 0;
  private stamp = 0;
  private nextCampaign = 1;
  private live = 0;
  private readonly probe = new Uint8Array(SKETCH_VALUES);

  constructor(readonly capacity: number) {
    this.index = new BandIndex(capacity);
    this.sketches = new Uint8Array(capacity * SKETCH_VALUES);
    this.kinds = new Uint8Array(capacity);
    this.sizes = new Uint8Array(capacity);
    this.attachments = new Uint32Array(capacity);
    this.states = new Uint8Array(capacity);
    this.campaigns = new Float64Array(capacity);
    this.stamps = new Uint32Array(capacity);
  }

  get size(): number {
    return this.live;
  }

  /** Bytes of the typed arrays; the sets of slots come on top (docs/campaigns.md has the measured sum). */
  get bytes(): number {
    return this.index.bytes + this.capacity * (SKETCH_VALUES + 1 + 1 + 4 + 1 + 8 + 4);
  }

  /** Places one fingerprint. Only fingerprints of one key epoch are comparable: keep one Clusters for each month. @throws {ClustersFull} */
  add(fingerprint: Fingerprint): Placement {
    this.compactStep();
    const slot = this.free.pop() ?? this.used;
    if (slot >= this.capacity) throw new ClustersFull(`all ${this.capacity} slots hold live fingerprints`);
    const kind = KIND_NUMBER[fingerprint.kind];
    const attachments = fingerprint.attachmentsDigest
      ? Number.parseInt(fingerprint.attachmentsDigest.slice(0, 8), 16) || 1
      : 0;
    const near = this.near(fingerprint.sketch, kind, fingerprint.sizeClass, attachments, undefined);
    if (slot === this.used) this.used++;
    this.sketches.set(fingerprint.sketch, slot * SKETCH_VALUES);
    this.kinds[slot] = kind;
    this.sizes[slot] = fingerprint.sizeClass;
    this.attachments[slot] = attachments;
    this.states[slot] = LIVE;
    this.live++;
    this.index.insert(slot, this.sketches, kind, attachments);
    return this.join(slot, near);
  }

  /** The campaign that a fingerprint would join, the oldest of several; adds nothing. */
  find(fingerprint: Fingerprint): CampaignNumber | undefined {
    const attachments = fingerprint.attachmentsDigest
      ? Number.parseInt(fingerprint.attachmentsDigest.slice(0, 8), 16) || 1
      : 0;
    const near = this.near(
      fingerprint.sketch,
      KIND_NUMBER[fingerprint.kind],
      fingerprint.sizeClass,
      attachments,
      undefined,
    );
    return near.size === 0 ? undefined : Math.min(...near);
  }

  campaignOf(slot: Slot): CampaignNumber | undefined {
    return this.states[slot] === LIVE ? this.campaigns[slot] : undefined;
  }

  slots(campaign: CampaignNumber): readonly Slot[] {
    return [...(this.slotsOf.get(campaign) ?? [])];
  }

  /** Takes an expired or retracted fingerprint out. What it held together comes apart at the next `split`. */
  remove(slot: Slot): void {
    const campaign = this.campaignOf(slot);
    if (campaign === undefined) return;
    this.states[slot] = DEAD;
    this.live--;
    this.condemned.push(slot);
    const slots = this.slotsOf.get(campaign);
    slots?.delete(slot);
    if (slots?.size === 0) {
      this.slotsOf.delete(campaign);
      this.dirty.delete(campaign);
    } else if (slots && slots.size > 1) this.dirty.add(campaign);
  }

  /** Looks again at campaigns that lost fingerprints, at most `limit` of them; the largest part keeps the number. */
  split(limit = 100): Split[] {
    const splits: Split[] = [];
    for (const campaign of [...this.dirty].slice(0, limit)) {
      this.dirty.delete(campaign);
      const slots = this.slotsOf.get(campaign);
      if (!slots || slots.size > MAX_SPLIT_SLOTS) continue;
      const [, ...parts] = this.partsOf(slots, campaign).sort((a, b) => b.length - a.length);
      for (const part of parts) {
        const number = this.nextCampaign++;
        this.slotsOf.set(number, new Set(part));
        for (const slot of part) {
          slots.delete(slot);
          this.campaigns[slot] = number;
        }
        splits.push({ from: campaign, campaign: number, slots: part });
      }
    }
    return splits;
  }

  private partsOf(slots: ReadonlySet<Slot>, campaign: CampaignNumber): Slot[][] {
    const left = new Set(slots);
    const parts: Slot[][] = [];
    for (const first of slots) {
      if (!left.delete(first)) continue;
      const part = [first];
      // The part grows while it is walked.
      for (const slot of part) {
        for (const other of this.neighbours(slot, campaign)) if (left.delete(other)) part.push(other);
      }
      parts.push(part);
    }
    return parts;
  }

  private neighbours(slot: Slot, campaign: CampaignNumber): Slot[] {
    const found: Slot[] = [];
    const sketch = this.sketches.subarray(slot * SKETCH_VALUES, (slot + 1) * SKETCH_VALUES);
    this.near(sketch, this.kinds[slot] ?? 0, this.sizes[slot] ?? 0, this.attachments[slot] ?? 0, (other) => {
      if (other !== slot && this.campaigns[other] === campaign) found.push(other);
    });
    return found;
  }

  private near(
    sketch: Uint8Array,
    kind: number,
    sizeClass: number,
    attachments: number,
    visit: ((slot: Slot) => void) | undefined,
  ): Set<CampaignNumber> {
    const found = new Set<CampaignNumber>();
    this.stamp = (this.stamp + 1) >>> 0 || 1;
    this.index.candidates(sketch, kind, attachments, (slot) => {
      if (this.stamps[slot] === this.stamp || this.states[slot] !== LIVE) return;
      this.stamps[slot] = this.stamp;
      if (!visit && found.has(this.campaigns[slot] ?? 0)) return;
      const otherKind = this.kinds[slot] ?? 0;
      // The same worm under little or no text; under a long text an attached logo or card says nothing.
      const isSameFile =
        attachments !== 0 && this.attachments[slot] === attachments && kind !== 2 && otherKind !== 2;
      if (!isSameFile) {
        if (kind === 0 || otherKind === 0) return;
        this.probe.set(this.sketches.subarray(slot * SKETCH_VALUES, (slot + 1) * SKETCH_VALUES));
        if (similarity(sketch, this.probe) < linkThreshold(sizeClass, this.sizes[slot] ?? 0)) return;
      }
      found.add(this.campaigns[slot] ?? 0);
      visit?.(slot);
    });
    return found;
  }

  private join(slot: Slot, near: ReadonlySet<CampaignNumber>): Placement {
    const [campaign, ...merged] = [...near].sort((a, b) => a - b);
    if (campaign === undefined) {
      const number = this.nextCampaign++;
      this.slotsOf.set(number, new Set([slot]));
      this.campaigns[slot] = number;
      return { slot, campaign: number, isNew: true, merged: [] };
    }
    let slots = this.slotsOf.get(campaign) ?? new Set<Slot>();
    for (const other of merged) {
      const theirs = this.slotsOf.get(other) ?? new Set<Slot>();
      // The larger set stays, so that a fingerprint is moved at most log2(n) times; all get the older number.
      const [large, small] = theirs.size > slots.size ? [theirs, slots] : [slots, theirs];
      for (const moved of small) large.add(moved);
      for (const each of theirs) this.campaigns[each] = campaign;
      slots = large;
      this.slotsOf.delete(other);
      if (this.dirty.delete(other)) this.dirty.add(campaign);
    }
    slots.add(slot);
    this.slotsOf.set(campaign, slots);
    this.campaigns[slot] = campaign;
    return { slot, campaign, isNew: false, merged };
  }

  /** One band a step: the stream never waits for more than a band of the index. */
  private compactStep(): void {
    if (this.compactedBands === BANDS) {
      if (this.condemned.length < Math.max(1, this.capacity * COMPACT_SHARE)) return;
      this.buried = this.condemned;
      this.condemned = [];
      this.compactedBands = 0;
    }
    const band = this.compactedBands++;
    this.index.clearBand(band);
    for (let slot = 0; slot < this.used; slot++) {
      if (this.states[slot] !== LIVE) continue;
      this.index.insertInBand(band, slot, this.sketches, this.kinds[slot] ?? 0, this.attachments[slot] ?? 0);
    }
    if (this.compactedBands < BANDS) return;
    for (const slot of this.buried) this.states[slot] = FREE;
    // One at a time: a spread of 60,000 arguments overflows the stack.
    for (const slot of this.buried) this.free.push(slot);
    this.buried = [];
  }

  /** All that `restore` needs: 271 bytes for each slot in use. Slots and campaign numbers stay the same. */
  snapshot(): Uint8Array {
    const out = new Uint8Array(HEADER_BYTES + this.used * SLOT_BYTES);
    const view = new DataView(out.buffer);
    view.setUint32(0, MAGIC);
    view.setUint32(4, this.used);
    view.setFloat64(8, this.nextCampaign);
    for (let slot = 0; slot < this.used; slot++) {
      const at = HEADER_BYTES + slot * SLOT_BYTES;
      view.setUint8(at, this.states[slot] === LIVE ? LIVE : FREE);
      view.setUint8(at + 1, this.kinds[slot] ?? 0);
      view.setUint8(at + 2, this.sizes[slot] ?? 0);
      view.setUint32(at + 3, this.attachments[slot] ?? 0);
      view.setFloat64(at + 7, this.campaigns[slot] ?? 0);
      out.set(this.sketches.subarray(slot * SKETCH_VALUES, (slot + 1) * SKETCH_VALUES), at + 15);
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
    for (let slot = 0; slot < used; slot++) clusters.restoreSlot(slot, view, bytes);
    return clusters;
  }

  private restoreSlot(slot: Slot, view: DataView, bytes: Uint8Array): void {
    const at = HEADER_BYTES + slot * SLOT_BYTES;
    if (view.getUint8(at) !== LIVE) {
      this.free.push(slot);
      return;
    }
    const campaign = view.getFloat64(at + 7);
    this.states[slot] = LIVE;
    this.live++;
    this.kinds[slot] = view.getUint8(at + 1);
    this.sizes[slot] = view.getUint8(at + 2);
    this.attachments[slot] = view.getUint32(at + 3);
    this.campaigns[slot] = campaign;
    this.sketches.set(bytes.subarray(at + 15, at + SLOT_BYTES), slot * SKETCH_VALUES);
    this.index.insert(slot, this.sketches, this.kinds[slot], this.attachments[slot]);
    const slots = this.slotsOf.get(campaign);
    if (slots) slots.add(slot);
    else this.slotsOf.set(campaign, new Set([slot]));
  }
}

const MAGIC = 0x534b4331;
const HEADER_BYTES = 16;
const SLOT_BYTES = 15 + SKETCH_VALUES;
