// A real worker with a model in shadow: the thread, the setting and the figures that it serves.
import { LEARNED_VERSION, MODEL_VERSION } from '@sekisho/reputation';
import { createTestDatabase, Federation, freePort, reportOf, type TestDatabase } from '@sekisho/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

const SUBJECT = '203.0.113.9';

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

const rows = async (query: string) => (await sql.query<Record<string, unknown>>(query)).rows;
const state = async () =>
  Promise.all(
    ['reputation', 'zone_entry', 'zone_change', 'zone_state'].map((table) =>
      rows(`SELECT to_jsonb(one) - 'next_review_at' AS row FROM ${table} AS one ORDER BY one::text`),
    ),
  );

describe('a worker', () => {
  it('foretells in shadow when it is told to, and lists the same', { timeout: 240_000 }, async () => {
    const workerHttp = `127.0.0.1:${await freePort()}`;
    await using federation = await Federation.start(database.url, {
      processes: ['hub', 'worker'],
      env: { SEKISHO_SHADOW_MODEL: 'learned', SEKISHO_WORKER_HTTP: workerHttp },
    });
    for (const id of ['isp-a', 'isp-b', 'isp-c']) {
      await (await federation.member(id)).submit(reportOf(SUBJECT));
    }
    await vi.waitFor(
      async () => {
        expect(await rows('SELECT listed FROM reputation WHERE listed')).toHaveLength(1);
        expect(await rows('SELECT FROM receipt WHERE scored_at IS NULL')).toEqual([]);
      },
      { timeout: 60_000, interval: 200 },
    );
    const before = await state();
    // Reported five minutes ago, a sample taken two minutes ago.
    await rows(`UPDATE sighting SET received_at = received_at - interval '5 minutes'`);
    await rows('DELETE FROM forecast');
    await rows(
      `INSERT INTO forecast (foretold_at, subject, subject_type, score, listed, model_version, weight)
         SELECT date_trunc('milliseconds', now() - interval '2 minutes'), subject, subject_type, score, listed, '${MODEL_VERSION}', 1
         FROM reputation WHERE subject_type = 'ip'`,
    );
    const told = await vi.waitFor(
      async () => {
        const found = await rows('SELECT subject, score, model_version FROM shadow_forecast');
        expect(found).toHaveLength(1);
        return found[0];
      },
      { timeout: 90_000, interval: 500 },
    );
    expect(told).toMatchObject({ subject: SUBJECT, model_version: LEARNED_VERSION });
    expect(told?.['score']).toBeGreaterThan(0);
    expect(await state()).toEqual(before);
    const metrics = await (await fetch(`http://${workerHttp}/metrics`)).text();
    expect(metrics).toContain('\nsekisho_shadow_subjects 1\n');
    expect(metrics).toContain('\nsekisho_shadow_reports_behind 0\n');
    // Its thread ends with it.
    await federation.stop('worker');
    expect(
      await rows(
        `SELECT FROM pg_locks WHERE locktype = 'advisory'
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      ),
    ).toEqual([]);
  });

  it('has neither model nor figures of it without the setting', { timeout: 120_000 }, async () => {
    const workerHttp = `127.0.0.1:${await freePort()}`;
    await using federation = await Federation.start(database.url, {
      processes: ['hub', 'worker'],
      env: { SEKISHO_WORKER_HTTP: workerHttp },
    });
    expect(federation.hubUrl).not.toBe('');
    expect(await (await fetch(`http://${workerHttp}/metrics`)).text()).not.toContain('sekisho_shadow');
  });
});
