// Figures of the federation, published for closed periods only. Two queries can be subtracted from one another, so a
// period is closed only when at least k reporters contributed to it: the difference of any two published rows is the work
// of k members or more.
import type { DataSource } from 'typeorm';

export const STATISTIC_PERIOD_MS = 3_600_000;
/** An envelope that came before the full hour is committed by then, and counted. */
const SETTLING_MS = 60_000;
/** Any number that only the closing of a period locks. */
const PERIOD_LOCK = 7_355_610;

export interface FederationFigures {
  readonly members: number;
  readonly envelopes: number;
  readonly reports: number;
  readonly unscored: number;
  readonly subjects: number;
  readonly listings: number;
  readonly asOf: Date;
}

interface PeriodRow {
  readonly period_end: Date;
  readonly envelopes: string;
  readonly reports: string;
  readonly members: number;
  readonly subjects: string;
  readonly listings: string;
  readonly unscored: string;
}

const toFigures = (row: PeriodRow): FederationFigures => ({
  members: row.members,
  envelopes: Number(row.envelopes),
  reports: Number(row.reports),
  unscored: Number(row.unscored),
  subjects: Number(row.subjects),
  listings: Number(row.listings),
  asOf: row.period_end,
});

const NOTHING = { members: 0, envelopes: 0, reports: 0, unscored: 0, subjects: 0, listings: 0 };

export class StatisticsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The figures at the end of the last closed period; whoever asks first after a full hour closes it. All zero as of the
   * epoch while fewer than k members have ever reported.
   */
  async published(now: Date, k: number): Promise<FederationFigures> {
    const settled = now.getTime() - SETTLING_MS;
    const periodEnd = new Date(Math.floor(settled / STATISTIC_PERIOD_MS) * STATISTIC_PERIOD_MS);
    return this.dataSource.transaction(async (manager) => {
      const newest = async () => {
        const [row]: PeriodRow[] = await manager.query(
          'SELECT * FROM statistic_period ORDER BY period_end DESC LIMIT 1',
        );
        return row;
      };
      const before = await newest();
      if (before && before.period_end >= periodEnd) return toFigures(before);
      // Two hubs at the same moment: the second finds what the first has closed.
      await manager.query('SELECT pg_advisory_xact_lock($1)', [PERIOD_LOCK]);
      const last = await newest();
      if (last && last.period_end >= periodEnd) return toFigures(last);
      const closed: PeriodRow[] = await manager.query(
        `WITH contributed AS (
           SELECT count(*) AS envelopes, coalesce(sum(accepted), 0) AS reports, count(DISTINCT member_id)::int AS reporters
           FROM receipt WHERE received_at >= $1 AND received_at < $2)
         INSERT INTO statistic_period
           (period_end, envelopes, reports, reporters, members, subjects, listings, unscored)
         SELECT $2, $3::bigint + envelopes, $4::bigint + reports, reporters,
           (SELECT count(*) FROM member WHERE status = 'active'),
           (SELECT count(*) FROM reputation), (SELECT count(*) FROM reputation WHERE listed),
           (SELECT count(*) FROM receipt WHERE scored_at IS NULL AND received_at < $2)
         FROM contributed WHERE reporters >= $5 RETURNING *`,
        [last?.period_end ?? new Date(0), periodEnd, last?.envelopes ?? 0, last?.reports ?? 0, k],
      );
      const row = closed[0] ?? last;
      return row ? toFigures(row) : { ...NOTHING, asOf: new Date(0) };
    });
  }

  /** The figures of this moment: for the operator's own test systems, never for a real federation. */
  async current(now: Date): Promise<FederationFigures> {
    const [row]: PeriodRow[] = await this.dataSource.query(
      `SELECT $1::timestamptz AS period_end, count(*) AS envelopes, coalesce(sum(accepted), 0) AS reports,
         count(*) FILTER (WHERE scored_at IS NULL) AS unscored,
         (SELECT count(*) FROM member WHERE status = 'active')::int AS members,
         (SELECT count(*) FROM reputation) AS subjects, (SELECT count(*) FROM reputation WHERE listed) AS listings
       FROM receipt`,
      [now],
    );
    return row ? toFigures(row) : { ...NOTHING, asOf: now };
  }
}
