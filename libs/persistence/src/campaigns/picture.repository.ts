// What follows from the sightings of campaigns: their sums, and the pictures by which a domain, a host or an address is
// judged. Runs inside a step of clustering.
import type { DomainPicture, HostPicture, ReplyPicture } from '@sekisho/campaign';
import type { Evidence } from '@sekisho/report';
import type { Sql } from '../database.js';

/** Reports of one member within a bucket of time, summed. */
export interface SummedSighting {
  readonly campaignId: number;
  readonly member: string;
  /** Milliseconds since 1970: the first of them. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly copies: number;
  readonly evidence: readonly Evidence[];
}

export interface CampaignVerdict {
  readonly campaignId: number;
  readonly isAbusive: boolean;
  readonly isConfirmed: boolean;
  readonly isOutbreak: boolean;
}

/** Whether everybody links to the host is not the store's to say. */
export type StoredHostPicture = Omit<HostPicture, 'isWellKnown'>;

const JOINED = `campaign_sighting s JOIN campaign_fingerprint f ON f.id = s.fingerprint_id JOIN campaign c ON c.id = f.campaign_id`;

/** Names, hosts and networks that a campaign's picture keeps: the most often seen. */
const MAX_NAMES = 200;
const MAX_BUCKETS = 2_016;

export class CampaignPictures {
  constructor(private readonly sql: Sql) {}

  async sums(campaignIds: readonly number[]): Promise<SummedSighting[]> {
    const rows: (Omit<SummedSighting, 'campaignId' | 'copies'> & { campaignId: string; copies: string })[] =
      await this.sql.query(
        `SELECT f.campaign_id AS "campaignId", s.member_id AS member, s.evidence, sum(s.copies) AS copies,
           (extract(epoch FROM min(s.seen_at)) * 1000)::float8 AS "firstSeen",
           (extract(epoch FROM max(s.seen_at)) * 1000)::float8 AS "lastSeen"
         FROM campaign_sighting s JOIN campaign_fingerprint f ON f.id = s.fingerprint_id
         WHERE f.campaign_id = ANY($1)
         GROUP BY f.campaign_id, s.member_id, s.evidence, floor(extract(epoch FROM s.seen_at) / 300)`,
        [campaignIds],
      );
    return rows.map((row) => ({
      ...row,
      campaignId: Number(row.campaignId),
      copies: Number(row.copies),
    }));
  }

  /** Stores the sums, members and picture of campaigns with the verdicts on them, and gives each a new revision. */
  async store(verdicts: readonly CampaignVerdict[], now: Date): Promise<void> {
    if (verdicts.length === 0) return;
    const ids = verdicts.map(({ campaignId }) => campaignId);
    await this.sql.query(
      `WITH seen AS (
         SELECT f.campaign_id, s.member_id, sum(s.copies) AS copies
         FROM campaign_sighting s JOIN campaign_fingerprint f ON f.id = s.fingerprint_id
         WHERE f.campaign_id = ANY($1) GROUP BY 1, 2),
       gone AS (
         DELETE FROM campaign_member m WHERE campaign_id = ANY($1)
           AND NOT EXISTS (SELECT FROM seen s WHERE s.campaign_id = m.campaign_id AND s.member_id = m.member_id))
       INSERT INTO campaign_member SELECT * FROM seen
       ON CONFLICT (campaign_id, member_id) DO UPDATE SET copies = excluded.copies`,
      [ids],
    );
    const named = (source: string) =>
      `(SELECT coalesce(json_agg(n), '[]') FROM (
          SELECT name, count(DISTINCT member_id)::int AS members, sum(copies)::float8 AS copies,
            sum(copies) FILTER (WHERE verdict = 'pass')::float8 AS pass,
            sum(copies) FILTER (WHERE verdict = 'fail')::float8 AS fail
          FROM ${source} WHERE name IS NOT NULL GROUP BY name ORDER BY 2 DESC, 3 DESC, 1 LIMIT ${MAX_NAMES}) AS n)`;
    await this.sql.query(
      `UPDATE campaign c SET is_abusive = v."isAbusive", is_confirmed = v."isConfirmed", is_stale = false,
         outbreak_at = coalesce(c.outbreak_at, CASE WHEN v."isOutbreak" THEN $2::timestamptz END),
         copies = t.copies, member_count = t.members, first_seen = coalesce(t.first_seen, c.first_seen),
         last_seen = coalesce(t.last_seen, c.last_seen), picture = t.picture, revision = nextval('campaign_revision')
       FROM jsonb_to_recordset($1) AS v("campaignId" bigint, "isAbusive" boolean, "isConfirmed" boolean,
         "isOutbreak" boolean),
       LATERAL (
         WITH seen AS MATERIALIZED (
           SELECT s.* FROM campaign_sighting s JOIN campaign_fingerprint f ON f.id = s.fingerprint_id
           WHERE f.campaign_id = v."campaignId")
         SELECT coalesce(sum(copies), 0) AS copies, count(DISTINCT member_id)::int AS members,
           min(seen_at) AS first_seen, max(seen_at) AS last_seen,
           json_build_object(
             'domains', ${named('(SELECT from_domain AS name, * FROM seen) AS x')},
             'networks', ${named('(SELECT network::text AS name, * FROM seen) AS x')},
             'hosts', ${named('(SELECT host AS name, seen.* FROM seen, unnest(url_hosts) AS host) AS x')},
             'spread', (SELECT coalesce(json_agg(b ORDER BY at), '[]') FROM (
                SELECT floor(extract(epoch FROM seen_at) / 600)::float8 * 600000 AS at,
                  count(DISTINCT member_id)::int AS members, sum(copies)::float8 AS copies
                FROM seen GROUP BY 1 ORDER BY 1 DESC LIMIT ${MAX_BUCKETS}) AS b)) AS picture
         FROM seen) AS t
       WHERE c.id = v."campaignId" AND c.merged_into IS NULL`,
      [JSON.stringify(verdicts), now],
    );
  }

