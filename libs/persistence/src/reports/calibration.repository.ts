// What became of members' reports. Reports are looked at once, a day after they came; people and owners may have their say
// for 30 days. Whoever could write here could make a member look better or worse to itself, and join or part voices; its
// trust does not depend on it.
import {
  ADJUDICATION,
  calibrationOf,
  ECHOES,
  REPORT_OUTCOME,
  trustAfter,
  VOICE,
  type CalibrationChannel,
  type Confirmers,
  type FateCount,
} from '@sekisho/reputation';
import type { DataSource, EntityManager } from 'typeorm';
import { followStandingRules, memberWeights } from '../members/member-standings.js';
import { followTrustRule } from '../members/member-trust.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const REPORT_CHECK_RETENTION_MS = REPORT_OUTCOME.windowMs + 2 * DAY_MS;
/** Any number that only this locks. */
const CHECK_LOCK = 7_355_612;
/** Hours in one run; the rest of a long absence is for the next runs. */
const HOURS_AT_ONCE = 48;
/** Confirmed reports of a channel that are asked whose word it was: enough to see whether k members had a part. */
const ASKED = 100;

export interface TrustRecord {
  /** What its reports are weighed with, 0..1. */
  readonly trust: number;
  /** What the published rule makes of its record. */
  readonly byRule: number;
  /** Why the operator has set the trust to something else; undefined: it follows the rule. */
  readonly reason: string | undefined;
  /** Decided appeals of the last year in which its reports were judged. */
  readonly right: number;
  readonly wrong: number;
  /** Undefined: it is not new, and lists with any other. */
  readonly newUntil: Date | undefined;
  /** Share of its reports that repeat one other member's, with which it is one voice; undefined: it has a voice of its own. */
  readonly repeats: number | undefined;
}

export interface Calibration extends TrustRecord {
  /** Undefined while nothing was looked at. */
  readonly asOf: Date | undefined;
  readonly channels: readonly CalibrationChannel[];
}

const ABOUT = ECHOES.map(({ type, category }) => `${type}/${category}`);
const SAYS = ECHOES.map(({ confirmedBy }) => confirmedBy);
/** An upheld appeal takes the reports back that it found wrong; those are to be counted all the same. */
const STANDS = `(s.retracted_at IS NULL OR EXISTS (SELECT FROM decision d WHERE d.subject = s.subject
  AND d.kind = 'never-list' AND d.source_type = 'appeal' AND d.made_at = s.retracted_at))`;
const DAY = `make_interval(secs => ${String(REPORT_OUTCOME.echoMs / 1_000)})`;
/** Reports `o` that confirm a looked-at report `c`, by pairs `e` of categories. */
const ECHO = `o.subject = c.subject AND o.reporter <> c.member_id AND o.received_at > c.received_at
  AND o.received_at <= c.received_at + ${DAY} AND o.retracted_at IS NULL AND NOT o.influenced
  AND e.about = c.subject_type || '/' || c.category AND e.says = o.category::text`;
/** Reports `o` that a looked-at report `c` repeats. */
const REPEATED = `o.subject = c.subject AND o.reporter <> c.member_id AND o.received_at <= c.received_at
  AND o.received_at > c.received_at - make_interval(secs => ${String(VOICE.followMs / 1_000)}) AND NOT o.influenced
  AND o.evidence <> 'owner' AND e.about = c.subject_type || '/' || c.category AND e.says = o.category::text`;
/** What the owner `a` of the subject of `c` said of it. */
const OWNED_UP = `a.subject = c.subject AND a.owner <> c.member_id AND a.answered_at > c.received_at
  AND a.opened_at < c.received_at + ${DAY} AND (a.state IN ('found', 'observing') OR a.fixed_at IS NOT NULL)`;

