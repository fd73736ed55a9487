import { openDatabase } from './database.js';

/** What a database says of itself; nothing is migrated or written to learn it. */
export interface DatabaseExamination {
  /** As PostgreSQL numbers itself: 140011 is 14.11. */
  readonly serverVersion: number;
  /** Its clock minus ours, in milliseconds, true to within half the time that the question took. */
  readonly clockAheadMs: number;
  readonly sizeBytes: number;
  /** Migrations of this release that it does not have. */
  readonly pendingMigrations: readonly string[];
  /** Migrations that it has and this release does not know: a newer release made them. */
  readonly unknownMigrations: readonly string[];
  /** Acknowledged receipts that wait to be scored, and how long the oldest has waited; 0 when none waits. */
  readonly unscored: { readonly receipts: number; readonly oldestSeconds: number };
  /** Whether the queue's tables are in it. */
  readonly hasQueue: boolean;
  /** Each zone's serial; empty before the first migration. */
  readonly serials: ReadonlyMap<string, number>;
}

const CONNECTIONS = 1;

/**
 * Looks at a database without changing it, also at one of another release.
 * @param now milliseconds since 1970
 * @throws the driver's error when it cannot be reached
 */
export async function examineDatabase(url: string, now: () => number): Promise<DatabaseExamination> {
  const dataSource = await openDatabase(url, { poolSize: CONNECTIONS, onError: () => undefined });
  try {
    const one = async <T>(sql: string): Promise<T> => {
      const [row] = await dataSource.query<T[]>(sql);
      if (row === undefined) throw new Error('the database answered a question about itself with nothing');
      return row;
    };
    const askedAt = now();
    const { at } = await one<{ at: Date }>('SELECT clock_timestamp() AS at');
    const clockAheadMs = at.getTime() - (askedAt + now()) / 2;
    const about = await one<{ version: string; size: string; queue: boolean; migration: boolean }>(
      `SELECT current_setting('server_version_num') AS version, pg_database_size(current_database()) AS size,
         to_regnamespace('bullmq') IS NOT NULL AS queue, to_regclass('migration') IS NOT NULL AS migration`,
    );
    const present = about.migration
      ? (await dataSource.query<{ name: string }[]>('SELECT name FROM migration')).map(({ name }) => name)
      : [];
    const known = dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name);
    const { receipts, seconds } = about.migration
      ? await one<{ receipts: string; seconds: number }>(
          `SELECT count(*) AS receipts, coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 AS seconds
             FROM receipt WHERE scored_at IS NULL`,
        )
      : { receipts: '0', seconds: 0 };
    const serials = about.migration
      ? await dataSource.query<{ zone: string; serial: string }[]>('SELECT zone, serial FROM zone_state')
      : [];
    return {
      serverVersion: Number(about.version),
      clockAheadMs,
      sizeBytes: Number(about.size),
      pendingMigrations: known.filter((name) => !present.includes(name)),
      unknownMigrations: present.filter((name) => !known.includes(name)),
      unscored: { receipts: Number(receipts), oldestSeconds: seconds },
      hasQueue: about.queue,
      serials: new Map(serials.map(({ zone, serial }) => [zone, Number(serial)])),
    };
  } finally {
    await dataSource.destroy();
  }
}
