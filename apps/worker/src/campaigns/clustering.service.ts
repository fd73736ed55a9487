import {
  FingerprintInvalid,
  fingerprintSubject,
  fitBaseline,
  isAbusive,
  judgeOutbreak,
  OUTBREAK_WINDOW_MS,
  parseFingerprint,
  tallyOf,
  type Baseline,
  type Fingerprint,
  type Observation,
} from '@sekisho/campaign';
import { CampaignPictures, type ClusteringRepository, type ClusteringStep } from '@sekisho/persistence';
import { protectionOf, type WarningLists } from '@sekisho/reputation';
import { readSubject } from '@sekisho/subject';
import { createHash } from 'node:crypto';
import { addressClaim, CLAIM_REVIEW_MS, CLAIM_WINDOW_MS, domainClaim, fingerprintClaim } from './claims.js';
import { LiveClusters, type Merge } from './live-clusters.js';
import { bouncesIn, sightingsIn, type FingerprintedSighting } from './observations.js';

/** A fingerprint that nobody saw for so long leaves the clusters. */
const LIVE_MS = 14 * 86_400_000;
/** A retraction that was committed late is still found. */
const RETRACTION_OVERLAP_MS = 60_000;
const EXPIRE_EVERY_MS = 3_600_000;
/** What of fingerprints is read at once when the clusters are made from what is stored. */
const LOAD = 5_000;
/** Confirmed, and published as fingerprints: as many members as a listing needs. */
const CONFIRMED_MEMBERS = 3;
/** Wanted share of ordinary new clusters that raise an alarm; docs/campaigns.md says what was measured. */
const FALSE_ALARM_RATE = 0.001;
/** Until 30 clusters are known here: the fit of docs/campaigns.md, on simulated arrivals. */
const FIRST_BASELINE: Baseline = { mean: 2, shape: 12.01 };
/** As libs/campaign caps one member's copies in a window. */
const MAX_COPIES_OF_MEMBER = 3;

/** Takes stored reports into campaigns. Several workers may run it: one at a time works, the others wait. */
export class ClusteringService {
  private clusters: LiveClusters | undefined;
  private running: Promise<void> | undefined;
  private isWanted = false;
  private expiredAt = -Infinity;
  private baseline: { readonly fitted: Baseline; readonly at: number } | undefined;

  constructor(
    private readonly repository: ClusteringRepository,
    private readonly warningLists: WarningLists,
    private readonly now: () => Date,
  ) {}

