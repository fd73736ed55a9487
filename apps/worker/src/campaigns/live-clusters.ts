// The clusters in memory, one set for each month's key, and which stored campaign each of them is.
import {
  Clusters,
  ClustersFull,
  type CampaignNumber,
  type Fingerprint,
  type Slot,
  type Split,
} from '@sekisho/campaign';

const FIRST_CAPACITY = 4_096;
/** 276 bytes a slot and 8 bytes for each of 65 bands: 830 MB at this size. */
const MAX_CAPACITY = 1_048_576;

/** A campaign that ended in another. */
export interface Merge {
  readonly from: number;
  readonly into: number;
}

/** Fingerprints that make a campaign of their own from now on. */
export interface Departure {
  readonly month: string;
  readonly cluster: CampaignNumber;
  readonly from: number | undefined;
  readonly fingerprintIds: readonly number[];
}

/** What one more fingerprint changed beside its own cluster. */
export interface Changes {
  readonly merges: readonly Merge[];
  readonly departures: readonly Departure[];
}

class MonthClusters {
  clusters = new Clusters(FIRST_CAPACITY);
  readonly fingerprintAt = new Map<Slot, number>();
  readonly slotOf = new Map<number, Slot>();
  readonly campaignOf = new Map<CampaignNumber, number>();

  /** @throws {ClustersFull} when it cannot grow any more */
  add(fingerprint: Fingerprint) {
    try {
      return this.clusters.add(fingerprint);
    } catch (error) {
      if (!(error instanceof ClustersFull) || this.clusters.capacity >= MAX_CAPACITY) throw error;
      this.clusters = Clusters.restore(this.clusters.snapshot(), this.clusters.capacity * 2);
      return this.clusters.add(fingerprint);
    }
  }

  numberOf(fingerprintId: number): CampaignNumber | undefined {
    const slot = this.slotOf.get(fingerprintId);
    return slot === undefined ? undefined : this.clusters.campaignOf(slot);
  }
}

const departureOf = (
  month: string,
  { campaignOf, fingerprintAt }: MonthClusters,
  split: Split,
): Departure => ({
  ...{ month, cluster: split.campaign, from: campaignOf.get(split.from) },
  fingerprintIds: split.slots.flatMap((slot) => fingerprintAt.get(slot) ?? []),
});

export class LiveClusters {
  /** The last stored fingerprint that is in here. */
  placed = 0;
  private readonly months = new Map<string, MonthClusters>();

  constructor(public generation: number) {}

  /**
   * Places a fingerprint; `campaignId` is known for one that was stored by somebody else. Returns the stored campaigns that
   * it joined, and what departed because of it, whose clusters have no campaign yet. @throws {ClustersFull}
   */
  add(fingerprintId: number, fingerprint: Fingerprint, campaignId?: number): Changes {
    const month = this.monthOf(fingerprint.month);
    if (month.slotOf.has(fingerprintId)) return { merges: [], departures: [] };
    const placement = month.add(fingerprint);
    month.fingerprintAt.set(placement.slot, fingerprintId);
    month.slotOf.set(fingerprintId, placement.slot);
    const merges: Merge[] = [];
    for (const number of placement.merged) {
      const from = month.campaignOf.get(number);
      month.campaignOf.delete(number);
      if (from === undefined) continue;
      const into = month.campaignOf.get(placement.campaign);
      if (into === undefined) month.campaignOf.set(placement.campaign, from);
      else if (into !== from) merges.push({ from, into });
    }
    // The store has the last word on which campaign a cluster is.
    if (campaignId !== undefined) month.campaignOf.set(placement.campaign, campaignId);
    const departures = placement.parted.map((split) => departureOf(fingerprint.month, month, split));
    return { merges, departures };
  }

  /** Takes fingerprints out; what falls apart by that departs, but for the largest part, which keeps its campaign. */
  remove(fingerprintIds: readonly number[]): readonly Departure[] {
    const departures: Departure[] = [];
    for (const [name, month] of this.months) {
      for (const id of fingerprintIds) {
        const slot = month.slotOf.get(id);
        if (slot === undefined) continue;
        month.clusters.remove(slot);
        month.slotOf.delete(id);
        month.fingerprintAt.delete(slot);
      }
      for (let splits = month.clusters.split(); splits.length > 0; splits = month.clusters.split()) {
        for (const split of splits) departures.push(departureOf(name, month, split));
      }
    }
    return departures;
  }

  /** The stored campaign of a fingerprint's cluster; undefined while the cluster has none. */
  campaignOf(month: string, fingerprintId: number): number | undefined {
    const number = this.clusterOf(month, fingerprintId);
    return number === undefined ? undefined : this.monthOf(month).campaignOf.get(number);
  }

  clusterOf(month: string, fingerprintId: number): CampaignNumber | undefined {
    return this.monthOf(month).numberOf(fingerprintId);
  }

  name(month: string, cluster: CampaignNumber, campaignId: number): void {
    this.monthOf(month).campaignOf.set(cluster, campaignId);
  }

  private monthOf(name: string): MonthClusters {
    const known = this.months.get(name);
    if (known) return known;
    const made = new MonthClusters();
    this.months.set(name, made);
    return made;
  }
}
