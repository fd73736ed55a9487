// The published content of every zone and its history. A serial is taken under the zone's row lock and kept until the
// transaction ends, so serials become visible in their order: who has read up to N has missed nothing before N.
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';
import { logDecisions } from '../log/decisions.js';

export interface ZoneEntryRow {
  readonly subject: string;
  /** Return codes such as `127.0.91.3`, sorted. */
  readonly codes: readonly string[];
}

/** What a subject shall be in a zone from now on; no codes: not in it. */
export interface WantedEntry extends ZoneEntryRow {
  readonly zone: string;
}

export interface ZoneChanges {
  readonly from: number;
  readonly to: number;
  readonly announce: readonly ZoneEntryRow[];
  readonly withdraw: readonly string[];
}

/** One hour of what became of listings. */
export interface ListingActivity {
  /** The hour's beginning. */
  readonly at: Date;
  /** Subjects whose listing began or changed its score. */
  readonly changed: number;
  readonly ended: number;
}

/** History older than this is dropped: an edge that was away longer takes a snapshot. */
const HISTORY_MS = 24 * 3_600_000;

export class ZoneRepository {
  constructor(private readonly dataSource: DataSource) {}

  async serials(): Promise<Map<string, number>> {
    const rows: { zone: string; serial: string }[] = await this.dataSource.query(
      'SELECT zone, serial FROM zone_state',
    );
    return new Map(rows.map(({ zone, serial }) => [zone, Number(serial)]));
  }

  /** The whole zone as of one serial. */
  async snapshot(zone: string): Promise<{ serial: number; entries: ZoneEntryRow[] } | undefined> {
    return this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const [state]: { serial: string }[] = await manager.query(
        'SELECT serial FROM zone_state WHERE zone = $1',
        [zone],
      );
      if (!state) return undefined;
      const entries: ZoneEntryRow[] = await manager.query(
        'SELECT subject, codes FROM zone_entry WHERE zone = $1',
        [zone],
      );
      return { serial: Number(state.serial), entries };
    });
  }

  /**
   * All that changed after `since`, the last state of each subject only.
   * `gone` when the history does not reach back to `since`, or `since` is not from this hub.
   */
  async changes(zone: string, since: number): Promise<ZoneChanges | 'gone' | undefined> {
    const [row]: { serial: string; oldest_serial: string; changes: [string, string[] | null][] | null }[] =
      await this.dataSource.query(
        `SELECT z.serial, z.oldest_serial,
           (SELECT json_agg(json_build_array(subject, codes)) FROM (
              SELECT DISTINCT ON (subject) subject, codes FROM zone_change
              WHERE zone = z.zone AND serial > $2 ORDER BY subject, serial DESC) AS latest) AS changes
         FROM zone_state z WHERE zone = $1`,
        [zone, since],
      );
    if (!row) return undefined;
    const to = Number(row.serial);
    if (since > to || since < Number(row.oldest_serial)) return 'gone';
    const changes = row.changes ?? [];
    return {
      from: since,
      to,
      announce: changes.flatMap(([subject, codes]) => (codes ? [{ subject, codes }] : [])),
      withdraw: changes.flatMap(([subject, codes]) => (codes ? [] : [subject])),
    };
  }

  /** The last 24 hours, hour by hour, oldest first, quiet hours too; `zones` are those in which a listing shows. */
  async activity(zones: readonly string[], now: Date): Promise<ListingActivity[]> {
    return this.dataSource.query<ListingActivity[]>(
      `SELECT hour AS at, count(DISTINCT subject) FILTER (WHERE codes IS NOT NULL)::int AS changed,
         count(DISTINCT subject) FILTER (WHERE subject IS NOT NULL AND codes IS NULL)::int AS ended
       FROM generate_series(date_trunc('hour', $2::timestamptz) - interval '23 hours',
         date_trunc('hour', $2::timestamptz), interval '1 hour') AS hour
       LEFT JOIN zone_change ON zone = ANY($1) AND changed_at >= hour AND changed_at < hour + interval '1 hour'
       GROUP BY hour ORDER BY hour`,
      [zones, now],
    );
  }

  /** Forgets changes that no edge needs any more. */
  async trimHistory(now: Date): Promise<void> {
    await this.dataSource.query(
      `WITH trimmed AS (DELETE FROM zone_change WHERE changed_at < $1 RETURNING zone, serial)
       UPDATE zone_state z SET oldest_serial = greatest(z.oldest_serial, t.serial)
       FROM (SELECT zone, max(serial) AS serial FROM trimmed GROUP BY zone) t WHERE t.zone = z.zone`,
      [new Date(now.getTime() - HISTORY_MS)],
    );
  }
}

/** Who says something of a subject. What a zone answers is the union of what its sources say. */
export type ZoneSource = 'reputation' | 'campaign' | 'declaration';

/** What one source says now: `parts` is null where the reputation alone says something. */
const OWN_CODES = `
  CASE WHEN e.parts IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(e.parts -> $4::text))
       WHEN $4::text = 'reputation' THEN coalesce(e.codes, '{}') ELSE '{}' END`;