export class CalibrationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Looks at the reports of every hour that ended a day ago, once: whether another member reported the same since. The seed
   * decides which are taken where a member sent more than are looked at.
   * @returns how many were taken
   */
  async check(seed: number, now: Date): Promise<number> {
    let taken = 0;
    for (let hours = 0; hours < HOURS_AT_ONCE; hours += 1) {
      const count = await this.dataSource.transaction((sql) => checkHour(sql, seed, now));
      if (count === undefined) break;
      taken += count;
    }
    return taken;
  }

  /** Takes in what people decided and owners answered in the last 30 days. */
  async judge(now: Date): Promise<void> {
    const since = new Date(now.getTime() - REPORT_OUTCOME.windowMs);
    await this.dataSource.query(JUDGE, [since]);
    await this.dataSource.query(
      `UPDATE report_check c SET is_owned_up = true FROM alert a
       WHERE NOT c.is_owned_up AND a.answered_at > $1 AND ${OWNED_UP}`,
      [since],
    );
  }

  /** Writes down once for each day what each member is told of its own reports. @returns of how many members */
  async publish(k: number, now: Date): Promise<number> {
    const asOf = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
    return this.dataSource.transaction(async (sql) => {
      await sql.query('SELECT pg_advisory_xact_lock($1)', [CHECK_LOCK]);
      const known: unknown[] = await sql.query('SELECT FROM reporter_calibration WHERE as_of >= $1 LIMIT 1', [
        asOf,
      ]);
      if (known.length > 0) return 0;
      // Judgements of more than a year ago have ceased to count.
      await followTrustRule(sql, now);
      const since = new Date(asOf.getTime() - REPORT_OUTCOME.windowMs);
      await followStandingRules(sql, since, now);
      const fates = await fatesOf(sql, since);
      const confirmers = await confirmersOf(sql, since);
      const told = [...fates].map(([memberId, ofMember]) => ({
        member_id: memberId,
        channels: calibrationOf(ofMember, confirmers.get(memberId) ?? [], { k }),
      }));
      await sql.query('DELETE FROM reporter_calibration');
      await sql.query(
        `INSERT INTO reporter_calibration (member_id, as_of, channels)
         SELECT member_id, $2, channels FROM jsonb_to_recordset($1) AS t(member_id text, channels jsonb)`,
        [JSON.stringify(told), asOf],
      );
      return told.length;
    });
  }

  /** What a member is told of itself; undefined when there is no such member. */
  async ofMember(memberId: string, now: Date): Promise<Calibration | undefined> {
    const [row]: {
      trust: number;
      reason: string | null;
      right: number;
      wrong: number;
      as_of: Date | null;
      channels: CalibrationChannel[] | null;
    }[] = await this.dataSource.query(
      `SELECT m.trust, m.trust_reason AS reason, r.as_of, r.channels,
         (SELECT count(*)::int FROM adjudication a WHERE a.member_id = m.id AND a.is_right AND a.adjudicated_at > $2) AS right,
         (SELECT count(*)::int FROM adjudication a WHERE a.member_id = m.id AND NOT a.is_right AND a.adjudicated_at > $2) AS wrong
       FROM member m LEFT JOIN reporter_calibration r ON r.member_id = m.id WHERE m.id = $1`,
      [memberId, new Date(now.getTime() - ADJUDICATION.windowMs)],
    );
    if (!row) return undefined;
    const { trust, reason, right, wrong } = row;
    const weight = (await memberWeights(this.dataSource, now)).find(({ id }) => id === memberId);
    return {
      ...{ trust, right, wrong, byRule: trustAfter({ right, wrong }), reason: reason ?? undefined },
      ...{ newUntil: weight?.newUntil, repeats: weight?.voice?.share },
      ...{ asOf: row.as_of ?? undefined, channels: row.channels ?? [] },
    };
  }
}

/** @returns undefined when no hour is due */
async function checkHour(sql: EntityManager, seed: number, now: Date): Promise<number | undefined> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [CHECK_LOCK]);
  const lastEnd = now.getTime() - REPORT_OUTCOME.echoMs - REPORT_OUTCOME.settlingMs;
  // The first time: from the first report on, if it still counts.
  const [clock]: { at: Date | null }[] = await sql.query(
    `SELECT coalesce((SELECT done_until FROM report_check_clock),
       (SELECT date_trunc('hour', min(received_at)) FROM receipt WHERE received_at >= $1)) AS at`,
    [new Date(Math.floor((lastEnd - REPORT_OUTCOME.windowMs) / HOUR_MS) * HOUR_MS)],
  );
  if (!clock?.at) return undefined;
  const from = clock.at.getTime();
  const until = from + HOUR_MS;
  if (until > lastEnd) return undefined;
  // A week's new partition is not analysed yet, and would be read as a whole.
  await sql.query('SET LOCAL enable_seqscan = off');
  const [{ count = 0 } = {}]: { count?: number }[] = await sql.query(TAKE, [
    ...[new Date(from), new Date(until), ABOUT, SAYS, seed],
  ]);
  await sql.query(
    `INSERT INTO report_check_clock (done_until) VALUES ($1) ON CONFLICT (is_only) DO UPDATE SET done_until = $1`,
    [new Date(until)],
  );
  return count;
}

