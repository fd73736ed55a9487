import {
  createTestDatabase,
  digUntil,
  Federation,
  type FederationMember,
  nameOf,
  reportOf,
  type TestDatabase,
} from '@sekisho/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { startRedis, type TestRedis } from '../setup/redis.js';

let redis: TestRedis;
let database: TestDatabase;
let federation: Federation;

beforeAll(async () => {
  redis = await startRedis();
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, {
    env: { SEKISHO_QUEUE_URL: `redis://127.0.0.1:${redis.port}/0` },
  });
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

let reporter: FederationMember;

it('with the queue on Redis three members list an address within a second', async () => {
  const members: FederationMember[] = [];
  for (const id of ['isp-a', 'isp-b', 'isp-c']) members.push(await federation.member(id));
  [reporter] = members as [FederationMember];
  const listed = async (ip: string) => {
    for (const member of members) await member.submit(reportOf(ip));
    return digUntil(federation, nameOf(ip), (answers) =>
      answers.some((answer) => /^127\.0\.\d+\.3$/.test(answer)),
    );
  };
  // The first one tells how long a federation takes to wake up.
  await listed('203.0.113.39');
  const elapsedMs = await listed('203.0.113.40');
  expect(elapsedMs).toBeLessThan(1_000);

  // And the database holds no queue.
  const sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  const { rowCount } = await sql.query(`SELECT FROM pg_namespace WHERE nspname = 'bullmq'`);
  await sql.end();
  expect(rowCount).toBe(0);
});

it('a Redis that is gone keeps no member waiting: the receipt is the outbox', async () => {
  await redis[Symbol.asyncDispose]();
  const start = performance.now();
  const receipt = await reporter.submit(reportOf('203.0.113.41'));
  expect(receipt.accepted).toBe(1);
  expect(performance.now() - start).toBeLessThan(5_000);
  const sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  const { rows } = await sql.query(`SELECT scored_at FROM receipt WHERE id = $1`, [receipt.receiptId]);
  await sql.end();
  expect(rows).toEqual([{ scored_at: null }]);
});
