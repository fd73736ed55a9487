import { decisionThatCounts, type Decision } from '@sekisho/reputation';
import type { Sql } from '../database.js';
import type { WantedEntry } from '../zones/zone.repository.js';

/**
 * The decision that counts for each subject at a moment, of those that were made until then. A `never-list` of a network
 * holds for all that lies in it; a `list` of a network needs nothing of the kind, because the zones answer for it.
 */
export async function decisionsInForce(
  sql: Sql,
  subjects: readonly string[],
  ranges: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, Decision>> {
  const rows: {
    asked: string;
    kind: Decision['kind'];
    category: Decision['category'] | null;
    from: number;
    until: number;
  }[] = await sql.query(
    `WITH found AS (
         SELECT asked, d.* FROM unnest($1::text[]) AS asked JOIN decision d ON d.subject = asked
         UNION ALL
         SELECT asked, d.* FROM unnest($2::text[]) AS asked
           JOIN decision d ON d.network >> asked::inet AND d.kind = 'never-list')
       SELECT asked, kind, category, (extract(epoch FROM valid_from) * 1000)::float8 AS from,
         (extract(epoch FROM valid_until) * 1000)::float8 AS until
       FROM found WHERE made_at <= $3 AND valid_from <= $3 AND valid_until > $3 AND (ended_at IS NULL OR ended_at > $3)`,
    [subjects, ranges, at],
  );
  const inForce = new Map<string, Decision>();
  for (const [asked, of] of Map.groupBy(rows, (row) => row.asked)) {
    const counting = decisionThatCounts(
      of.map(({ kind, category, from, until }) => ({ kind, from, until, ...(category && { category }) })),
    );
    if (counting) inForce.set(asked, counting);
  }
  return inForce;
}

/** Zone entries without what people decided never to list. */
export async function withoutExempt(
  sql: Sql,
  wanted: readonly WantedEntry[],
  now: Date,
): Promise<WantedEntry[]> {
  const subjects = wanted.filter(({ codes }) => codes.length > 0).map(({ subject }) => subject);
  if (subjects.length === 0) return [...wanted];
  const decisions = await decisionsInForce(sql, subjects, [], now);
  return wanted.map((entry) =>
    decisions.get(entry.subject)?.kind === 'never-list' ? { ...entry, codes: [] } : entry,
  );
}
