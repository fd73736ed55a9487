import { createTestDatabase, execute, Federation, reportOf, type TestDatabase } from '@sekisho/testing';
import { migrateDatabase, openDatabase, Replica, ReputationRepository } from '@sekisho/persistence';
import type { Subject } from '@sekisho/subject';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startReplicatedPostgresql, type ReplicatedPostgresql } from '../setup/replicated-postgresql.js';

let postgresql: ReplicatedPostgresql;
let database: TestDatabase;
let replicaUrl: string;

beforeAll(async () => {
  postgresql = await startReplicatedPostgresql();
  database = await createTestDatabase(postgresql.url);
  replicaUrl = postgresql.replicaUrlOf(database.url);
  const schema = await openDatabase(database.url, { poolSize: 1 });
  await migrateDatabase(schema);
  await schema.destroy();
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await postgresql[Symbol.asyncDispose]();
});

const WAIT = { timeout: 60_000, interval: 100 };
const IP = '203.0.113.20';
const SUBJECT: Subject = { type: 'ip', value: IP };

describe('reads from a streaming replica', () => {
  let primary: DataSource;
  let replica: Replica;
  const changes: string[] = [];

  beforeEach(async () => {
    primary = await openDatabase(database.url, { poolSize: 2 });
    await execute(database.url, 'CREATE TABLE IF NOT EXISTS told (what text)', 'TRUNCATE told');
    replica = await Replica.open(replicaUrl, primary, {
      poolSize: 2,
      onChange: ({ isUsed, reason }) => changes.push(`${isUsed ? 'used' : 'not used'}: ${reason}`),
    });
    await vi.waitFor(async () => {
      expect(await isAtReplica()).toBe(true);
    }, WAIT);
  });

  afterEach(async () => {
    await replica.close();
    await primary.destroy();
    changes.length = 0;
  });

  const isAtReplica = async () => {
    const [row] = await replica.query<{ is: boolean }[]>('SELECT pg_is_in_recovery() AS is');
    return row?.is === true;
  };

  it('go there while it follows, and to the primary while it is behind', async () => {
    await execute(replicaUrl, 'SELECT pg_wal_replay_pause()');
    // The primary goes on: what stands behind is told from it, and not from the replica's own word.
    const timer = setInterval(() => void execute(database.url, `INSERT INTO told VALUES ('x')`), 500);
    await vi.waitFor(async () => {
      expect(await isAtReplica()).toBe(false);
    }, WAIT);
    clearInterval(timer);
    expect(changes.at(-1)).toBe('not used: it is behind');
    const rows = await replica.query<unknown[]>('SELECT FROM told');
    expect(rows.length).toBeGreaterThan(5);
    await execute(replicaUrl, 'SELECT pg_wal_replay_resume()');
    await vi.waitFor(async () => {
      expect(await isAtReplica()).toBe(true);
    }, WAIT);
  });

  it('lose no answer when it goes away, and return to it', async () => {
    await postgresql.stopReplica();
    expect(await isAtReplica()).toBe(false);
    expect(replica.lagMs).toBe(Infinity);
    await postgresql.startReplica();
    await vi.waitFor(async () => {
      expect(await isAtReplica()).toBe(true);
    }, WAIT);
  });

  it('do not take another primary for a replica', async () => {
    const wrong = await Replica.open(database.url, primary, { poolSize: 1, onChange: () => undefined });
    await wrong.query('SELECT 1');
    expect(wrong.reads).toEqual({ replica: 0, primary: 1 });
    await wrong.close();
  });

  it('find reputations as the primary does', async () => {
    const [here, there] = [new ReputationRepository(replica), new ReputationRepository(primary)];
    expect(await here.find([SUBJECT])).toEqual(await there.find([SUBJECT]));
    expect(await here.listings({ first: 5 })).toEqual(await there.listings({ first: 5 }));
  });
});

describe('a hub with a replica', () => {
  it('reads from it for all but the member that has just reported', async () => {
    await using federation = await Federation.start(database.url, {
      processes: ['hub', 'worker'],
      env: { SEKISHO_DATABASE_REPLICA_URL: replicaUrl },
    });
    const [a, b] = [await federation.member('isp-a'), await federation.member('isp-b')];
    const token = await readFile(join(federation.env['SEKISHO_DATA_DIR'] ?? '', 'keys/edge.token'), 'utf8');
    const readFrom = async (from: string) => {
      const headers = { authorization: `Bearer ${token.trim()}` };
      const text = await (await fetch(`${federation.hubUrl}/metrics`, { headers })).text();
      return Number(new RegExp(`^sekisho_replica_reads_total{from="${from}"} (\\d+)$`, 'm').exec(text)?.[1]);
    };
    const scoreFor = async (member: typeof a) => (await (await member.session()).lookup([SUBJECT]))[0]?.score;
    await vi.waitFor(async () => {
      await scoreFor(b);
      expect(await readFrom('replica')).toBeGreaterThan(0);
    }, WAIT);
    await a.submit(reportOf(IP));
    const before = await readFrom('replica');
    await scoreFor(a);
    expect(await readFrom('replica')).toBe(before);
    await scoreFor(b);
    expect(await readFrom('replica')).toBe(before + 1);
    for (const member of [a, b]) {
      await vi.waitFor(async () => {
        expect(await scoreFor(member)).toBeGreaterThan(0);
      }, WAIT);
    }
  }, 300_000);
});
