// What the clustering worker reads and writes, in one transaction a step and under one lock: the position moves with the
// campaigns that follow from it, so that each report counts exactly once whatever dies in between.
import type { Category, Evidence } from '@sekisho/report';
import type { SubjectType } from '@sekisho/subject';
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';
import { withoutExempt } from '../decisions/decisions-in-force.js';
import { publish, type WantedEntry } from '../zones/zone.repository.js';

/** Any number that only clustering locks. */
export const CLUSTERING_LOCK = 7_355_611;
/** Receipts looked at in one step, and reports in them: bounds its memory and the length of its transaction. */
const MAX_RECEIPTS = 500;
const MAX_REPORTS = 5_000;

/** A stored report that carries a fingerprint or tells of a bounce. */
export interface CampaignReport {
  readonly receiptId: string;
  readonly item: number;
  readonly subject: string;
  readonly subjectType: SubjectType;
  readonly reporter: string;
  readonly category: Category;
  readonly evidence: Evidence;
  readonly influenced: boolean;
  readonly count: number;
  readonly lastSeen: Date;
  readonly auth: { readonly spf?: string; readonly dkim?: string; readonly dmarc?: string } | null;
  readonly fingerprint: string | null;
  readonly urlHosts: readonly string[] | null;
}

/** One message or run of equal messages, as one or several reports of a receipt told it. */
export interface CampaignSighting {
  readonly receiptId: string;
  /** The reports it was made of, the first first. */
  readonly items: readonly number[];
  readonly memberId: string;
  readonly seenAt: Date;
  readonly copies: number;
  readonly category: Category;
  /** Empty for good mail and for what this exchange's own verdict led to. */
  readonly evidence: readonly Evidence[];
  readonly verdict: 'pass' | 'fail' | 'unknown';
  /** /24 or /48. */
  readonly network: string | undefined;
  readonly fromDomain: string | undefined;
  readonly addressHash: string | undefined;
  readonly urlHosts: readonly string[];
}

export interface BounceSighting {
  readonly receiptId: string;
  readonly item: number;
  readonly domain: string;
  readonly memberId: string;
  readonly seenAt: Date;
  readonly copies: number;
  readonly network: string | undefined;
}

export interface StoredFingerprint {
  readonly id: number;
  readonly campaignId: number;
  /** Ascending: the order in which they were clustered. */
  readonly placed: number;
  readonly fingerprint: string;
}

export interface NewFingerprint {
  readonly id: number;
  readonly campaignId: number;
  readonly month: string;
  readonly fingerprint: string;
  readonly digest: Buffer;
  /** SHA-256 in hex: the label in hash.Z. */
  readonly exact: string;
  readonly lastSeen: Date;
}

export interface ClusteringClock {
  readonly position: number;
  readonly retractedUntil: Date;
  readonly generation: number;
}

export class ClusteringRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Runs one step while no other worker clusters; waits for its turn. What `run` did is kept only when it resolves. */
  async exclusively<T>(run: (step: ClusteringStep) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [CLUSTERING_LOCK]);
      return run(new ClusteringStep(manager));
    });
  }
}

const REPORT = `s.receipt_id AS "receiptId", s.item, s.subject, s.subject_type AS "subjectType", s.reporter, s.category,
  s.evidence, s.influenced, s.count, s.last_seen AS "lastSeen", s.auth, s.fingerprint, s.url_hosts AS "urlHosts"`;
const IS_TAKEN = `s.retracted_at IS NULL AND (s.fingerprint IS NOT NULL OR s.evidence = 'bounce')`;

export class ClusteringStep {
  constructor(readonly sql: Sql) {}

  async clock(): Promise<ClusteringClock> {
    const [row]: { position: string; retracted_until: Date; generation: string }[] = await this.sql.query(
      'SELECT position, retracted_until, generation FROM campaign_clock',
    );
    if (!row) throw new Error('the clock of campaigns is gone');
    return {
      position: Number(row.position),
      retractedUntil: row.retracted_until,
      generation: Number(row.generation),
    };
  }

  async setClock({ position, retractedUntil, generation }: ClusteringClock): Promise<void> {
    await this.sql.query('UPDATE campaign_clock SET position = $1, retracted_until = $2, generation = $3', [
      position,
      retractedUntil,
      generation,
    ]);
  }

