// What readers see of campaigns, and the domains that members proved to be theirs.
import type { DataSource } from 'typeorm';

export interface CampaignName {
  readonly name: string;
  readonly members: number;
  readonly copies: number;
  readonly pass: number | null;
  readonly fail: number | null;
}

export interface CampaignPicture {
  readonly domains: readonly CampaignName[];
  readonly networks: readonly CampaignName[];
  readonly hosts: readonly CampaignName[];
  /** By 10 minutes; `at` in milliseconds since 1970. */
  readonly spread: readonly { readonly at: number; readonly members: number; readonly copies: number }[];
}

export interface StoredCampaign {
  readonly id: number;
  readonly memberCount: number;
  readonly copies: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly isConfirmed: boolean;
  /** When the alarm was raised; undefined: never. */
  readonly outbreakAt: Date | undefined;
  readonly picture: CampaignPicture;
}

/** Bounces that fell on members because somebody forged a domain. */
export interface BounceFlood {
  readonly domain: string;
  readonly memberCount: number;
  readonly copies: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly spread: CampaignPicture['spread'];
}

interface Row {
  readonly id: string;
  readonly member_count: number;
  readonly copies: string;
  readonly first_seen: Date;
  readonly last_seen: Date;
  readonly is_confirmed: boolean;
  readonly outbreak_at: Date | null;
  readonly picture: CampaignPicture;
}

const COLUMNS = 'id, member_count, copies, first_seen, last_seen, is_confirmed, outbreak_at, picture';

const toCampaign = (row: Row): StoredCampaign => ({
  id: Number(row.id),
  memberCount: row.member_count,
  copies: Number(row.copies),
  firstSeen: row.first_seen,
  lastSeen: row.last_seen,
  isConfirmed: row.is_confirmed,
  outbreakAt: row.outbreak_at ?? undefined,
  picture: row.picture,
});

export class CampaignRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** A campaign of abuse; the id of one that was merged leads to where it went. */
  async find(id: number): Promise<StoredCampaign | undefined> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM campaign
       WHERE is_abusive AND id = coalesce((SELECT merged_into FROM campaign WHERE id = $1), $1)`,
      [id],
    );
    return rows[0] && toCampaign(rows[0]);
  }

  /** Campaigns of abuse, the newest first. One more than `first` tells that there is a next page. */
  async list({ first, before }: { first: number; before?: number | undefined }): Promise<StoredCampaign[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM campaign WHERE is_abusive AND ($2::bigint IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $1`,
      [first + 1, before ?? null],
    );
    return rows.map(toCampaign);
  }

  async lastRevision(): Promise<number> {
    const [row]: { revision: string | null }[] = await this.dataSource.query(
      'SELECT max(revision) AS revision FROM campaign',
    );
    return Number(row?.revision ?? 0);
  }

  /** Campaigns of abuse that changed after a revision, in the order of their last change. */
  async changedSince(revision: number): Promise<{ campaigns: StoredCampaign[]; revision: number }> {
    const rows: (Row & { revision: string; is_abusive: boolean })[] = await this.dataSource.query(
      `SELECT ${COLUMNS}, revision, is_abusive FROM campaign WHERE revision > $1 ORDER BY revision LIMIT 1000`,
      [revision],
    );
    return {
      campaigns: rows.filter(({ is_abusive: isAbusive }) => isAbusive).map(toCampaign),
      revision: Number(rows.at(-1)?.revision ?? revision),
    };
  }

  async proveDomain(domain: string, memberId: string, provenAt: Date, expiresAt: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO domain_proof (domain, member_id, proven_at, expires_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (domain, member_id) DO UPDATE SET proven_at = excluded.proven_at, expires_at = excluded.expires_at`,
      [domain, memberId, provenAt, expiresAt],
    );
  }

  async withdrawProof(domain: string, memberId: string): Promise<void> {
    await this.dataSource.query('DELETE FROM domain_proof WHERE domain = $1 AND member_id = $2', [
      domain,
      memberId,
    ]);
  }

  /** The floods since a moment on domains that a member proved, and on names below them. */
  async floodsOf(memberId: string, since: Date, now: Date): Promise<BounceFlood[]> {
    const rows: {
      domain: string;
      members: number;
      copies: number;
      first_seen: Date;
      last_seen: Date;
      spread: CampaignPicture['spread'];
    }[] = await this.dataSource.query(
      `WITH seen AS MATERIALIZED (
         SELECT p.domain, b.member_id, b.seen_at, b.copies FROM domain_proof p
           JOIN campaign_bounce b ON b.domain = p.domain OR right(b.domain, length(p.domain) + 1) = '.' || p.domain
         WHERE p.member_id = $1 AND p.expires_at > $3 AND b.seen_at >= $2)
       SELECT domain, count(DISTINCT member_id)::int AS members, sum(copies)::float8 AS copies,
         min(seen_at) AS first_seen, max(seen_at) AS last_seen,
         (SELECT json_agg(bucket ORDER BY at) FROM (
            SELECT floor(extract(epoch FROM seen_at) / 600)::float8 * 600000 AS at,
              count(DISTINCT member_id)::int AS members, sum(copies)::float8 AS copies
            FROM seen s WHERE s.domain = seen.domain GROUP BY 1) AS bucket) AS spread
       FROM seen GROUP BY domain ORDER BY domain`,
      [memberId, since, now],
    );
    return rows.map((row) => ({
      ...{ domain: row.domain, memberCount: row.members, copies: row.copies },
      ...{ firstSeen: row.first_seen, lastSeen: row.last_seen, spread: row.spread },
    }));
  }
}
