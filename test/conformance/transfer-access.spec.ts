// Access by the member's key: the real hub, the real edge, dig; and who is locked out within a second.
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import {
  createTestDatabase,
  dig,
  digUntil,
  Federation,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

const [NO_ACCESS, TOO_MANY] = ['127.255.255.254', '127.255.255.255'];
/** More than is asked while we wait for a change, which may take a second. */
const QUOTA = 150;
/** More than two minutes allow, should one end while we ask. */
const ASKED = 350;

let database: TestDatabase;
let federation: Federation;
let sql: pg.Client;
let member: FederationMember;
let key: string;

const nameWith = (label: string, front = '2.0.0.127') => `${front}.${label}.ip.z.example`;
const isNow = (wanted: string) => (answers: string[]) => answers.join() === wanted;
const keyOf = async (who: FederationMember) => (await (await who.session()).me()).dnsKey ?? '';

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, {
    processes: ['hub', 'dns'],
    env: { SEKISHO_DNS_ACCESS: 'key', SEKISHO_DNS_QUOTA: String(QUOTA) },
  });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  member = await federation.member('isp-a');
  key = await keyOf(member);
  // Questions before the zone is there would use up the quota.
  await vi.waitFor(async () => {
    expect(await dig(federation, 'ip.z.example', 'SOA')).toHaveLength(1);
  }, 10_000);
});

afterAll(async () => {
  await sql.end();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('access by key', () => {
  it('answers a member that enrolled a moment ago, whatever the case of its key', async () => {
    expect(key).toMatch(/^[a-z2-7]{32}$/);
    expect(await digUntil(federation, nameWith(key), isNow('127.0.100.2'))).toBeLessThan(2_000);
    expect(await dig(federation, nameWith(key.toUpperCase()))).toEqual(['127.0.100.2']);
    expect(await dig(federation, nameWith(key, '1.0.0.127'))).toEqual([]);
  });

  it('gives the error answer without a key and with one that nobody has', async () => {
    expect(await dig(federation, '2.0.0.127.ip.z.example')).toEqual([NO_ACCESS]);
    expect(await dig(federation, nameWith('a'.repeat(32)))).toEqual([NO_ACCESS]);
    expect(await dig(federation, nameWith('a'.repeat(32), '1.0.0.127'))).toEqual([NO_ACCESS]);
    expect(await dig(federation, `${key}.ip.z.example`)).toEqual([]);
    expect(await dig(federation, '0.0.127.ip.z.example')).toEqual([]);
    expect(await dig(federation, 'ip.z.example', 'SOA')).toHaveLength(1);
  });

  it('shows the key to nobody else, and keeps only its digest at the edge', async () => {
    const other = await federation.member('isp-b');
    const session = await other.session();
    const answer = await fetch(`${federation.hubUrl}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await session.accessToken()}`,
      },
      body: JSON.stringify({ query: '{ members { edges { node { id dnsKey } } } me { dnsKey } }' }),
    });
    const text = await answer.text();
    expect(text).toContain('isp-a');
    expect(text).not.toContain(key);
    await digUntil(federation, nameWith(await keyOf(other)), isNow('127.0.100.2'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const list = await readFile(join(federation.directory, 'data', 'edge', 'access.json'), 'utf8');
    expect(list).toContain('isp-a');
    expect(list).not.toContain(key);
    const asMember = await fetch(`${federation.hubUrl}/zones/access`, {
      headers: { authorization: `Bearer ${await session.accessToken()}` },
    });
    expect(asMember.status).toBe(403);
  });

  it('locks out the old key within a second of its rotation', async () => {
    const fresh = await (await member.session()).rotateDnsKey();
    expect(fresh).not.toBe(key);
    expect(await digUntil(federation, nameWith(key), isNow(NO_ACCESS))).toBeLessThan(1_000);
    expect(await dig(federation, nameWith(fresh))).toEqual(['127.0.100.2']);
    key = fresh;
  });

  it('locks out a suspended member within a second, and lets it in again', async () => {
    const operator = await openOperatorDatabase(readConfig(federation.env));
    await operator.members.suspend('isp-a');
    expect(await digUntil(federation, nameWith(key), isNow(NO_ACCESS))).toBeLessThan(1_000);
    await operator.members.resume('isp-a');
    await operator.close();
    expect(await digUntil(federation, nameWith(key), isNow('127.0.100.2'))).toBeLessThan(1_000);
  });

  it('answers no more than the quota in a minute, and counts what it refused', async () => {
    const third = await federation.member('isp-c');
    const name = nameWith(await keyOf(third));
    await digUntil(federation, name, isNow('127.0.100.2'));
    const answers = new Map<string, number>();
    for (let i = 0; i < ASKED; i++) {
      const [answer = ''] = await dig(federation, name);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    expect(answers.get(TOO_MANY) ?? 0).toBeGreaterThan(0);
    expect((answers.get('127.0.100.2') ?? 0) + (answers.get(TOO_MANY) ?? 0)).toBe(ASKED);
  });

  it('tells the hub counts and nothing else, once however often it is told', async () => {
    const token = (await readFile(join(federation.directory, 'data', 'keys', 'edge.token'), 'utf8')).trim();
    const minute = Math.floor(Date.now() / 60_000);
    const body = JSON.stringify({
      edge: '6c2b2f0e-8f0a-4d57-9d5d-0f6d1b7b7a11',
      counts: [
        { member: 'isp-a', minute, answered: 5, refused: 2 },
        { member: 'nobody', minute, answered: 5, refused: 2 },
      ],
    });
    for (let i = 0; i < 2; i++) {
      const { status } = await fetch(`${federation.hubUrl}/zones/access/counts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
      });
      expect(status).toBe(204);
    }
    const { rows } = await sql.query(
      `SELECT member_id, answered, refused FROM dns_query_count WHERE edge = '6c2b2f0e-8f0a-4d57-9d5d-0f6d1b7b7a11'`,
    );
    expect(rows).toEqual([{ member_id: 'isp-a', answered: '5', refused: '2' }]);
  });
});
