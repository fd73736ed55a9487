import { FEEDBACK, type HygieneFigures } from '@sekisho/feedback';
import type { DataSource } from 'typeorm';

/** Leaks of the last month: what a range did before its owner closed port 25 is soon forgotten. */
const LEAK_MS = 30 * 24 * 3_600_000;

interface Row {
  readonly member_id: string;
  readonly addresses: number | null;
  readonly listed: number | null;
  readonly dynamic: number | null;
  readonly blocked: number | null;
  readonly leaking: number | null;
  readonly hours: number | null;
  readonly kept: number | null;
  readonly failed: number | null;
}

/** IPv4 only: an IPv6 network has more addresses than could ever be listed, and any share of them is 0. */
const FIGURES = `
  WITH size AS (
    SELECT member_id, sum(2 ^ (32 - masklen(network)))::float8 AS addresses FROM member_network
    WHERE family(network) = 4 GROUP BY member_id),
  listed AS (
    SELECT n.member_id, count(*)::float8 AS listed FROM reputation r
    JOIN member_network n ON n.network >>= r.subject::inet
    WHERE r.listed AND r.subject_type = 'ip' AND family(n.network) = 4 GROUP BY n.member_id),
  piece AS (
    SELECT r.member_id, p.piece AS network, r.port25 FROM declared_piece p JOIN declared_range r USING (network)
    UNION ALL
    SELECT d.member_id, d.network, 'unknown' FROM dynamic_range d
    WHERE NOT EXISTS (SELECT FROM declared_range r WHERE r.network >>= d.network)),
  dynamic AS (
    SELECT member_id, sum(2 ^ (32 - masklen(network)))::float8 AS dynamic,
      coalesce(sum(2 ^ (32 - masklen(network))) FILTER (WHERE port25 = 'blocked'), 0)::float8 AS blocked
    FROM piece WHERE family(network) = 4 GROUP BY member_id),
  leaking AS (
    SELECT p.member_id, count(DISTINCT s.subject)::float8 AS leaking FROM sighting s
    JOIN piece p ON p.network >>= s.subject::inet
    WHERE s.evidence = 'port25' AND s.last_seen > $1 AND s.subject_type = 'ip' AND s.retracted_at IS NULL
      AND family(p.network) = 4 GROUP BY p.member_id),
  fixes AS (
    SELECT owner AS member_id,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM fixed_at - opened_at) / 3600)
        FILTER (WHERE outcome = 'fixed' AND closed_at > $2) AS hours,
      count(*) FILTER (WHERE outcome = 'fixed' AND closed_at > $2)::float8 AS kept,
      coalesce(sum(failed_fixes) FILTER (WHERE last_failed_at > $2), 0)::float8 AS failed
    FROM alert GROUP BY owner)
  SELECT m.id AS member_id, addresses, listed, dynamic, blocked, leaking, hours::float8, kept, failed FROM member m
  LEFT JOIN size ON size.member_id = m.id LEFT JOIN listed ON listed.member_id = m.id
  LEFT JOIN dynamic ON dynamic.member_id = m.id LEFT JOIN leaking ON leaking.member_id = m.id
  LEFT JOIN fixes ON fixes.member_id = m.id WHERE m.status = 'active'`;

export class HygieneRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The figures of every active member, by its id. */
  async figures(now: Date): Promise<ReadonlyMap<string, HygieneFigures>> {
    const rows: Row[] = await this.dataSource.query(FIGURES, [
      new Date(now.getTime() - LEAK_MS),
      new Date(now.getTime() - FEEDBACK.recordMs),
    ]);
    return new Map(rows.map((row) => [row.member_id, toFigures(row)]));
  }
}

const share = (part: number | null, whole: number | null, scale = 1): number | undefined =>
  whole === null || whole === 0 ? undefined : ((part ?? 0) / whole) * scale;

const toFigures = (row: Row): HygieneFigures => ({
  listedPerThousand: share(row.listed, row.addresses, 1_000),
  leakingPerThousand: share(row.leaking, row.dynamic, 1_000),
  port25BlockedShare: share(row.blocked, row.dynamic),
  medianHoursToFixed: row.hours ?? undefined,
  reappearanceRate: share(row.failed, (row.kept ?? 0) + (row.failed ?? 0)),
});
