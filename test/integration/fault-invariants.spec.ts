// The invariants of the fault suite, each broken on purpose: one that is never red holds nothing.
import { createTestDatabase, Federation, freePort, reportOf, type TestDatabase } from '@sekisho/testing';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { checkEvents, EventReceiver, recordEvents } from '../faults/event-receiver.js';
import {
  checkEdges,
  checkLogged,
  checkScores,
  checkStored,
  checkSubscriber,
  type Acknowledged,
} from '../faults/invariants.js';
import { ChangeSubscriber, watchLookups } from '../faults/watchers.js';

const SUBJECTS = ['5.0.0.9', '5.0.1.9', '5.0.2.9'];
const OWNED = '6.0.0.9';
const WAIT = { timeout: 120_000, interval: 250 };
/** An offline computation for each moment of scoring is a process of its own. */
const OFFLINE_MS = 300_000;

let database: TestDatabase;
let federation: Federation;
let sql: pg.Client;
let directory: string;
let receiver: EventReceiver;
let edgeToken: string;
const acknowledged: Acknowledged[] = [];

const zoneUrl = () => `${federation.hubUrl}/zones/ip`;
const follow = async (url: string, from: number) => {
  const subscriber = new ChangeSubscriber(url, edgeToken, from);
  while (await subscriber.takeOne());
  return subscriber;
};

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  directory = await mkdtemp(join(tmpdir(), 'sekisho-invariants-'));
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  await recordEvents(sql);
  federation = await Federation.start(database.url);
  receiver = new EventReceiver(
    federation.hubUrl,
    await federation.member('isp-o', { networks: ['6.0.0.0/16'] }),
  );
  for (const id of ['isp-a', 'isp-b', 'isp-c']) {
    const member = await federation.member(id);
    // One after another, so that the zone has several changes.
    for (const subjects of [[SUBJECTS[0] ?? ''], [...SUBJECTS, OWNED]]) {
      const receipt = await member.submit(...subjects.map((subject) => reportOf(subject)));
      acknowledged.push({ member, receipt, subjects });
    }
  }
  const token = join(federation.env['SEKISHO_DATA_DIR'] ?? '', 'keys', 'edge.token');
  edgeToken = (await readFile(token, 'utf8')).trim();
  await vi.waitFor(async () => {
    const { rows } = await sql.query('SELECT FROM receipt WHERE scored_at IS NULL');
    expect(rows).toEqual([]);
    await checkEdges(sql, [federation.dnsPort], SUBJECTS);
    await checkLogged(acknowledged);
    while ((await receiver.takeSome()) > 0);
    await checkEvents(sql, receiver);
  }, WAIT);
}, 600_000);