  /** The next reports in the order of the transparency log, which is the order in which they became visible. */
  async take(position: number): Promise<{ reports: CampaignReport[]; next: number; isLast: boolean }> {
    const receipts: { receipt_id: string | null; appended_at: Date; next: string; sum: string }[] =
      await this.sql.query(
        `SELECT receipt_id, appended_at, next, sum FROM (
         SELECT receipt_id, appended_at, first_index + entry_count AS next, first_index,
           entry_count, sum(entry_count) OVER (ORDER BY first_index) AS sum
         FROM (SELECT * FROM log_append WHERE first_index >= $1 ORDER BY first_index LIMIT ${MAX_RECEIPTS}) AS a) AS b
       WHERE sum - entry_count < ${MAX_REPORTS} ORDER BY first_index`,
        [position],
      );
    const last = receipts.at(-1);
    if (!last) return { reports: [], next: position, isLast: true };
    const reports: CampaignReport[] = await this.sql.query(
      `SELECT ${REPORT} FROM unnest($1::uuid[], $2::timestamptz[]) WITH ORDINALITY AS r(id, at, place)
         JOIN sighting s ON s.receipt_id = r.id AND s.received_at = r.at
       WHERE ${IS_TAKEN} ORDER BY r.place, s.item`,
      [receipts.map(({ receipt_id: id }) => id), receipts.map(({ appended_at: at }) => at)],
    );
    return {
      reports,
      next: Number(last.next),
      isLast: receipts.length < MAX_RECEIPTS && Number(last.sum) < MAX_REPORTS,
    };
  }

  /**
   * Takes out what was made of reports that were retracted since, and resolves to what else those receipts said, to be
   * taken again, and the subjects that were named. Doing it twice gives the same.
   */
  async takeBack(
    since: Date,
  ): Promise<{ reports: CampaignReport[]; campaigns: number[]; subjects: string[] }> {
    const [gone] = await this.sql.query<
      [
        {
          receipt_id: string;
          fingerprint_id: string;
          from_domain: string | null;
          address_hash: string | null;
        }[],
        number,
      ]
    >(
      `WITH touched AS (
         SELECT DISTINCT c.receipt_id FROM sighting s
           JOIN campaign_sighting c ON c.receipt_id = s.receipt_id AND s.item = ANY(c.items)
         WHERE s.retracted_at >= $1)
       DELETE FROM campaign_sighting c USING touched t WHERE c.receipt_id = t.receipt_id
       RETURNING c.receipt_id, c.fingerprint_id, c.from_domain, c.address_hash`,
      [since],
    );
    const [bounces] = await this.sql.query<[{ domain: string }[], number]>(
      `DELETE FROM campaign_bounce b USING sighting s
       WHERE s.retracted_at >= $1 AND b.receipt_id = s.receipt_id AND b.item = s.item RETURNING b.domain`,
      [since],
    );
    const subjects = [
      ...bounces.map(({ domain }) => domain),
      ...gone.flatMap(({ from_domain: domain }) => domain ?? []),
      ...gone.flatMap(({ address_hash: hash }) => (hash === null ? [] : [`address:${hash}`])),
    ];
    if (gone.length === 0) return { reports: [], campaigns: [], subjects };
    const reports: CampaignReport[] = await this.sql.query(
      `SELECT ${REPORT} FROM sighting s JOIN receipt r ON r.id = s.receipt_id AND s.received_at = r.received_at
       WHERE r.id = ANY($1) AND ${IS_TAKEN} ORDER BY s.receipt_id, s.item`,
      [[...new Set(gone.map(({ receipt_id: id }) => id))]],
    );
    const campaigns: { id: string }[] = await this.sql.query(
      'SELECT DISTINCT campaign_id AS id FROM campaign_fingerprint WHERE id = ANY($1)',
      [gone.map(({ fingerprint_id: id }) => id)],
    );
    return { reports, campaigns: campaigns.map(({ id }) => Number(id)), subjects };
  }

  /** Live fingerprints placed after `placed`, up to `limit`, in their order. */
  async fingerprintsAfter(placed: number, limit: number): Promise<StoredFingerprint[]> {
    const rows: { id: string; campaign_id: string; placed: string; fingerprint: string }[] =
      await this.sql.query(
        `SELECT id, campaign_id, placed, fingerprint FROM campaign_fingerprint
         WHERE is_live AND placed > $1 ORDER BY placed LIMIT $2`,
        [placed, limit],
      );
    return rows.map((row) => ({
      id: Number(row.id),
      campaignId: Number(row.campaign_id),
      placed: Number(row.placed),
      fingerprint: row.fingerprint,
    }));
  }