/** News only: what the same member said of the same within a day before is no further report. */
const TAKE = `
  WITH e AS (SELECT * FROM unnest($3::text[], $4::text[]) AS e(about, says)),
  news AS (
    SELECT s.receipt_id, s.item, s.reporter AS member_id, s.received_at, s.subject, s.subject_type, s.category, s.evidence,
      row_number() OVER (PARTITION BY s.reporter, s.category, s.evidence
        ORDER BY hashtextextended(s.receipt_id || '.' || s.item, $5::bigint), s.item) AS place,
      count(*) OVER (PARTITION BY s.reporter, s.category, s.evidence) AS total
    FROM sighting s JOIN member m ON m.id = s.reporter
    WHERE s.received_at >= $1 AND s.received_at < $2 AND NOT s.influenced AND s.evidence <> 'owner'
      AND s.subject_type || '/' || s.category = ANY($3::text[]) AND ${STANDS}
      AND NOT EXISTS (SELECT FROM sighting b WHERE b.subject = s.subject AND b.reporter = s.reporter
        AND b.category = s.category AND b.received_at >= s.received_at - ${DAY}
        AND (b.received_at, b.receipt_id, b.item) < (s.received_at, s.receipt_id, s.item))),
  taken AS (
    INSERT INTO report_check
      (receipt_id, item, member_id, received_at, subject, subject_type, category, evidence, weight, is_echoed, repeats)
    SELECT c.receipt_id, c.item, c.member_id, c.received_at, c.subject, c.subject_type, c.category, c.evidence,
      c.total / least(c.total, ${String(REPORT_OUTCOME.perHour)})::float8,
      EXISTS (SELECT FROM sighting o JOIN e ON true WHERE ${ECHO}),
      ARRAY(SELECT DISTINCT o.reporter FROM sighting o JOIN e ON true WHERE ${REPEATED} ORDER BY 1)
    FROM news c WHERE c.place <= ${String(REPORT_OUTCOME.perHour)} ON CONFLICT DO NOTHING RETURNING 1)
  SELECT count(*)::int AS count FROM taken`;

/** The last word of people after each report; none when it was taken back. */
const JUDGE = `
  WITH word AS (
    SELECT subject, made_at AS at, CASE kind WHEN 'list' THEN 'right' ELSE 'wrong' END AS ruling FROM decision
    WHERE made_at > $1 AND ended_at IS NULL AND source_id NOT LIKE '%/undecided'
    UNION ALL
    SELECT subject, decided_at, 'right' FROM appeal WHERE decided_at > $1 AND outcome = 'rejected'),
  last AS (
    SELECT DISTINCT ON (c.receipt_id, c.item) c.receipt_id, c.item, word.ruling
    FROM word JOIN report_check c ON c.subject = word.subject AND c.received_at < word.at
    ORDER BY c.receipt_id, c.item, word.at DESC),
  changed AS (
    SELECT receipt_id, item, ruling FROM last
    UNION ALL
    SELECT c.receipt_id, c.item, NULL FROM report_check c WHERE c.ruling IS NOT NULL AND c.received_at > $1
      AND NOT EXISTS (SELECT FROM last WHERE last.receipt_id = c.receipt_id AND last.item = c.item))
  UPDATE report_check c SET ruling = changed.ruling FROM changed
  WHERE c.receipt_id = changed.receipt_id AND c.item = changed.item AND c.ruling IS DISTINCT FROM changed.ruling`;

async function fatesOf(sql: EntityManager, since: Date): Promise<Map<string, FateCount[]>> {
  const rows: (Omit<FateCount, 'ruling'> & { member_id: string; ruling: 'right' | 'wrong' | null })[] =
    await sql.query(
      `SELECT member_id, category, evidence, ruling, is_owned_up AS "isOwnedUp", is_echoed AS "isEchoed",
         count(*)::int AS checked, sum(weight)::float8 AS weight, sum(weight * weight)::float8 AS "squaredWeight"
       FROM report_check WHERE received_at > $1 GROUP BY 1, 2, 3, 4, 5, 6`,
      [since],
    );
  const fates = rows.map(({ ruling, ...row }) => ({ ...row, ruling: ruling ?? undefined }));
  return Map.groupBy(fates, ({ member_id }) => member_id);
}

async function confirmersOf(sql: EntityManager, since: Date): Promise<Map<string, Confirmers[]>> {
  await sql.query('SET LOCAL enable_seqscan = off');
  const rows: (Confirmers & { member_id: string })[] = await sql.query(
    `WITH e AS (SELECT * FROM unnest($2::text[], $3::text[]) AS e(about, says)),
     c AS (
       SELECT * FROM (
         SELECT *, row_number() OVER (PARTITION BY member_id, category, evidence ORDER BY received_at DESC) AS place
         FROM report_check WHERE received_at > $1 AND (is_echoed OR is_owned_up)) AS confirmed WHERE place <= ${String(ASKED)}),
     spoke AS (
       SELECT c.member_id, c.category, c.evidence, o.reporter AS voice FROM c JOIN sighting o ON true JOIN e ON true WHERE ${ECHO}
       UNION
       SELECT c.member_id, c.category, c.evidence, a.owner FROM c JOIN alert a ON ${OWNED_UP})
     SELECT member_id, category, evidence, array_agg(DISTINCT voice) AS members FROM spoke GROUP BY 1, 2, 3`,
    [since, ABOUT, SAYS],
  );
  return Map.groupBy(rows, ({ member_id }) => member_id);
}
