import type { Sql } from '../database.js';

/**
 * Appends entries to the transparency log, in the transaction of `sql` and with its fate. Other appends wait until that
 * transaction ends, so this comes last in it.
 * @returns the index of the first entry
 */
export async function appendToLog(
  sql: Sql,
  entries: readonly Uint8Array[],
  appendedAt: Date,
): Promise<number> {
  const rows: { first_index: string }[] = await sql.query(
    `WITH head AS (UPDATE log_head SET size = size + $1::int RETURNING size - $1::int AS first_index)
     INSERT INTO log_append (first_index, entry_count, entries, appended_at)
     SELECT first_index, $1::int, $2, $3 FROM head RETURNING first_index`,
    [entries.length, Buffer.concat(entries), appendedAt],
  );
  return Number(rows[0]?.first_index);
}