  /** What the sightings since a moment show of domains in From. */
  async senders(domains: readonly string[], since: Date): Promise<Map<string, DomainPicture>> {
    const rows: ({ name: string } & DomainPicture)[] = await this.sql.query(
      `SELECT d.name, coalesce(p.pass, 0)::float8 AS pass, coalesce(p.fail, 0)::float8 AS fail,
         coalesce(p.unknown, 0)::float8 AS unknown, coalesce(p.networks, 0)::int AS "failingNetworks",
         coalesce(p.members, 0)::int AS members,
         (SELECT count(DISTINCT member_id)::int FROM campaign_bounce b
          WHERE b.domain = d.name AND b.seen_at >= $2) AS "bounceMembers"
       FROM unnest($1::text[]) AS d(name) LEFT JOIN (
         SELECT s.from_domain, sum(s.copies) FILTER (WHERE verdict = 'pass') AS pass,
           sum(s.copies) FILTER (WHERE verdict = 'fail') AS fail,
           sum(s.copies) FILTER (WHERE verdict = 'unknown') AS unknown,
           count(DISTINCT set_masklen(network, CASE family(network) WHEN 4 THEN 16 ELSE 32 END))
             FILTER (WHERE verdict = 'fail') AS networks,
           count(DISTINCT member_id) AS members
         FROM ${JOINED} WHERE s.from_domain = ANY($1) AND s.seen_at >= $2 AND c.is_abusive GROUP BY 1
       ) AS p ON p.from_domain = d.name`,
      [domains, since],
    );
    return new Map(rows.map(({ name, ...picture }) => [name, picture]));
  }

  async hosts(hosts: readonly string[], since: Date): Promise<Map<string, StoredHostPicture>> {
    const rows: ({ name: string } & StoredHostPicture)[] = await this.sql.query(
      `SELECT h.name, coalesce(sum(s.copies) FILTER (WHERE s.category = 'phishing'), 0)::float8 AS "phishingCopies",
         count(DISTINCT s.member_id) FILTER (WHERE s.category = 'phishing')::int AS members,
         (coalesce(sum(s.copies) FILTER (WHERE s.category = 'ham'), 0) + (
            SELECT coalesce(sum(g.count), 0) FROM sighting g
            WHERE g.subject = h.name AND g.category = 'ham' AND g.retracted_at IS NULL))::float8 AS "hamCopies"
       FROM unnest($1::text[]) AS h(name)
         LEFT JOIN campaign_sighting s ON s.url_hosts @> ARRAY[h.name] AND s.seen_at >= $2
       GROUP BY h.name`,
      [hosts, since],
    );
    return new Map(rows.map(({ name, ...picture }) => [name, picture]));
  }