  /** Takes all that is stored. Calls while it runs are served by one more round. */
  run(): Promise<void> {
    this.isWanted = true;
    this.running ??= this.rounds().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async rounds(): Promise<void> {
    while (this.isWanted) {
      this.isWanted = false;
      for (let isLast = false; !isLast;) isLast = await this.step();
    }
  }

  private async step(): Promise<boolean> {
    try {
      return await this.repository.exclusively((step) => this.work(step));
    } catch (error) {
      // What was placed in memory is not stored: it is read again from what is.
      this.clusters = undefined;
      throw error;
    }
  }

  private async work(step: ClusteringStep): Promise<boolean> {
    const now = this.now();
    const clock = await step.clock();
    const clusters = await this.follow(step, clock.generation);
    const back = await step.takeBack(new Date(clock.retractedUntil.getTime() - RETRACTION_OVERLAP_MS));
    const { reports, next, isLast } = await step.take(clock.position);
    const all = [...back.reports, ...reports];
    const { campaigns, merges } = await this.place(step, clusters, sightingsIn(all), now);
    const bounces = bouncesIn(all);
    await step.addBounces(bounces);
    const touched = new Set([...campaigns, ...back.campaigns, ...(await step.stale())]);
    let { generation } = clock;
    if (isLast && now.getTime() - this.expiredAt >= EXPIRE_EVERY_MS) {
      this.expiredAt = now.getTime();
      const expired = await this.expire(step, clusters, now);
      for (const id of expired) touched.add(id);
      if (expired.length > 0) generation += 1;
    }
    for (const { from } of merges) touched.delete(from);
    await step.setClock({ position: next, retractedUntil: now, generation });
    clusters.generation = generation;
    this.clusters = clusters;
    const due = await step.claimsDue(now);
    if (touched.size > 0 || merges.length > 0) {
      await this.judge(step, [...touched], now);
      await step.announce();
    }
    await this.claim(
      step,
      [...touched, ...merges.map(({ from }) => from)],
      [...bounces.map(({ domain }) => domain), ...back.subjects, ...due],
      now,
    );
    return isLast;
  }

  /** The clusters as of what is stored: from the beginning when fingerprints went away meanwhile. */
  private async follow(step: ClusteringStep, generation: number): Promise<LiveClusters> {
    const clusters = this.clusters?.generation === generation ? this.clusters : new LiveClusters(generation);
    for (;;) {
      const rows = await step.fingerprintsAfter(clusters.placed, LOAD);
      for (const { id, campaignId, placed, fingerprint } of rows) {
        const { departures } = clusters.add(id, parseFingerprint(fingerprint), campaignId);
        clusters.placed = placed;
        for (const { month, cluster, fingerprintIds } of departures) {
          const [own] = await step.campaignsOf(fingerprintIds.slice(0, 1));
          if (own !== undefined) clusters.name(month, cluster, own);
        }
      }
      if (rows.length < LOAD) return clusters;
    }
  }

  private async place(
    step: ClusteringStep,
    clusters: LiveClusters,
    sightings: readonly FingerprintedSighting[],
    now: Date,
  ): Promise<{ campaigns: number[]; merges: Merge[] }> {
    const comparable = new Map<string, Candidate>();
    for (const { fingerprint: text, seenAt } of sightings) {
      const before = comparable.get(text);
      if (before) {
        if (before.lastSeen < seenAt) before.lastSeen = seenAt;
        continue;
      }
      const fingerprint = readComparable(text, now);
      if (fingerprint) comparable.set(text, { text, fingerprint, digest: digestOf(text), lastSeen: seenAt });
    }
    if (comparable.size === 0) return { campaigns: [], merges: [] };
    const candidates = [...comparable.values()];
    const known = await step.known(candidates.map(({ digest }) => digest));
    const idOf = new Map<string, number>();
    const absent: (Candidate & { id?: number })[] = [];
    for (const candidate of candidates) {
      const stored = known.get(candidate.digest.toString('hex'));
      if (stored) idOf.set(candidate.text, stored.id);
      if (!stored?.isLive) absent.push({ ...candidate, ...(stored && { id: stored.id }) });
    }
    const fresh = await step.newFingerprintIds(absent.filter(({ id }) => id === undefined).length);
    const placed = absent.map((candidate) => {
      const id = candidate.id ?? fresh.shift() ?? 0;
      idOf.set(candidate.text, id);
      return { ...candidate, id };
    });
    const changes = placed.map(({ id, fingerprint }) => clusters.add(id, fingerprint));
    const merges = changes.flatMap((change) => change.merges);
    const departed = changes.flatMap(({ departures }) =>
      departures.flatMap(({ month, from, fingerprintIds }) =>
        fingerprintIds.map((id) => ({ id, month, splitFrom: from })),
      ),
    );
    const arrived = placed.map(({ id, fingerprint: { month } }) => ({ id, month, splitFrom: undefined }));
    await this.nameNew(step, clusters, [...departed, ...arrived], now);
    await step.addFingerprints(
      placed.map(({ id, text, fingerprint, digest, lastSeen }) => ({
        ...{ id, fingerprint: text, month: fingerprint.month, digest, lastSeen },
        campaignId: clusters.campaignOf(fingerprint.month, id) ?? 0,
        exact: fingerprintSubject(fingerprint),
      })),
    );
    for (const { from, into } of merges) await step.merge(from, into);
    for (const { id, month } of departed) await step.move([id], clusters.campaignOf(month, id) ?? 0);
    const stored = sightings.flatMap(({ fingerprint, ...sighting }) => {
      const fingerprintId = idOf.get(fingerprint);
      return fingerprintId === undefined ? [] : [{ ...sighting, fingerprintId }];
    });
    await step.addSightings(stored);
    const moved = [...idOf.values(), ...departed.map(({ id }) => id)];
    return { campaigns: await step.campaignsOf(moved), merges };
  }

  /** Clusters that are no stored campaign yet become one. */
  private async nameNew(
    step: ClusteringStep,
    clusters: LiveClusters,
    fingerprints: readonly {
      readonly id: number;
      readonly month: string;
      readonly splitFrom: number | undefined;
    }[],
    now: Date,
  ): Promise<void> {
    const unnamed = new Map<string, { month: string; cluster: number; splitFrom: number | undefined }>();
    for (const { id, month, splitFrom } of fingerprints) {
      const cluster = clusters.clusterOf(month, id);
      const key = `${month} ${cluster}`;
      if (cluster === undefined || clusters.campaignOf(month, id) !== undefined || unnamed.has(key)) continue;
      unnamed.set(key, { month, cluster, splitFrom });
    }
    const list = [...unnamed.values()];
    const ids = await step.newCampaigns(list, now);
    for (const [i, { month, cluster }] of list.entries()) clusters.name(month, cluster, ids[i] ?? 0);
  }

  /** @returns the campaigns that lost fingerprints, and those that came of them */
  private async expire(step: ClusteringStep, clusters: LiveClusters, now: Date): Promise<number[]> {
    const expired = await step.expire(new Date(now.getTime() - LIVE_MS));
    const departures = clusters.remove(expired.map(({ id }) => id));
    const ids = await step.newCampaigns(
      departures.map(({ month, from }) => ({ month, splitFrom: from })),
      now,
    );
    for (const [i, { month, cluster, fingerprintIds }] of departures.entries()) {
      clusters.name(month, cluster, ids[i] ?? 0);
      await step.move(fingerprintIds, ids[i] ?? 0);
    }
    return [...new Set([...expired.map(({ campaignId }) => campaignId), ...ids])];
  }

  private async judge(step: ClusteringStep, campaigns: readonly number[], now: Date): Promise<void> {
    const pictures = new CampaignPictures(step.sql);
    const baseline = await this.currentBaseline(pictures, now);
    const sums = Map.groupBy(await pictures.sums(campaigns), ({ campaignId }) => campaignId);
    const verdicts = campaigns.map((campaignId) => {
      const seen = sums.get(campaignId) ?? [];
      const observations = seen.flatMap(({ member, firstSeen, copies, evidence }) =>
        (evidence.length > 0 ? evidence : (['none'] as const)).map((kind, i): Observation => ({
          ...{ member, at: firstSeen, copies: i === 0 ? copies : 0, evidenceCopies: copies, evidence: kind },
          ...{ auth: {}, network: undefined, fromDomain: undefined, urlHosts: [] },
        })),
      );
      const tally = tallyOf(observations);
      const samples = seen.map(({ member, lastSeen: at, copies }) => ({ member, at, copies }));
      const options = { now: now.getTime(), falseAlarmRate: FALSE_ALARM_RATE };
      return {
        campaignId,
        isAbusive: tally !== undefined && isAbusive(tally),
        isConfirmed: tally !== undefined && isAbusive(tally, CONFIRMED_MEMBERS),
        isOutbreak:
          tally !== undefined &&
          isAbusive(tally) &&
          judgeOutbreak(samples, tally.firstSeen, baseline, options).isOutbreak,
      };
    });
    await pictures.store(verdicts, now);
  }

  private async currentBaseline(pictures: CampaignPictures, now: Date): Promise<Baseline> {
    if (this.baseline && now.getTime() - this.baseline.at < EXPIRE_EVERY_MS) return this.baseline.fitted;
    const openings = await pictures.openings(now, OUTBREAK_WINDOW_MS, MAX_COPIES_OF_MEMBER);
    const fitted = openings.length < 30 ? FIRST_BASELINE : fitBaseline(openings);
    this.baseline = { fitted, at: now.getTime() };
    return fitted;
  }

  /** What campaigns say of all that is in question now; the zones are locked from here on. */
  private async claim(
    step: ClusteringStep,
    campaigns: readonly number[],
    inQuestion: readonly string[],
    now: Date,
  ): Promise<void> {
    const pictures = new CampaignPictures(step.sql);
    const since = new Date(now.getTime() - CLAIM_WINDOW_MS);
    const named = campaigns.length > 0 ? await pictures.namesIn(campaigns, since) : NOTHING_NAMED;
    const subjects = inQuestion.filter((subject) => !subject.startsWith('fingerprint:')).map(readSubject);
    const valuesOf = (type: string) =>
      subjects.filter((subject) => subject.type === type).map(({ value }) => value);
    const domains = [...new Set([...named.domains, ...valuesOf('domain')])];
    const addresses = [...new Set([...named.addresses, ...valuesOf('address')])];
    const senders = domains.length > 0 ? await pictures.senders(domains, since) : undefined;
    const hosts = domains.length > 0 ? await pictures.hosts(domains, since) : undefined;
    const drops = addresses.length > 0 ? await pictures.addresses(addresses, since) : undefined;
    const roles = [
      ...domains.map((domain) =>
        domainClaim(domain, {
          ...{ sender: senders?.get(domain), host: hosts?.get(domain) },
          isWellKnown: protectionOf({ type: 'domain', value: domain }, this.warningLists) !== undefined,
        }),
      ),
      ...addresses.map((hash) => addressClaim(hash, drops?.get(hash))),
    ];
    const fingerprints = campaigns.length > 0 ? await pictures.fingerprintsToPublish(campaigns) : [];
    await step.claim(
      roles,
      fingerprints.map(({ exact, isConfirmed }) => fingerprintClaim(exact, isConfirmed)),
      { now, reviewAt: new Date(now.getTime() + CLAIM_REVIEW_MS) },
    );
  }
}

const NOTHING_NAMED = { domains: [], addresses: [] };

interface Candidate {
  readonly text: string;
  readonly fingerprint: Fingerprint;
  readonly digest: Buffer;
  lastSeen: Date;
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Months whose key was never given out, or long ago, would only take up memory: the last, this and the next one count. */
function readComparable(text: string, now: Date): Fingerprint | undefined {
  try {
    const fingerprint = parseFingerprint(text);
    const [year = 0, month = 0] = fingerprint.month.split('-').map(Number);
    const distance = year * 12 + month - 1 - (now.getUTCFullYear() * 12 + now.getUTCMonth());
    // Without text and without a file it is like nothing.
    const saysNothing = fingerprint.kind === 'none' && fingerprint.attachmentsDigest === undefined;
    return Math.abs(distance) <= 1 && !saysNothing ? fingerprint : undefined;
  } catch (error) {
    if (error instanceof FingerprintInvalid) return undefined;
    throw error;
  }
}
