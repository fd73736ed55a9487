import { createTestDatabase, Federation, freePort, reportOf, type TestDatabase } from '@sekisho/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

let database: TestDatabase;
let sql: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
});

afterAll(async () => {
  await sql.end();
  await database[Symbol.asyncDispose]();
});

async function unscored(): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM receipt WHERE scored_at IS NULL',
  );
  return rows[0]?.count ?? 0;
}

async function figuresOf(url: string): Promise<(name: string) => number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return (name) => {
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length));
  };
}

describe('a worker in operation', () => {
  it('tells depth and lag of the queue, its rate and its health', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    await using federation = await Federation.start(database.url, {
      processes: ['hub'],
      env: { SEKISHO_WORKER_HTTP: address },
    });
    const member = await federation.member('isp-a');
    await member.submit(reportOf('203.0.113.1'), reportOf('203.0.113.2'));
    await sql.query('BEGIN');
    await sql.query('LOCK TABLE reputation IN EXCLUSIVE MODE');
    await federation.run('worker');
    const url = `http://${address}`;
    const behind = await figuresOf(url);
    await sql.query('COMMIT');
    expect(behind('sekisho_receipts_unscored')).toBe(1);
    expect(behind('sekisho_scoring_lag_seconds')).toBeGreaterThan(0);
    await vi.waitFor(
      async () => {
        const done = await figuresOf(url);
        expect(done('sekisho_receipts_unscored')).toBe(0);
        expect(done('sekisho_scoring_lag_seconds')).toBe(0);
        expect(done('sekisho_subjects_scored_total')).toBeGreaterThanOrEqual(2);
        expect(done('sekisho_jobs_total{kind="score-receipt"}')).toBe(1);
        expect(done('sekisho_job_seconds_count{kind="score-receipt"}')).toBe(1);
        expect(done('sekisho_queue_jobs{state="waiting"}')).toBe(0);
      },
      { timeout: 90_000, interval: 200 },
    );
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/other`)).status).toBe(404);
  });

  it('ends what it has begun before it ends itself, and leaves the rest to the next one', async () => {
    await using federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
    const member = await federation.member('isp-c');
    await sql.query('BEGIN');
    await sql.query('LOCK TABLE reputation IN EXCLUSIVE MODE');
    await member.submit(reportOf('203.0.113.3'));
    // It waits for the table: the job has begun.
    await vi.waitFor(
      async () => {
        const { rows } = await sql.query(
          `SELECT FROM pg_locks WHERE relation = 'reputation'::regclass AND NOT granted`,
        );
        expect(rows.length).toBeGreaterThan(0);
      },
      { timeout: 90_000, interval: 50 },
    );
    const gone = federation.stop('worker');
    const isGone = await Promise.race([
      gone.then(() => true),
      member.submit(reportOf('203.0.113.4')).then(() => false),
    ]);
    expect(isGone).toBe(false);
    await sql.query('COMMIT');
    await gone;
    expect(federation.logOf('worker')).not.toContain('"level":50');
    // The first one is scored; the second was never begun, or was ended as well.
    const left = await unscored();
    expect(left).toBeLessThanOrEqual(1);
    await federation.run('worker');
    await vi.waitFor(
      async () => {
        expect(await unscored()).toBe(0);
      },
      { timeout: 90_000, interval: 100 },
    );
  });
});
