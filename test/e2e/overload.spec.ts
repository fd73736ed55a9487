// More than a hub takes: it says so and for how long, and what it has accepted, and DNS, are not the worse for it.
import { signEnvelope, submitEnvelope } from '@sekisho/client';
import { createTestDatabase, Federation, nameOf, reportOf, type TestDatabase } from '@sekisho/testing';
import { randomUUID } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { Agent, request } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { UdpClient } from '../conformance/udp-client.js';
import { ask, watchLookups } from '../faults/watchers.js';

const ENVELOPES = 240;
const REPORTS = 100;
/** TXT of the test entry: the same answer each time. */
const EQUAL_QUERIES = 400;

let database: TestDatabase;
let federation: Federation;
let sql: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  federation = await Federation.start(database.url, {
    env: { SEKISHO_DNS_RRL: 'responses=20,window=5,slip=2' },
  });
});

afterAll(async () => {
  await sql.end();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

const agent = new Agent({ keepAlive: true, maxSockets: ENVELOPES });

/** Sends once and does not come back. */
function post(path: string, body: string, type: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type };
    const sent = request(`${federation.hubUrl}${path}`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().on('end', () => {
        resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] });
      });
    });
    sent.on('error', reject).end(body);
  });
}

describe('under more than it takes', () => {
  it('the hub sends envelopes away with 503 and a time, keeps what it took, and DNS does not notice', async () => {
    const member = await federation.member('isp-a');
    const envelopes = await Promise.all(
      Array.from({ length: ENVELOPES }, (_, i) =>
        signEnvelope(
          member.enrolled,
          Array.from({ length: REPORTS }, (_, k) => reportOf(`5.${i}.${k}.9`)),
          { now: Date.now(), jti: randomUUID() },
        ),
      ),
    );
    await vi.waitFor(() => ask([federation.dnsPort], nameOf('127.0.0.2')), {
      timeout: 15_000,
      interval: 100,
    });
    const stop = new AbortController();
    const lookups = watchLookups([federation.dnsPort], () => nameOf('127.0.0.2'), stop.signal);
    // Nothing can be stored until the first is sent away: otherwise a quick hub takes all that a slow sender sends.
    await sql.query('BEGIN; LOCK TABLE sighting IN EXCLUSIVE MODE');
    const sent = envelopes.map((envelope) => post('/reports', envelope, 'application/jwt'));
    await Promise.any(
      sent.map(async (answer) => {
        expect((await answer).status).toBe(503);
      }),
    );
    await sql.query('COMMIT');
    const answers = await Promise.all(sent);
    stop.abort();
    expect((await lookups).unanswered).toEqual([]);

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 503]));
    for (const { status, retryAfter } of answers) {
      if (status === 503) expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
    }
    const taken = answers.filter(({ status }) => status === 202).length;
    const { rows } = await sql.query<{ count: number }>('SELECT count(*)::int AS count FROM sighting');
    expect(rows[0]?.count).toBe(taken * REPORTS);
    // Those sent away come back, as members' clients do, and find room; those taken are told what they were told before.
    for (const envelope of envelopes) await submitEnvelope(`${federation.hubUrl}/reports`, envelope);
    await vi.waitFor(
      async () => {
        const { rows: waiting } = await sql.query('SELECT FROM receipt WHERE scored_at IS NULL');
        expect(waiting).toEqual([]);
      },
      { timeout: 120_000, interval: 250 },
    );
    const all = await sql.query<{ count: number }>('SELECT count(*)::int AS count FROM sighting');
    expect(all.rows[0]?.count).toBe(ENVELOPES * REPORTS);
  }, 300_000);

  it('strangers get 429 and a time, and members are served beside them', async () => {
    const member = await federation.member('isp-b');
    const code = JSON.stringify({ code: 'no such code', keys: { keys: [] } });
    const answers = await Promise.all(
      Array.from({ length: 350 }, () => post('/enrolments', code, 'application/json')),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(40);
    for (const { retryAfter } of refused) expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
    expect(await member.submit(reportOf('203.0.113.9'))).toMatchObject({ accepted: 1 });
  });

  it('an edge cuts short what one network asks over and over, and serves another network meanwhile', async () => {
    await using flood = await UdpClient.open(federation.dnsPort);
    const labels = nameOf('127.0.0.2').split('.');
    const name = Buffer.concat([
      ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
      Buffer.from([0]),
    ]);
    const elsewhere = new Resolver({ timeout: 1_000, tries: 3 });
    elsewhere.setServers([`127.0.0.1:${federation.dnsPort}`]);
    // RRL goes by the /24 of whoever asks.
    elsewhere.setLocalAddress('127.9.9.9');
    const flooded = Promise.all(Array.from({ length: EQUAL_QUERIES }, () => flood.ask({ name, type: 1 }, 1)));
    expect(await elsewhere.resolve4(nameOf('127.0.0.2'))).not.toEqual([]);
    const answers = await flooded;
    const whole = answers.filter((answer) => answer && !answer.isTruncated).length;
    const cut = answers.filter((answer) => answer?.isTruncated).length;
    expect(whole).toBeLessThan(EQUAL_QUERIES / 2);
    // Every other one, so that a real client comes back by TCP.
    expect(cut).toBeGreaterThan(0);
    expect(whole + cut).toBeLessThan(EQUAL_QUERIES);
  });
});