  async addresses(hashes: readonly string[], since: Date): Promise<Map<string, ReplyPicture>> {
    const rows: ({ name: string } & ReplyPicture)[] = await this.sql.query(
      `SELECT h.name, coalesce(p.campaigns, 0)::int AS campaigns, coalesce(p.members, 0)::int AS members,
         (SELECT coalesce(sum(g.count), 0)::float8 FROM sighting g WHERE g.subject = 'address:' || h.name
            AND g.category = 'ham' AND g.retracted_at IS NULL) AS "ownMailCopies"
       FROM unnest($1::text[]) AS h(name) LEFT JOIN (
         SELECT s.address_hash, count(DISTINCT c.id) AS campaigns, count(DISTINCT s.member_id) AS members
         FROM ${JOINED} WHERE s.address_hash = ANY($1) AND s.seen_at >= $2 AND c.is_abusive GROUP BY 1
       ) AS p ON p.address_hash = h.name`,
      [hashes, since],
    );
    return new Map(rows.map(({ name, ...picture }) => [name, picture]));
  }

  /** The names that the sightings of campaigns and of bounces bring into question. */
  async namesIn(
    campaignIds: readonly number[],
    since: Date,
  ): Promise<{ domains: string[]; addresses: string[] }> {
    const [row]: { domains: string[] | null; addresses: string[] | null }[] = await this.sql.query(
      `WITH seen AS MATERIALIZED (
         SELECT s.* FROM campaign_sighting s JOIN campaign_fingerprint f ON f.id = s.fingerprint_id
         WHERE f.campaign_id = ANY($1) AND s.seen_at >= $2)
       SELECT (SELECT array_agg(name) FROM (
           SELECT from_domain AS name FROM seen WHERE from_domain IS NOT NULL
           UNION SELECT host FROM seen, unnest(url_hosts) AS host WHERE category IN ('phishing', 'ham')) AS d) AS domains,
         (SELECT array_agg(DISTINCT address_hash) FROM seen WHERE address_hash IS NOT NULL) AS addresses`,
      [campaignIds, since],
    );
    return { domains: row?.domains ?? [], addresses: row?.addresses ?? [] };
  }

  /** Exact fingerprints whose publication differs from what the campaigns that hold them call for, and notes it. */
  async fingerprintsToPublish(
    campaignIds: readonly number[],
  ): Promise<{ exact: string; isConfirmed: boolean }[]> {
    const [rows] = await this.sql.query<[{ exact: string; isConfirmed: boolean }[], number]>(
      `WITH wanted AS (
         SELECT f.exact, bool_or(f.is_live AND c.is_confirmed) AS holds
         FROM campaign_fingerprint f JOIN campaign c ON c.id = f.campaign_id
         WHERE f.exact IN (SELECT exact FROM campaign_fingerprint WHERE campaign_id = ANY($1)) GROUP BY f.exact)
       UPDATE campaign_fingerprint f SET is_published = w.holds FROM wanted w
       WHERE f.exact = w.exact AND f.is_published <> w.holds
       RETURNING f.exact, w.holds AS "isConfirmed"`,
      [campaignIds],
    );
    return [...new Map(rows.map((row) => [row.exact, row])).values()];
  }

  /** For the baseline of outbreaks: member-capped copies of clusters of the last week in their first `windowMs`. */
  async openings(now: Date, windowMs: number, cap: number): Promise<number[]> {
    const rows: { statistic: number }[] = await this.sql.query(
      `SELECT sum(least(copies, $3))::float8 AS statistic FROM (
         SELECT c.id, s.member_id, sum(s.copies) AS copies FROM ${JOINED}
         WHERE c.outbreak_at IS NULL AND c.merged_into IS NULL AND s.seen_at < c.first_seen + $2 * interval '1 ms'
           AND c.first_seen BETWEEN $1::timestamptz - interval '7 days' AND $1::timestamptz - $2 * interval '1 ms'
         GROUP BY 1, 2 LIMIT 50000) AS openings GROUP BY id`,
      [now, windowMs, cap],
    );
    return rows.map(({ statistic }) => statistic);
  }
}
