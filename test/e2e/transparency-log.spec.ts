import { HubSession, signEnvelope, systemRuntime, verifyLog } from '@sekisho/client';
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { cp, readFile, writeFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

let database: TestDatabase;
let federation: Federation;
let sql: pg.Client;
let member: FederationMember;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'trustee'] });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  member = await federation.member('isp-a');
});

afterAll(async () => {
  await sql.end();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const verify = async (
  directory = member.directory,
  options: { isAll?: boolean; hoursLater?: number } = {},
) => {
  const { hub } = await HubSession.open(member.enrolled);
  const later = (options.hoursLater ?? 0) * 3_600_000;
  const runtime = { ...systemRuntime, now: () => Date.now() + later };
  return verifyLog({ directory, hub, runtime, isAll: options.isAll ?? false });
};

const sizeOfLog = async () => {
  const { rows } = await sql.query<{ size: string }>('SELECT size FROM log_tree');
  return Number(rows[0]?.size);
};

/** Resolves when a checkpoint with so many entries is shown: the trustee signs it first. */
const untilPublished = (size: number) =>
  vi.waitFor(
    async () => {
      const note = await (await fetch(`${federation.hubUrl}/log/checkpoint`)).text();
      expect(note.split('\n')[1]).toBe(String(size));
    },
    { timeout: 10_000 },
  );

/** Entries of a new federation: one statement of each party, and the member's enrolment. */
const STATEMENTS = 3;

describe('the transparency log', () => {
  it('holds every accepted report, where the receipt says', async () => {
    // What hub and trustee said of their keys came before.
    await untilPublished(STATEMENTS);
    const first = await member.submit(reportOf('203.0.113.1'), reportOf('nonsense'), reportOf('203.0.113.2'));
    expect(first.log).toMatchObject({ index: STATEMENTS });
    const second = await member.submit(
      ...Array.from({ length: 300 }, (_, i) => reportOf(`203.0.113.${i % 250}`)),
    );
    expect(second.log?.index).toBe(STATEMENTS + 2);
    await untilPublished(STATEMENTS + 302);
    expect(await verify()).toMatchObject({
      ...{
        size: STATEMENTS + 302,
        previousSize: undefined,
        provedReceipts: 2,
        provedReports: 302,
        pendingReceipts: 0,
      },
    });
    // Later visits prove what is new, and that history is as it was.
    await member.submit(reportOf('203.0.113.3'));
    await untilPublished(STATEMENTS + 303);
    expect(await verify()).toMatchObject({
      size: STATEMENTS + 303,
      previousSize: STATEMENTS + 302,
      provedReceipts: 1,
      provedReports: 1,
    });
    expect(await verify(member.directory, { isAll: true })).toMatchObject({ provedReports: 303 });
  });

  it('is signed by the trustee too, which goes along with no other history', async () => {
    await vi.waitFor(
      async () => {
        expect((await verify()).witnesses).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+\/witness$/)]);
      },
      { timeout: 5_000 },
    );
    const { hub } = await HubSession.open(member.enrolled);
    const add = (body: string) =>
      fetch(`${hub.trustee ?? ''}/add-checkpoint`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body,
      });
    const note = await (await fetch(`${federation.hubUrl}/log/checkpoint`)).text();
    const conflict = await add(`old 0\n\n${note}`);
    expect(conflict.status).toBe(409);
    const size = Number(await conflict.text());
    expect(size).toBeGreaterThan(0);
    // The checkpoint of another tree, with a signature that is not the log's.
    const forged = await add(`old ${size}\n\n${note.replace(/\n\S{44}\n/, `\n${'A'.repeat(43)}=\n`)}`);
    expect(forged.status).toBe(403);
    expect((await add('nonsense')).status).toBe(400);
  });

  it('says what a receipt says when its envelope is sent again', async () => {
    const envelope = await signEnvelope(member.enrolled, [reportOf('203.0.113.9')], {
      now: Date.now(),
      jti: 'sent-twice-1',
    });
    const post = async () => {
      const answer = await fetch(`${federation.hubUrl}/reports`, {
        method: 'POST',
        headers: { 'content-type': 'application/jwt' },
        body: envelope,
      });
      return (await answer.json()) as { log: { index: number; salt: string } };
    };
    const [first, again] = [await post(), await post()];
    expect(again.log.index).toBe(first.log.index);
    expect(again.log.salt).toBe(first.log.salt);
  });

  it('serves its files to anybody, to be kept by caches, and nothing else below them', async () => {
    const checkpoint = await fetch(`${federation.hubUrl}/log/checkpoint`);
    expect(checkpoint.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await checkpoint.text()).toMatch(/^127\.0\.0\.1:\d+\/log\n\d+\n\S{44}\n\n— 127/);
    const tile = await fetch(`${federation.hubUrl}/log/tile/0/000`);
    expect(tile.headers.get('cache-control')).toContain('immutable');
    expect((await tile.arrayBuffer()).byteLength).toBe(256 * 32);
    const entries = await fetch(`${federation.hubUrl}/log/tile/entries/000.p/2`);
    expect((await entries.arrayBuffer()).byteLength).toBe(2 * (2 + 33));
    for (const path of ['tile/0/999', 'tile/0/0', 'tile/0/..%2fcheckpoint', 'tile/entries/000.p/300']) {
      expect((await fetch(`${federation.hubUrl}/log/${path}`)).status, path).toBe(404);
    }
  });

  it('that lost an acknowledged report is caught', async () => {
    const directory = `${member.directory}-lost`;
    await cp(member.directory, directory, { recursive: true });
    const lines = (await readFile(`${directory}/log/receipts.jsonl`, 'utf8')).trimEnd().split('\n');
    const kept = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
    await writeFile(
      `${directory}/log/receipts.jsonl`,
      `${lines.join('\n')}\n${JSON.stringify({ ...kept, receiptId: 'lost', index: 1_000_000 })}\n`,
    );
    // It may still be on its way; later it is a broken promise.
    expect(await verify(directory)).toMatchObject({ pendingReceipts: 1 });
    await expect(verify(directory, { hoursLater: 1 })).rejects.toMatchObject({ code: 'proof-wrong' });
  });

  it('whose history was rewritten is caught, even with a correct signature', async () => {
    await verify();
    await federation.stop('hub');
    // The attacker has the hub's database and key: an old leaf is exchanged, and the tree made again from the entries.
    const { rows } = await sql.query<{ entries: Buffer }>('SELECT entries FROM log_entries ORDER BY tile');
    const all = Buffer.concat(rows.map(({ entries }) => entries));
    all[40] = (all[40] ?? 0) ^ 1;
    await sql.query('TRUNCATE log_append, log_tile, log_entries, log_checkpoint');
    await sql.query(`UPDATE log_tree SET size = 0, frontier = ''`);
    await sql.query(
      'INSERT INTO log_append (first_index, entry_count, entries, appended_at) VALUES (0, $1, $2, now())',
      [all.length / 33, all],
    );
    await federation.run('hub');
    await vi.waitFor(async () => {
      expect(await sizeOfLog()).toBe(all.length / 33);
    });
    await expect(verify()).rejects.toMatchObject({ code: 'proof-wrong' });
  });
});