/**
 * The entry `e` of each row of another table, by key. OFFSET 0 keeps the planner from reading all entries into a hash for
 * the hundreds that are asked for, which it takes for cheaper until there are some hundred thousand.
 */
const ENTRY_OF = (row: string) => `LEFT JOIN LATERAL (
  SELECT codes, parts FROM zone_entry WHERE zone = ${row}.zone AND subject = ${row}.subject OFFSET 0) AS e ON true`;

const WANTED = `
  SELECT w.zone, w.subject, string_to_array(w.codes, ' ') AS codes
  FROM unnest($1::text[], $2::text[], $3::text[]) AS w(zone, subject, codes) ${ENTRY_OF('w')}
  WHERE ${OWN_CODES} IS DISTINCT FROM coalesce(string_to_array(w.codes, ' '), '{}')`;

/**
 * Makes the zones what one source wants of the named subjects; what is so already costs nothing, and what another source
 * says stays. What begins, changes or ends a listing becomes an entry of the transparency log. Call it last in a
 * transaction: from here to the commit the changed zones are locked, and the log's head is. Two transactions that
 * publish the same subject for the same source must exclude one another by a lock of their own.
 */
export async function publish(
  sql: Sql,
  wanted: readonly WantedEntry[],
  now: Date,
  source: ZoneSource = 'reputation',
): Promise<void> {
  if (wanted.length === 0) return;
  const changed: { zone: string; subject: string; codes: string[] | null }[] = await sql.query(WANTED, [
    wanted.map(({ zone }) => zone),
    wanted.map(({ subject }) => subject),
    wanted.map(({ codes }) => (codes.length > 0 ? codes.join(' ') : null)),
    source,
  ]);
  if (changed.length === 0) return;
  // A statement of its own: the next one has to see what another source committed before it gave the lock away.
  await sql.query('SELECT FROM zone_state WHERE zone = ANY($1) ORDER BY zone FOR UPDATE', [
    [...new Set(changed.map(({ zone }) => zone))],
  ]);
  const published: Published[] = await sql.query(
    `WITH said AS (
       SELECT c.zone, c.subject, c.codes AS own, e.codes AS before,
         jsonb_strip_nulls(
           coalesce(e.parts, jsonb_build_object('reputation', to_jsonb(e.codes)))
           || jsonb_build_object($3::text, to_jsonb(c.codes))) AS parts
       FROM jsonb_to_recordset($1) AS c(zone text, subject text, codes text[]) ${ENTRY_OF('c')}),
     united AS (
       SELECT zone, subject, before,
         CASE WHEN parts - 'reputation' = '{}' THEN NULL ELSE parts END AS parts,
         (SELECT array_agg(DISTINCT code COLLATE "C" ORDER BY code COLLATE "C")
          FROM jsonb_each(parts) AS part, jsonb_array_elements_text(part.value) AS code) AS codes
       FROM said),
     changed AS (SELECT * FROM united WHERE codes IS DISTINCT FROM before),
     moved AS (
       UPDATE zone_state z SET serial = z.serial + 1 WHERE zone IN (SELECT zone FROM changed)
       RETURNING z.zone, z.serial),
     history AS (
       INSERT INTO zone_change (zone, serial, subject, codes, changed_at)
       SELECT c.zone, m.serial, c.subject, c.codes, $2 FROM changed c JOIN moved m USING (zone)),
     withdrawn AS (
       DELETE FROM zone_entry e USING united u
       WHERE u.codes IS NULL AND e.zone = u.zone AND e.subject = u.subject),
     kept AS (
       INSERT INTO zone_entry (zone, subject, codes, parts)
       SELECT zone, subject, codes, parts FROM united WHERE codes IS NOT NULL
       ON CONFLICT (zone, subject) DO UPDATE SET codes = excluded.codes, parts = excluded.parts)
     SELECT zone, subject, codes, before FROM changed WHERE zone <> $4 ORDER BY zone, subject`,
    [JSON.stringify(changed), now, source, UNLISTED_ZONE],
  );
  await sql.query(`SELECT pg_notify('sekisho_zones', '')`);
  await logDecisions(sql, published.filter(isDecision).map(toDecision), now);
}

/** Holds every subject that is known, listed or not: what changes there is a score and no decision. */
const UNLISTED_ZONE = 'score';

interface Published {
  readonly zone: string;
  readonly subject: string;
  readonly codes: readonly string[] | null;
  readonly before: readonly string[] | null;
}

/** The categories of codes such as `127.0.91.3`, as text. */
const categoriesOf = (codes: readonly string[] | null): string =>
  [...new Set((codes ?? []).map((code) => code.slice(code.lastIndexOf('.') + 1)))].sort().join(' ');

/** That a subject comes into a zone, leaves it or is listed there as something else; not that its score moves. */
const isDecision = ({ codes, before }: Published): boolean => categoriesOf(codes) !== categoriesOf(before);

const toDecision = ({ zone, subject, codes }: Published) => ({
  ...{ kind: 'listing' as const, about: subject },
  decided: { zone, codes: codes ?? [] },
});
