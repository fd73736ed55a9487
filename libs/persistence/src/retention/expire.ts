import type { DataSource } from 'typeorm';
import { RETENTION } from './retention.js';

/** Rows in one statement: short locks, and a hub that was off for a month catches up without stopping anybody. */
const BATCH_ROWS = 5_000;
/** Batches of one table in one run; the rest is for the next hour. */
const MAX_BATCHES = 200;

/** Deletes what is past retention in every table that expires by rows; resolves to how many rows of each, if any. */
export async function dropExpiredRows(
  dataSource: DataSource,
  now: Date,
  { batchRows = BATCH_ROWS }: { batchRows?: number } = {},
): Promise<ReadonlyMap<string, number>> {
  const dropped = new Map<string, number>();
  for (const { table, expiry } of RETENTION) {
    if (expiry.how !== 'rows') continue;
    const cutoff = new Date(now.getTime() - expiry.afterMs);
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      const [, count] = await dataSource.query<[unknown[], number]>(
        `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${expiry.where} LIMIT ${String(batchRows)}))`,
        [cutoff],
      );
      if (count > 0) dropped.set(table, (dropped.get(table) ?? 0) + count);
      if (count < batchRows) break;
    }
  }
  return dropped;
}