  /** Stored fingerprints by digest in hex. */
  async known(digests: readonly Buffer[]): Promise<Map<string, { id: number; isLive: boolean }>> {
    const rows: { id: string; digest: Buffer; is_live: boolean }[] = await this.sql.query(
      'SELECT id, digest, is_live FROM campaign_fingerprint WHERE digest = ANY($1)',
      [digests],
    );
    return new Map(
      rows.map((row) => [row.digest.toString('hex'), { id: Number(row.id), isLive: row.is_live }]),
    );
  }

  newFingerprintIds = (count: number): Promise<number[]> =>
    this.numbers(`pg_get_serial_sequence('campaign_fingerprint', 'id')`, count);

  /** New campaigns of a month; what is known of them follows from their fingerprints. */
  async newCampaigns(
    campaigns: readonly { month: string; splitFrom?: number | undefined }[],
    now: Date,
  ): Promise<number[]> {
    const ids = await this.numbers(`pg_get_serial_sequence('campaign', 'id')`, campaigns.length);
    if (ids.length > 0) {
      await this.sql.query(
        `INSERT INTO campaign (id, month, split_from, first_seen, last_seen)
         SELECT id, month, split_from, $4, $4 FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS n(id, month, split_from)`,
        [ids, campaigns.map(({ month }) => month), campaigns.map(({ splitFrom }) => splitFrom ?? null), now],
      );
    }
    return ids;
  }

  private async numbers(sequence: string, count: number): Promise<number[]> {
    if (count === 0) return [];
    const rows: { id: string }[] = await this.sql.query(
      `SELECT nextval(${sequence}) AS id FROM generate_series(1, $1::int)`,
      [count],
    );
    return rows.map(({ id }) => Number(id));
  }

  /** Stores fingerprints in the order in which they were placed. One that had expired comes back under its id. */
  async addFingerprints(fingerprints: readonly NewFingerprint[]): Promise<void> {
    if (fingerprints.length === 0) return;
    await this.sql.query(
      `INSERT INTO campaign_fingerprint (id, campaign_id, placed, month, fingerprint, digest, exact, last_seen)
       SELECT id, campaign, nextval('campaign_placed'), month, fingerprint, decode(digest, 'hex'), exact, seen
       FROM (SELECT * FROM jsonb_to_recordset($1) AS n(id bigint, campaign bigint, month text, fingerprint text,
         digest text, exact text, seen timestamptz, place int) ORDER BY place) AS n
       ON CONFLICT (id) DO UPDATE SET campaign_id = excluded.campaign_id, placed = excluded.placed,
         last_seen = excluded.last_seen, is_live = true`,
      [
        JSON.stringify(
          fingerprints.map((one, place) => ({
            ...{ id: one.id, campaign: one.campaignId, month: one.month, fingerprint: one.fingerprint },
            ...{ digest: one.digest.toString('hex'), exact: one.exact, seen: one.lastSeen, place },
          })),
        ),
      ],
    );
  }

  async addSightings(
    sightings: readonly (CampaignSighting & { readonly fingerprintId: number })[],
  ): Promise<void> {
    if (sightings.length === 0) return;
    await this.sql.query(
      `WITH added AS (
         INSERT INTO campaign_sighting (receipt_id, item, items, fingerprint_id, member_id, seen_at, copies, category,
           evidence, verdict, network, from_domain, address_hash, url_hosts)
         SELECT "receiptId", items[1], items, "fingerprintId", "memberId", "seenAt", copies, category, evidence, verdict,
           network, "fromDomain", "addressHash", "urlHosts"
         FROM jsonb_to_recordset($1) AS n("receiptId" uuid, items int[], "fingerprintId" bigint, "memberId" text,
           "seenAt" timestamptz, copies int, category text, evidence text[], verdict text, network cidr,
           "fromDomain" text, "addressHash" text, "urlHosts" text[])
         ON CONFLICT DO NOTHING RETURNING fingerprint_id, seen_at)
       UPDATE campaign_fingerprint f SET last_seen = greatest(f.last_seen, a.seen)
       FROM (SELECT fingerprint_id, max(seen_at) AS seen FROM added GROUP BY 1) AS a WHERE a.fingerprint_id = f.id`,
      [JSON.stringify(sightings)],
    );
  }

  async addBounces(bounces: readonly BounceSighting[]): Promise<void> {
    if (bounces.length === 0) return;
    await this.sql.query(
      `INSERT INTO campaign_bounce (receipt_id, item, domain, member_id, seen_at, copies, network)
       SELECT "receiptId", item, domain, "memberId", "seenAt", copies, network
       FROM jsonb_to_recordset($1) AS n("receiptId" uuid, item int, domain text, "memberId" text,
         "seenAt" timestamptz, copies int, network cidr) ON CONFLICT DO NOTHING`,
      [JSON.stringify(bounces)],
    );
  }

