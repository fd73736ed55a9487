import { signEnvelope } from '@sekisho/client';
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import { createTestDatabase, type TestDatabase } from '@sekisho/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Federation, reportOf, type FederationMember } from '@sekisho/testing';

let database: TestDatabase;
let federation: Federation;
let sql: pg.Client;
let member: FederationMember;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub'] });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  member = await federation.member('isp-a', { networks: ['198.18.0.0/16'] });
});

afterAll(async () => {
  await sql.end();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const sign = (reports: Parameters<typeof signEnvelope>[1], jti: string = randomUUID(), iat = Date.now()) =>
  signEnvelope(member.enrolled, reports, { now: iat, jti });

async function post(body: string, contentType = 'application/jwt') {
  const answer = await fetch(`${federation.hubUrl}/reports`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  });
  return {
    status: answer.status,
    type: answer.headers.get('content-type')?.split(';')[0],
    body: (await answer.json()) as Record<string, unknown>,
  };
}

async function rowsOf(ip: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM sighting WHERE subject = $1',
    [ip],
  );
  return rows[0]?.n ?? -1;
}

async function receipts(): Promise<number> {
  const { rows } = await sql.query<{ n: number }>('SELECT count(*)::int AS n FROM receipt');
  return rows[0]?.n ?? -1;
}

describe('an envelope', () => {
  it('is stored and answered with a verdict for every item', async () => {
    const answer = await post(
      await sign([
        reportOf('203.0.113.1'),
        reportOf('203.0.113.2', { category: 'spam-domain' }),
        reportOf('nonsense'),
      ]),
    );
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      accepted: 1,
      rejected: [
        { index: 1, code: 'category-unfit' },
        { index: 2, code: 'subject-malformed' },
      ],
    });
    expect(await rowsOf('203.0.113.1')).toBe(1);
  });

  it('that was tampered with is 401 and stores nothing', async () => {
    const before = await receipts();
    const envelope = await sign([reportOf('203.0.113.3')]);
    const [header, payload, signature] = envelope.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      reports: { subject: { value: string } }[];
    };
    const [report] = claims.reports;
    if (report) report.subject.value = '203.0.113.4';
    const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const answer = await post(`${header}.${forged}.${signature}`);
    expect(answer).toMatchObject({
      status: 401,
      type: 'application/problem+json',
      body: { code: 'envelope-not-authentic' },
    });
    expect(await receipts()).toBe(before);
  });

  it('sent twice gives one set of rows and the same receipt', async () => {
    const envelope = await sign([reportOf('203.0.113.5'), reportOf('203.0.113.6')]);
    const [first, second] = await Promise.all([post(envelope), post(envelope)]);
    const third = await post(envelope);
    expect(first.status).toBe(202);
    // The checkpoint is that of the answer's time: the tree may have grown in between.
    const log = { ...(first.body['log'] as object), checkpoint: expect.any(String) as string };
    const receipt = { ...first.body, log };
    expect(second.body).toEqual(receipt);
    expect(third.body).toEqual(receipt);
    expect(await rowsOf('203.0.113.5')).toBe(1);
  });

  it('under a jti that another envelope had is 409 and stores nothing', async () => {
    const jti = randomUUID();
    await post(await sign([reportOf('203.0.113.7')], jti));
    const answer = await post(await sign([reportOf('203.0.113.8')], jti));
    expect(answer).toMatchObject({ status: 409, body: { code: 'envelope-replayed' } });
    expect(await rowsOf('203.0.113.8')).toBe(0);
  });

  it.each([
    ['not a JWS at all', 'hello', 400],
    ['an unsigned token', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`, 400],
    [
      'a JWS of another type',
      `${Buffer.from('{"alg":"EdDSA","typ":"JWT","kid":"x"}').toString('base64url')}.e30.AA`,
      400,
    ],
    [
      'a JWS of a key nobody knows',
      `${Buffer.from('{"alg":"EdDSA","typ":"sekisho-report+jwt","kid":"x"}').toString('base64url')}.e30.AA`,
      401,
    ],
    ['five megabytes', 'a'.repeat(5_000_000), 413],
  ])('that is %s is refused', async (_, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  it('of another media type is 415', async () => {
    expect((await post(await sign([reportOf('203.0.113.9')]), 'text/plain')).status).toBe(415);
  });

  it.each([
    ['from the future', 120_000, 401],
    ['older than a day', -25 * 3_600_000, 401],
    ['an hour late', -3_600_000, 202],
  ])('signed %s is answered as such', async (_, offset, status) => {
    expect(
      (await post(await sign([reportOf('203.0.113.10')], randomUUID(), Date.now() + offset))).status,
    ).toBe(status);
  });

  it('holds at most 1,000 reports', async () => {
    const reports = (n: number) =>
      Array.from({ length: n }, (_, i) => reportOf(`198.18.${i >> 8}.${i & 255}`));
    expect(await post(await sign(reports(1_001)))).toMatchObject({
      status: 400,
      body: { code: 'envelope-malformed' },
    });
    expect(await post(await sign(reports(1_000)))).toMatchObject({ status: 202, body: { accepted: 1_000 } });
  });

  it('of a suspended member is 401, and is taken again after resumption', async () => {
    const other = await federation.member('isp-b');
    const send = () =>
      signEnvelope(other.enrolled, [reportOf('203.0.113.11')], { now: Date.now(), jti: randomUUID() }).then(
        (jws) => post(jws),
      );
    const operator = await openOperatorDatabase(readConfig(federation.env));
    expect((await send()).status).toBe(202);
    await operator.members.suspend('isp-b');
    await expect.poll(async () => (await send()).status, { timeout: 5_000 }).toBe(401);
    await operator.members.resume('isp-b');
    await expect.poll(async () => (await send()).status, { timeout: 5_000 }).toBe(202);
    await operator.close();
  });
});

describe('a hub that is killed', () => {
  it('in the middle of 100 envelopes loses and doubles nothing', async () => {
    const envelopes = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        sign(
          Array.from({ length: 5 }, (__, j) => reportOf(`203.0.113.${100 + (i % 100)}`, { count: 1 + j })),
        ),
      ),
    );
    const acknowledged = new Set<string>();
    const deliver = async (envelope: string): Promise<void> => {
      for (;;) {
        const answer = await post(envelope).catch(() => undefined);
        if (answer?.status === 202) {
          acknowledged.add(String(answer.body['receiptId']));
          return;
        }
        await running;
      }
    };
    let running: Promise<void> = Promise.resolve();
    const before = await receipts();
    const deliveries: Promise<void>[] = [];
    for (const [index, envelope] of envelopes.entries()) {
      deliveries.push(deliver(envelope));
      if (index === 40) {
        await Promise.race(deliveries);
        await federation.stop('hub', 'SIGKILL');
        running = federation.run('hub');
      }
    }
    await Promise.all(deliveries);
    expect(acknowledged.size).toBe(100);
    expect(await receipts()).toBe(before + 100);
    const { rows } = await sql.query<{ n: number; doubled: number }>(
      `SELECT count(*)::int AS n, (count(*) - count(DISTINCT (receipt_id, item)))::int AS doubled
       FROM sighting WHERE receipt_id = ANY($1)`,
      [[...acknowledged]],
    );
    expect(rows[0]).toEqual({ n: 500, doubled: 0 });
  });
});
