// The version before and this one at once on one database, one process replaced after the other, under a load of reports.
import { HubSession, signEnvelope, submitEnvelope, systemRuntime, verifyLog } from '@sekisho/client';
import {
  createTestDatabase,
  Federation,
  freePort,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { buildPreviousRelease, type PreviousRelease } from '../setup/previous-release.js';

// Many processes start one after the other, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let previous: PreviousRelease;
let database: TestDatabase;
let federation: Federation;
let member: FederationMember;
let sql: pg.Client;
let sent = 0;

beforeAll(async () => {
  previous = await buildPreviousRelease();
  // An empty database: the version before migrates it as far as it can.
  database = await createTestDatabase(inject('databaseUrl'));
  federation = await Federation.start(database.url, { processes: [] });
  await federation.run('hub', {}, previous.root);
  await federation.run('worker', {}, previous.root);
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  member = await federation.member('isp-a');
});

afterAll(async () => {
  await sql.end();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await previous[Symbol.asyncDispose]();
});

async function count(query: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${query}`);
  return rows[0]?.n ?? -1;
}

/** Three envelopes of two reports to each of the hubs. */
async function report(...hubs: string[]): Promise<void> {
  for (const hub of hubs) {
    for (let i = 0; i < 3; i++) {
      const reports = [reportOf(`203.0.113.${1 + (sent % 200)}`), reportOf(`198.51.100.${1 + (sent % 200)}`)];
      const envelope = await signEnvelope(member.enrolled, reports, { now: Date.now(), jti: randomUUID() });
      const receipt = await submitEnvelope(`${hub}/reports`, envelope);
      expect(receipt.accepted).toBe(2);
      sent += receipt.accepted;
    }
  }
}

const allScored = () =>
  expect.poll(() => count('receipt WHERE scored_at IS NULL'), { timeout: 240_000, interval: 250 }).toBe(0);

describe('an upgrade process by process', () => {
  it('loses and doubles nothing, and both versions serve meanwhile', async () => {
    await report(federation.hubUrl);
    // The new hub migrates the database under the old one.
    const port = await freePort();
    const next = `http://127.0.0.1:${port}`;
    await federation.run('hub-2', {
      SEKISHO_HTTP: `127.0.0.1:${port}`,
      SEKISHO_PUBLIC_URL: federation.hubUrl,
    });
    await federation.run('worker-2');
    await report(federation.hubUrl, next);
    await allScored();
    const session = await HubSession.open(member.enrolled);
    expect((await session.statistics())['reports']).toBeDefined();

    // Both workers, each alone with what the other version wrote.
    await federation.stop('worker-2');
    await report(federation.hubUrl, next);
    await allScored();
    await federation.run('worker-2');
    await federation.stop('worker');
    await report(federation.hubUrl, next);
    await allScored();

    await federation.stop('hub');
    await report(next);
    await federation.run('hub');
    await federation.stop('hub-2');
    await report(federation.hubUrl);
    await allScored();

    expect(await count('sighting')).toBe(sent);
    const { hub } = await HubSession.open(member.enrolled);
    await expect
      .poll(
        async () => (await verifyLog({ directory: member.directory, hub, runtime: systemRuntime })).size,
        { timeout: 120_000 },
      )
      .toBeGreaterThanOrEqual(sent);
  });
});
