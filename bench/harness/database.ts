import { startEmbeddedDatabase } from '@sekisho/persistence';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { printTable } from '#harness/figures';

/** The embedded PostgreSQL as the product starts it: its own settings, every commit on the disk. */
export interface BenchDatabase extends AsyncDisposable {
  readonly url: string;
  /** `PostgreSQL 18.4` */
  readonly version: string;
  readonly pid: number;
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Does now what the server would do in the minutes after a large load. */
  settle(): Promise<void>;
}

export async function startBenchDatabase(options: { hasStatements?: boolean } = {}): Promise<BenchDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));
  const server = await startEmbeddedDatabase({
    dataDir,
    ...(options.hasStatements && { settings: { shared_preload_libraries: 'pg_stat_statements' } }),
  });
  const pool = new pg.Pool({ connectionString: server.url, max: 2 });
  // Idle connections hear of the end of the server, which is ours to bring about.
  pool.on('error', () => undefined);
  const query = async <Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
    (await pool.query<Row>(sql, [...values])).rows;
  const record = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as {
    superuserPassword: string;
    server: { pid: number };
  };
  const asSuperuser = async (...statements: readonly string[]) => {
    const url = new URL(server.url);
    url.username = 'postgres';
    url.password = record.superuserPassword;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  if (options.hasStatements) {
    await asSuperuser('CREATE EXTENSION pg_stat_statements', 'GRANT pg_read_all_stats TO sekisho');
  }
  const [row] = await query<{ server_version: string }>('SHOW server_version');
  return {
    url: server.url,
    version: `PostgreSQL ${row?.server_version ?? 'unknown'}`,
    pid: record.server.pid,
    query,
    settle: () => asSuperuser('VACUUM ANALYZE', 'CHECKPOINT'),
    async [Symbol.asyncDispose]() {
      await pool.end();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Prints the statements that took the server longest, when it was started with statistics of statements. */
export async function printStatements(database: BenchDatabase, limit: number): Promise<void> {
  const rows = await database.query<{ text: string; calls: string; ms: number; wal: string }>(
    `SELECT regexp_replace(left(query, 400), '\\s+', ' ', 'g') AS text, calls, total_exec_time + total_plan_time AS ms,
       wal_bytes AS wal FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT $1`,
    [limit],
  );
  printTable(
    ['statement', 'calls', 'ms', 'ms each', 'WAL MB'],
    rows.map(({ text, calls, ms, wal }) => [
      text.slice(0, 100),
      calls,
      ms.toFixed(0),
      (ms / Number(calls)).toFixed(2),
      (Number(wal) / 1e6).toFixed(1),
    ]),
  );
}
