import { HubSession, requireOwnKeys, systemRuntime, verifyLog } from '@sekisho/client';
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { readSubject } from '@sekisho/subject';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

// Many processes start one after the other, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const run = promisify(execFile);
const CLI = join(import.meta.dirname, '../../apps/cli/bin/sekisho.mjs');
const SUBJECT = '203.0.113.60';

let database: TestDatabase;
let federation: Federation;
let sql: pg.Client;
let members: FederationMember[];

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  members = [];
  for (const id of ['isp-a', 'isp-b', 'isp-c']) members.push(await federation.member(id));
});

afterAll(async () => {
  await sql.end();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const memberAt = (at: number): FederationMember => {
  const member = members[at];
  if (!member) throw new Error('no such member');
  return member;
};

/** What one member is told of the subject's listing, proved. */
async function prove(member: FederationMember) {
  const session = await HubSession.open(member.enrolled);
  const decisions = await session.listingDecisions(readSubject(SUBJECT));
  const { decisions: proved } = await verifyLog({
    ...{ directory: member.directory, hub: session.hub, runtime: systemRuntime },
    told: [
      { kind: 'listing', about: SUBJECT, decisions },
      { kind: 'key', about: member.enrolled.id, decisions: await session.keyDecisions() },
    ],
  });
  return { listing: proved[0] ?? [], keys: proved[1] ?? [] };
}

describe('a listing', () => {
  it('is in the log when it begins and when it ends, for every member the same', async () => {
    const receipts = [];
    for (const member of members) receipts.push(await member.submit(reportOf(SUBJECT)));
    await expect
      .poll(async () => (await prove(memberAt(0))).listing.map(({ said }) => said['codes']), {
        timeout: 120_000,
      })
      .toContainEqual([expect.stringMatching(/^127\.0\.\d+\.3$/)]);
    for (const [at, { receiptId }] of receipts.entries()) {
      await (await memberAt(at).session()).retract(receiptId, 0);
    }
    await expect
      .poll(async () => (await prove(memberAt(0))).listing.at(-1)?.said['codes'], { timeout: 120_000 })
      .toEqual([]);
    expect((await prove(memberAt(1))).listing).toEqual((await prove(memberAt(2))).listing);
  });

  it('is shown with its proof by `sekisho log decisions`', async () => {
    const { stdout } = await run(process.execPath, [
      ...[CLI, 'log', 'decisions', SUBJECT, '--json', '--dir', memberAt(0).directory],
    ]);
    const told = JSON.parse(stdout) as { about: string; zone: string }[];
    expect(told.length).toBeGreaterThan(1);
    expect(new Set(told.map(({ about }) => about))).toEqual(new Set([SUBJECT]));
  });
});

describe('a member', () => {
  it('finds its own keys in the log', async () => {
    const { keys } = await prove(memberAt(0));
    expect(keys).toMatchObject([{ said: { about: 'isp-a', change: 'enrolled' } }]);
    requireOwnKeys(keys, memberAt(0).enrolled.signing.kid);
  });

  it('does not believe a decision that is told otherwise than it was logged', async () => {
    await sql.query(
      `UPDATE log_decision SET statement = replace(statement, '"ip"', '"high.ip"') WHERE about = $1`,
      [SUBJECT],
    );
    await expect(prove(memberAt(0))).rejects.toMatchObject({ code: 'proof-wrong' });
  });
});

describe('`sekisho log verify --follow`', () => {
  it('ends with status 1 at the first thing that is wrong', async () => {
    const monitor = run(process.execPath, [
      ...[CLI, 'log', 'verify', '--follow', '--every', '1', '--dir', memberAt(1).directory],
    ]);
    const ended = monitor.then(
      () => undefined,
      (error: unknown) => error as { code: number; stderr: string },
    );
    let shown = '';
    monitor.child.stdout?.on('data', (text: string) => (shown += text));
    await Promise.race([
      expect.poll(() => shown, { timeout: 240_000 }).toContain('only grew since the last visit'),
      ended.then((failure) => {
        throw new Error(`it ended early: ${failure?.stderr ?? ''}`);
      }),
    ]);
    // Somebody with the database says that another key is registered for the member.
    await sql.query(
      `UPDATE log_decision SET statement = replace(statement, $2, 'stranger') WHERE about = $1`,
      ['isp-b', memberAt(1).enrolled.signing.kid],
    );
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('is not entry') as string });
  });
});
