import type { Sql } from '../database.js';

/** When what was seen of a subject was set aside by self-service, in milliseconds, as known at a moment. */
export async function releasedAt(
  sql: Sql,
  subjects: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, number>> {
  const rows: { subject: string; released: number }[] = await sql.query(
    `SELECT subject, (extract(epoch FROM released_at) * 1000)::float8 AS released FROM evidence_release
     WHERE subject = ANY($1) AND released_at <= $2`,
    [subjects, at],
  );
  return new Map(rows.map(({ subject, released }) => [subject, released]));
}
