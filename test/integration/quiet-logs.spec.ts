// Everything that all processes write at the level debug, while all of the federation's business goes on and some of it
// fails: nothing of a secret, a subject or a person is in it.
import { readConfig, readEdgeToken } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import { createTestDatabase, dig, Federation, nameOf, reportOf, type TestDatabase } from '@sekisho/testing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { GraphqlSocket } from '../setup/graphql-socket.js';

// Many processes start one after the other, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const PROCESSES = ['hub', 'worker', 'dns', 'trustee'] as const;
const SUBJECTS = ['203.0.113.77', '198.51.100.77', '2001:db8:77::77', 'listed-77.example.com'];
const PERSON = 'hanako.yamada@example.jp';

let database: TestDatabase;
let federation: Federation;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, {
    processes: PROCESSES,
    env: { SEKISHO_LOG: 'debug', SEKISHO_DNS_HOT: 'no' },
  });
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const post = (path: string, type: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${federation.hubUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body,
  }).then((answer) => answer.text());

/** What members, outsiders and attackers do in a day. Returns every secret that took part. */
async function aDay(): Promise<string[]> {
  const members = [];
  for (const id of ['isp-a', 'isp-b', 'isp-c']) members.push(await federation.member(id));
  for (const member of members) {
    await member.submit(
      ...SUBJECTS.slice(0, 3).map((value) => reportOf(value)),
      reportOf('', { subject: { type: 'domain', value: 'listed-77.example.com' }, category: 'spam-domain' }),
      reportOf('', { subject: { type: 'address', value: PERSON } }),
    );
  }
  const secrets: string[] = [];
  const secretFiles = members.map(({ directory }) => join(directory, 'signing.jwk'));
  secretFiles.push(join(federation.env['SEKISHO_DATA_DIR'] ?? '', 'keys', 'hub.jwk'));
  for (const file of secretFiles) {
    const { d } = JSON.parse(await readFile(file, 'utf8')) as { d?: string };
    if (d === undefined) throw new Error(`${file} holds no private key`);
    secrets.push(d);
  }
  secrets.push(await readEdgeToken(federation.env['SEKISHO_DATA_DIR'] ?? ''));
  const [first] = members;
  if (!first) throw new Error('no member');
  const session = await first.session();
  const token = await session.accessToken();
  secrets.push(token);
  const { dnsKey } = await session.me();
  if (dnsKey) secrets.push(dnsKey);
  const authorization = `Bearer ${token}`;
  const ask = (query: string) =>
    post('/graphql', 'application/json', JSON.stringify({ query }), { authorization });
  for (const subject of SUBJECTS) {
    await ask(`{ reputation(subject: "${subject}") { score } }`);
    await fetch(`${federation.hubUrl}/?subject=${subject}`).then((answer) => answer.text());
  }
  await ask(`{ reputation(subject: "${PERSON}") { score } }`);
  await fetch(`${federation.hubUrl}/?subject=${PERSON}`).then((answer) => answer.text());
  await dig(federation, nameOf(SUBJECTS[0] ?? '')).catch(() => undefined);
  // What fails is logged the most.
  await post('/reports', 'application/jwt', 'not.a.jws');
  await post('/graphql', 'application/json', `{"query": "{ broken ${PERSON}`, { authorization });
  await post('/oauth/token', 'application/x-www-form-urlencoded', `client_assertion=${token}&grant_type=x`);
  await fetch(`${federation.hubUrl}/zones/ip/snapshot`, {
    headers: { authorization: 'Bearer nobodys-token' },
  });
  secrets.push('nobodys-token');
  using socket = await GraphqlSocket.open(federation.hubUrl, token);
  await expect.poll(() => socket.isAcknowledged).toBe(true);
  socket.subscribe('1', `subscription { broken(subject: "${SUBJECTS[0] ?? ''}") }`);
  await expect.poll(() => socket.of('1').length).toBe(1);
  const operator = await openOperatorDatabase(readConfig(federation.env));
  const { code } = await operator.members.newCode('isp-a', new Date());
  await operator.close();
  secrets.push(code);
  await post('/enrolments', 'application/jwt', `${Buffer.from(code).toString('base64url')}.e30.AAAA`);
  // The worker has scored it all when the listing is published.
  await expect
    .poll(async () => (await session.statistics())['unscoredEnvelopes'], { timeout: 30_000 })
    .toBe(0);
  return secrets;
}

describe('the logs of all processes', () => {
  it('no secret, no subject and no address of a person is in any log', async () => {
    const secrets = await aDay();
    for (const name of PROCESSES) await federation.stop(name);
    const password = new URL(database.url).password;
    const forbidden = [...secrets, ...(password === '' ? [] : [password]), ...SUBJECTS, PERSON];
    for (const name of PROCESSES) {
      const written = federation.logOf(name);
      expect(written.length, `${name} wrote nothing`).toBeGreaterThan(0);
      for (const text of forbidden) expect(written.includes(text), `${name} wrote ${text}`).toBe(false);
      expect(written).not.toMatch(/[\w.+-]+@[\w-]+\.(?:com|jp|net|org)\b/);
      // Subjects turned round, as DNS asks for them.
      expect(written).not.toContain('77.113.0.203');
    }
  });
});