  /** The campaigns of fingerprints, each once. */
  async campaignsOf(fingerprintIds: readonly number[]): Promise<number[]> {
    const rows: { id: string }[] = await this.sql.query(
      'SELECT DISTINCT campaign_id AS id FROM campaign_fingerprint WHERE id = ANY($1)',
      [fingerprintIds],
    );
    return rows.map(({ id }) => Number(id));
  }

  /** Joins `from` into `into`; the old id leads there from now on. */
  async merge(from: number, into: number): Promise<void> {
    await this.sql.query('UPDATE campaign_fingerprint SET campaign_id = $2 WHERE campaign_id = $1', [
      from,
      into,
    ]);
    await this.sql.query('DELETE FROM campaign_member WHERE campaign_id = $1', [from]);
    await this.sql.query(
      `UPDATE campaign SET merged_into = $2, is_abusive = false, is_confirmed = false,
         outbreak_at = CASE WHEN id = $1 THEN outbreak_at END, revision = nextval('campaign_revision')
       WHERE id = $1 OR merged_into = $1`,
      [from, into],
    );
    await this.sql.query(
      `UPDATE campaign c SET outbreak_at = least(c.outbreak_at, o.outbreak_at) FROM campaign o
       WHERE c.id = $2 AND o.id = $1`,
      [from, into],
    );
  }

  async move(fingerprintIds: readonly number[], campaignId: number): Promise<void> {
    await this.sql.query('UPDATE campaign_fingerprint SET campaign_id = $2 WHERE id = ANY($1)', [
      fingerprintIds,
      campaignId,
    ]);
  }

  /** Fingerprints that leave the clusters: not seen since `before`, or nothing is left that told of them. */
  async expire(before: Date): Promise<{ id: number; campaignId: number }[]> {
    const [rows] = await this.sql.query<[{ id: string; campaign_id: string }[], number]>(
      `UPDATE campaign_fingerprint SET is_live = false
       WHERE id IN (SELECT id FROM campaign_fingerprint WHERE is_live AND last_seen < $1 LIMIT ${MAX_REPORTS})
       RETURNING id, campaign_id`,
      [before],
    );
    return rows.map(({ id, campaign_id: campaignId }) => ({
      id: Number(id),
      campaignId: Number(campaignId),
    }));
  }

  /** Campaigns that somebody else changed, up to 100. */
  async stale(): Promise<number[]> {
    const rows: { id: string }[] = await this.sql.query('SELECT id FROM campaign WHERE is_stale LIMIT 100');
    return rows.map(({ id }) => Number(id));
  }

  /** Makes the zones what campaigns say, and notes when to look at roles again; fingerprints follow their campaigns. */
  async claim(
    roles: readonly WantedEntry[],
    fingerprints: readonly WantedEntry[],
    { reviewAt, now }: { readonly reviewAt: Date; readonly now: Date },
  ): Promise<void> {
    if (roles.length > 0) await this.noteClaims(roles, reviewAt);
    await publish(this.sql, await withoutExempt(this.sql, [...roles, ...fingerprints], now), now, 'campaign');
  }

  private async noteClaims(wanted: readonly WantedEntry[], reviewAt: Date): Promise<void> {
    const rows = [wanted.map(({ zone }) => zone), wanted.map(({ subject }) => subject)];
    await this.sql.query(
      `WITH wanted AS (SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[]) AS w(zone, subject, holds)),
       ended AS (
         DELETE FROM campaign_claim c USING wanted w
         WHERE NOT w.holds AND c.zone = w.zone AND c.subject = w.subject)
       INSERT INTO campaign_claim (zone, subject, review_at) SELECT zone, subject, $4 FROM wanted WHERE holds
       ON CONFLICT (zone, subject) DO UPDATE SET review_at = excluded.review_at`,
      [...rows, wanted.map(({ codes }) => codes.length > 0), reviewAt],
    );
  }

  /** Subjects of claims that are due for review, up to 500. */
  async claimsDue(now: Date): Promise<string[]> {
    const rows: { subject: string }[] = await this.sql.query(
      'SELECT DISTINCT subject FROM campaign_claim WHERE review_at <= $1 LIMIT 500',
      [now],
    );
    return rows.map(({ subject }) => subject);
  }

  async announce(): Promise<void> {
    await this.sql.query(`SELECT pg_notify('sekisho_campaigns', '')`);
  }
}