afterAll(async () => {
  await sql.end();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** The invariant while a statement has broken something, which is then undone. */
async function broken(statement: string, hold: () => Promise<string>): Promise<string> {
  await sql.query('BEGIN');
  try {
    expect((await sql.query(statement)).rowCount).toBeGreaterThan(0);
    return await hold();
  } finally {
    await sql.query('ROLLBACK');
  }
}

describe('the invariants of the fault suite', () => {
  it(
    'hold in a federation to which nothing was done',
    async () => {
      await checkStored(sql, acknowledged);
      await checkLogged(acknowledged);
      await checkScores(sql, directory);
      await checkEdges(sql, [federation.dnsPort], SUBJECTS);
      await checkSubscriber(sql, await follow(zoneUrl(), 1));
      expect(await checkEvents(sql, receiver)).toMatch(/^[1-9]\d* events$/);
    },
    OFFLINE_MS,
  );

  it('are broken by a stored report that is lost, altered or there twice', async () => {
    const stored = () => checkStored(sql, acknowledged);
    const one = `WHERE ctid = (SELECT ctid FROM sighting WHERE subject = '5.0.0.9' LIMIT 1) AND subject = '5.0.0.9'`;
    await expect(broken(`DELETE FROM sighting ${one}`, stored)).rejects.toThrow('stored undefined');
    await expect(broken(`UPDATE sighting SET subject = '5.0.9.9' ${one}`, stored)).rejects.toThrow('5.0.9.9');
    const columns = (
      await sql.query<{ names: string }>(
        `SELECT string_agg(column_name, ', ') AS names FROM information_schema.columns
         WHERE table_schema = current_schema AND table_name = 'receipt' AND column_name NOT IN ('id', 'jti')`,
      )
    ).rows[0]?.names;
    const copy = `INSERT INTO receipt (id, jti, ${columns ?? ''})
      SELECT gen_random_uuid(), gen_random_uuid()::text, ${columns ?? ''} FROM receipt LIMIT 1`;
    await expect(broken(copy, stored)).rejects.toThrow('1 envelopes are stored twice');
  });

  it('are broken by an acknowledged report that the log does not have', async () => {
    const [first] = acknowledged;
    if (!first) throw new Error('nothing was reported');
    const more = [...acknowledged, { ...first, subjects: ['5.0.0.9'] }];
    await expect(checkLogged(more)).rejects.toThrow('proved');
  });

  it(
    'are broken by a score that is not what the reports give',
    async () => {
      const scores = () => checkScores(sql, directory);
      const of = `WHERE subject = '5.0.1.9'`;
      await expect(broken(`UPDATE reputation SET score = score - 1 ${of}`, scores)).rejects.toThrow(
        'offline',
      );
      // Fewer and not more: of what one sighting counts the model hears the first eight messages.
      await expect(broken(`UPDATE sighting SET count = 1 ${of}`, scores)).rejects.toThrow('offline');
    },
    OFFLINE_MS,
  );

  it('are broken by an edge that has another entry than the hub', async () => {
    const edges = () => checkEdges(sql, [federation.dnsPort], SUBJECTS);
    const of = `WHERE zone = 'ip' AND subject = '5.0.2.9'`;
    await expect(broken(`DELETE FROM zone_entry ${of}`, edges)).rejects.toThrow(`the hub has ''`);
    await expect(broken(`UPDATE zone_entry SET codes = '{127.0.1.2}' ${of}`, edges)).rejects.toThrow(
      `the hub has '127.0.1.2'`,
    );
  });

  it('are broken by a change that a follower of a zone skipped', async () => {
    const { serial } = await follow(zoneUrl(), 1);
    const late = await follow(zoneUrl(), serial);
    await expect(checkSubscriber(sql, late)).rejects.toThrow('differs in');
  });

  it('are broken by a change that a follower is sent twice', async () => {
    const change = { from: 1, to: 2, announce: [['5.0.0.9', ['127.0.90.3']]], withdraw: [] };
    const answers = [change, change];
    const server = createServer((_, response) => {
      const next = answers.shift();
      if (next) response.end(JSON.stringify(next));
      else response.writeHead(204).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const twice = await follow(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 1);
    server.close();
    await expect(checkSubscriber(sql, twice)).rejects.toThrow('had 2, was sent 1 to 2');
  });

  it('are broken by an event that never came, and by one that came again', async () => {
    const events = () => checkEvents(sql, receiver);
    const lost = `INSERT INTO told_event VALUES ('lost')`;
    await expect(broken(lost, events)).rejects.toThrow(/1 of \d+ events never came/);
    await expect(broken('DELETE FROM told_event', events)).rejects.toThrow('never written');
    const [jti = ''] = receiver.received;
    const other = new EventReceiver(federation.hubUrl, acknowledged[0]?.member as never);
    other.take([], { sets: { [jti]: 'token' } });
    other.take([jti], { sets: {} });
    expect(other.violations).toEqual([]);
    other.take([], { sets: { [jti]: 'token' } });
    await expect(checkEvents(sql, other)).rejects.toThrow('came again');
  });

  it('are broken by a lookup that nobody answers', async () => {
    const stop = new AbortController();
    const nobody = [await freePort(), await freePort()];
    const watched = watchLookups(
      nobody,
      () => {
        stop.abort();
        return '9.0.0.5.ip.z.example';
      },
      stop.signal,
    );
    expect((await watched).unanswered).toHaveLength(1);
  });
});
