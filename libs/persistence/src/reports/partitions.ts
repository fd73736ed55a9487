// Sightings live in one partition a week, so that expiry drops a partition instead of deleting rows.
import type { DataSource } from 'typeorm';

const WEEK_MS = 7 * 24 * 3_600_000;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_MS = 4 * 24 * 3_600_000;
/** Partitions are made this far ahead: a hub that nobody restarts for a month still stores. */
const WEEKS_AHEAD = 5;
/** Retention of sightings: MAX_REPORT_AGE_MS of 14 days, then until the longest half-life has decayed to nothing. */
export const SIGHTING_RETENTION_MS = 60 * 24 * 3_600_000;

const weekOf = (time: number) => Math.floor((time - FIRST_MONDAY_MS) / WEEK_MS);
const startOf = (week: number) => new Date(FIRST_MONDAY_MS + week * WEEK_MS);
const nameOf = (week: number) => `sighting_${startOf(week).toISOString().slice(0, 10).replaceAll('-', '')}`;

/** Any number that only the making of partitions locks: IF NOT EXISTS fails when two look at the same moment. */
const PARTITION_LOCK = 7_355_609;

/** Makes the partitions from this week on. Processes that start at once wait for one another. */
export async function ensurePartitions(dataSource: DataSource, now: Date): Promise<void> {
  const current = weekOf(now.getTime());
  await dataSource.transaction(async (manager) => {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
    for (let week = current - 1; week <= current + WEEKS_AHEAD; week += 1) {
      await manager.query(
        `CREATE TABLE IF NOT EXISTS ${nameOf(week)} PARTITION OF sighting
         FOR VALUES FROM ('${startOf(week).toISOString()}') TO ('${startOf(week + 1).toISOString()}')`,
      );
    }
  });
}

/** Drops what is past retention; resolves to the names of the partitions dropped. */
export async function dropExpiredPartitions(dataSource: DataSource, now: Date): Promise<string[]> {
  const oldest = nameOf(weekOf(now.getTime() - SIGHTING_RETENTION_MS));
  const rows: { name: string }[] = await dataSource.query(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits
     WHERE inhparent = 'sighting'::regclass AND inhrelid::regclass::text < $1 ORDER BY 1`,
    [oldest],
  );
  for (const { name } of rows) await dataSource.query(`DROP TABLE IF EXISTS ${name}`);
  return rows.map(({ name }) => name);
}
