import { startEmbeddedDatabase } from '@sekisho/persistence';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** The embedded PostgreSQL as the product starts it: its own settings, every commit on the disk. */
export interface BenchDatabase extends AsyncDisposable {
  readonly url: string;
  /** `PostgreSQL 18.4` */
  readonly version: string;
  readonly pid: number;
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export async function startBenchDatabase(): Promise<BenchDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));
  const server = await startEmbeddedDatabase({ dataDir });
  const pool = new pg.Pool({ connectionString: server.url, max: 2 });
  const query = async <Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
    (await pool.query<Row>(sql, [...values])).rows;
  const record = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as {
    server: { pid: number };
  };
  const [row] = await query<{ server_version: string }>('SHOW server_version');
  return {
    url: server.url,
    version: `PostgreSQL ${row?.server_version ?? 'unknown'}`,
    pid: record.server.pid,
    query,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
