// What a member's reports are weighed with, beside its trust: whose voice it speaks with, and whether it is new.
import {
  foundedAt,
  isOnProbation,
  PROBATION,
  provenFrom,
  voicesOf,
  type RepeatedReports,
  type ReporterStanding,
} from '@sekisho/reputation';
import type { EntityManager } from 'typeorm';
import type { Sql } from '../database.js';

/** The operator's view: it names who is repeated, which nobody else is told. */
export interface MemberWeight {
  readonly id: string;
  readonly trust: number;
  /** Undefined: it is not on probation. */
  readonly newUntil: Date | undefined;
  /** Undefined: it has a voice of its own. */
  readonly voice: { readonly of: string; readonly repeats: string; readonly share: number } | undefined;
}

interface Row {
  readonly id: string;
  readonly trust: number;
  readonly joinedAt: number;
  readonly provenAt: number | null;
  readonly voice: string | null;
  readonly repeats: string | null;
  readonly share: number | null;
}

const rowsAt = (sql: Sql, at: Date): Promise<Row[]> =>
  sql.query(
    `SELECT m.id, m.trust, v.voice, v.leader AS repeats, v.share,
       (extract(epoch FROM m.created_at) * 1000)::float8 AS "joinedAt",
       (extract(epoch FROM m.proven_at) * 1000)::float8 AS "provenAt"
     FROM member m LEFT JOIN member_voice v
       ON v.member_id = m.id AND v.since <= $1 AND (v.until IS NULL OR v.until > $1) ORDER BY m.id`,
    [at],
  );

const membershipOf = ({ joinedAt, provenAt }: Row) => ({ joinedAt, provenAt: provenAt ?? undefined });

/** Voices and probations as of a moment; trust is today's, of which no history is kept. */
export async function standingsAt(sql: Sql, at: Date): Promise<Map<string, ReporterStanding>> {
  const rows = await rowsAt(sql, at);
  const founded = foundedAt(rows.map(({ joinedAt }) => joinedAt));
  return new Map(
    rows.map((row) => [
      row.id,
      {
        trust: row.trust,
        ...(row.voice !== null && { voice: row.voice }),
        ...(isOnProbation(membershipOf(row), founded, at.getTime()) && { onProbation: true }),
      },
    ]),
  );
}

export async function memberWeights(sql: Sql, now: Date): Promise<MemberWeight[]> {
  const rows = await rowsAt(sql, now);
  const founded = foundedAt(rows.map(({ joinedAt }) => joinedAt));
  return rows.map((row) => {
    const { id, trust, voice, repeats, share } = row;
    const until = provenFrom(membershipOf(row), founded) ?? 0;
    return {
      ...{ id, trust, newUntil: until > now.getTime() ? new Date(until) : undefined },
      voice: voice !== null && repeats !== null && share !== null ? { of: voice, repeats, share } : undefined,
    };
  });
}

/** Brings voices and probations in line with the reports that were looked at since a moment. */
export async function followStandingRules(sql: EntityManager, since: Date, now: Date): Promise<void> {
  await followVoices(sql, since, now);
  await sql.query(
    `UPDATE member SET proven_at = $2 WHERE proven_at IS NULL AND ${String(PROBATION.judgedReports)} <=
       (SELECT count(*) FROM report_check c WHERE c.member_id = member.id AND c.received_at > $1
          AND (c.ruling IS NOT NULL OR c.is_owned_up))`,
    [since, now],
  );
}

async function followVoices(sql: EntityManager, since: Date, now: Date): Promise<void> {
  const voices = voicesOf(await repeatedReports(sql, since));
  const known: { id: string; voice: string; leader: string }[] = await sql.query(
    'SELECT member_id AS id, voice, leader FROM member_voice WHERE until IS NULL FOR UPDATE',
  );
  for (const { id, voice, leader } of known) {
    const found = voices.get(id);
    if (found?.voice === voice && found.leader === leader) voices.delete(id);
    else
      await sql.query('UPDATE member_voice SET until = $2 WHERE member_id = $1 AND until IS NULL', [id, now]);
  }
  for (const [id, { voice, leader, share }] of voices) {
    await sql.query(
      'INSERT INTO member_voice (member_id, voice, leader, share, since) VALUES ($1, $2, $3, $4, $5)',
      [id, voice, leader, share, now],
    );
  }
}

async function repeatedReports(sql: EntityManager, since: Date): Promise<RepeatedReports[]> {
  const looked: Omit<RepeatedReports, 'repeated'>[] = await sql.query(
    `SELECT member_id AS reporter, sum(weight)::float8 AS weight, sum(weight * weight)::float8 AS "squaredWeight"
     FROM report_check WHERE received_at > $1 GROUP BY 1 ORDER BY 1`,
    [since],
  );
  const repeated: { reporter: string; leader: string; weight: number }[] = await sql.query(
    `SELECT c.member_id AS reporter, leader, sum(c.weight)::float8 AS weight
     FROM report_check c CROSS JOIN unnest(c.repeats) AS leader JOIN member m ON m.id = leader
     WHERE c.received_at > $1 GROUP BY 1, 2`,
    [since],
  );
  const leaders = Map.groupBy(repeated, ({ reporter }) => reporter);
  return looked.map((one) => ({
    ...one,
    repeated: new Map(leaders.get(one.reporter)?.map(({ leader, weight }) => [leader, weight])),
  }));
}
