import { createTestDatabase, execute, Federation, freePort, type TestDatabase } from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../apps/cli/bin/sekisho.mjs');

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly found: string;
  readonly remedy?: string;
}

let database: TestDatabase;
let federation: Federation;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, {
    env: {
      SEKISHO_DNS_HTTP: `127.0.0.1:${await freePort()}`,
      SEKISHO_WORKER_HTTP: `127.0.0.1:${await freePort()}`,
    },
  });
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function doctor(options: { env?: Record<string, string>; words?: string[] } = {}) {
  const env = { PATH: process.env['PATH'] ?? '', ...federation.env, ...options.env };
  const words = [PROGRAM, 'doctor', '--json', ...(options.words ?? [])];
  const { stdout, status } = await promisify(execFile)(process.execPath, words, {
    env,
    timeout: 60_000,
  }).then(
    (done) => ({ ...done, status: 0 }),
    (error: unknown) => {
      const { stdout, code } = error as { stdout: string; code: number };
      return { stdout, status: code };
    },
  );
  const findings = JSON.parse(stdout) as Finding[];
  return { status, findings, wrong: findings.filter(({ state }) => state === 'wrong') };
}

describe('sekisho doctor', () => {
  it('finds nothing wrong with a federation that runs, and looks at every part of it', async () => {
    // The edge follows within a moment of its start.
    await vi.waitFor(
      async () => {
        expect((await doctor()).wrong).toEqual([]);
      },
      { timeout: 20_000, interval: 500 },
    );
    const { status, findings } = await doctor({ words: ['--secondary', `127.0.0.1:${federation.dnsPort}`] });
    expect(status).toBe(0);
    const found = new Map(findings.map(({ check, state }) => [check, state]));
    for (const check of [
      ...[
        'configuration',
        'file keys/hub.jwk',
        'file keys/edge.token',
        'disk',
        'database',
        'clock, database',
      ],
      ...['migrations', 'scoring', 'queue', 'worker', 'hub', 'clock, hub', 'edge', 'zone ages'],
      `secondary 127.0.0.1:${federation.dnsPort}`,
    ]) {
      expect(found.get(check), check).toBe('ok');
    }
  });

  it('finds a key that others may read', async () => {
    const key = join(federation.env['SEKISHO_DATA_DIR'] ?? '', 'keys', 'hub.jwk');
    await chmod(key, 0o644);
    const { status, wrong } = await doctor();
    await chmod(key, 0o600);
    expect(status).toBe(1);
    expect(wrong).toMatchObject([
      { check: 'file keys/hub.jwk', remedy: expect.stringContaining('chmod 600') as string },
    ]);
  });

  it('finds receipts that nobody scores, a schema of another release and a zone that an edge has not', async () => {
    await federation.stop('worker');
    await federation.stop('dns');
    const member = await federation.member('isp-a');
    await member.submit({
      ...{ subject: { type: 'ip', value: '203.0.113.9' }, category: 'zombie', evidence: 'trap', count: 1 },
      ...{ firstSeen: new Date().toISOString(), lastSeen: new Date().toISOString() },
    });
    await execute(
      database.url,
      `UPDATE receipt SET received_at = now() - interval '5 minutes'`,
      `INSERT INTO migration (timestamp, name) VALUES (1, 'OfTomorrow1')`,
    );
    const { status, wrong } = await doctor();
    await execute(database.url, `DELETE FROM migration WHERE name = 'OfTomorrow1'`);
    expect(status).toBe(1);
    expect(wrong.map(({ check }) => check)).toEqual(['migrations', 'scoring', 'worker', 'edge', 'zone ages']);
    expect(wrong.every(({ remedy }) => remedy)).toBe(true);
  });

  it('changes nothing in a database that was never migrated, and says so', async () => {
    await using empty = await createTestDatabase(inject('databaseUrl'));
    const { wrong } = await doctor({ env: { SEKISHO_DATABASE_URL: empty.url } });
    expect(wrong.map(({ check }) => check)).toEqual(expect.arrayContaining(['migrations', 'queue']));
    await expect(execute(empty.url, 'SELECT FROM migration')).rejects.toThrow('does not exist');
  });

  it('waits for no queue and no hub that are away', async () => {
    const closed = await freePort();
    const { wrong } = await doctor({
      env: {
        SEKISHO_QUEUE_URL: `redis://127.0.0.1:${closed}`,
        SEKISHO_DATABASE_REPLICA_URL: `postgres://127.0.0.1:${closed}/x`,
        SEKISHO_HUB_URL: `http://127.0.0.1:${closed}`,
      },
    });
    expect(wrong.map(({ check }) => check)).toEqual(expect.arrayContaining(['queue', 'replica', 'hub']));
  });
});
