// Requests to /graphql from somebody who has no token and wants to keep the hub busy, or to see what is not theirs.
import { generateHubKey, importHubKey, issueAccessToken, TOKEN_LIFETIME_SECONDS } from '@sekisho/auth';
import { MemberRepository } from '@sekisho/persistence';
import { createTestDatabase, type TestDatabase } from '@sekisho/testing';
import { parse } from 'graphql';
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { MemberRegister } from '../../apps/hub/src/members/member-register.service.js';
import { GraphqlSocket } from '../setup/graphql-socket.js';
import { startHubInProcess, type HubInProcess } from '../setup/hub-in-process.js';

let database: TestDatabase;
let hub: HubInProcess;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  hub = await startHubInProcess(database.url);
  await hub.app.listen(0, '127.0.0.1');
  url = await hub.app.getUrl();
  const members = new MemberRepository(hub.platform.dataSource);
  const now = new Date();
  await members.add({ id: 'isp-a', name: 'A', role: 'member', networks: [], asns: [] }, 0.5, now);
  await members.putEnrolmentCode('isp-a', 'CODE', new Date(now.getTime() + 60_000));
  const jwk = { ...(await importHubKey(await generateHubKey())).publicJwk };
  const key = (use: 'sig' | 'enc') => ({ kid: `${use}-1`, use, jwk });
  await members.enrol('CODE', { sig: key('sig'), enc: key('enc') }, now);
  await hub.app.get(MemberRegister).refresh();
});

afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function post(body: string | Uint8Array, headers: Record<string, string> = {}) {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: body as string,
  });
  return { status: answer.status, text: await answer.text() };
}
const ask = (query: unknown, rest: object = {}) => post(JSON.stringify({ query, ...rest }));
const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

const CYCLE = 'fragment A on Member { id ...B } fragment B on Member { name ...A }';

const HOSTILE: readonly (readonly [string, string])[] = [
  ['many aliases', `{ ${times(16, (i) => `a${i}: me { id }`)} }`],
  ['a cycle of fragments', `{ me { ...A } } ${CYCLE}`],
  ['a cycle that is not used', `{ me { id } } ${CYCLE}`],
  ['a fragment spread many times', `{ me { ${times(600, () => '...A')} } } fragment A on Member { id }`],
  ['fields that have to be compared in pairs', `{ ${times(1_000, () => 'me { id }')} }`],
  ['a flood of directives', `{ me { id ${times(1_000, () => '@include(if: true)')} } }`],
  ['a flood of variables', `query (${times(1_000, (i) => `$v${i}: ID`)}) { me { id } }`],
  ['a depth that nothing has', `${'{ me '.repeat(200)}{ id }${' }'.repeat(200)}`],
  ['introspection', '{ __schema { types { name } } }'],
  ['introspection of one type', '{ __type(name: "Member") { name } }'],
  [
    'a cost without end',
    `{ ${times(5, (i) => `a${i}: members(first: 1000) { edges { node { id name role networks asns } } }`)} }`,
  ],
];

describe('a query', () => {
  it.each(HOSTILE)('with %s is refused before it is executed', async (_case, query) => {
    const answer = await ask(query);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('graphql-invalid');
    expect(answer.text).not.toMatch(/node_modules|\bat .*\.js/);
    expect(answer.text.length).toBeLessThan(20_000);
  });

  it('with a cost without end in its variables is refused as if it were written out', async () => {
    const fields = (count: string) =>
      times(5, (i) => `a${i}: members(first: ${count}) { edges { node { id name role networks asns } } }`);
    for (const answer of [
      await ask(`query ($n: Int) { ${fields('$n')} }`, { variables: { n: 1_000 } }),
      await ask(`query ($n: Int = 1000) { ${fields('$n')} }`),
      // A document that was answered once is compiled, and judged again all the same.
      await ask(`query ($n: Int) { ${fields('$n')} }`, { variables: { n: 1 } }),
      await ask(`query ($n: Int) { ${fields('$n')} }`, { variables: { n: 1_000 } }),
    ].filter((_, i) => i !== 2)) {
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('Query Cost limit');
    }
  });

  it('costs what its tokens allow, and no more than a second for the worst of them', async () => {
    // 249 fields of four tokens each: the most that is still compared in pairs.
    const startedAt = process.cpuUsage();
    expect((await ask(`{ ${times(249, () => 'me { id }')} }`)).status).toBeLessThan(500);
    const { user } = process.cpuUsage(startedAt);
    expect(user / 1_000).toBeLessThan(1_000);
  });

  it('in a batch, as a parsed document, or as a document in JSON is refused', async () => {
    const parsed = parse('{ me { id } }', { noLocation: true });
    expect(
      (await post(JSON.stringify([{ query: '{ me { id } }' }, { query: '{ me { id } }' }]))).status,
    ).toBe(400);
    expect((await ask(parsed)).status).toBe(400);
    expect((await ask(JSON.stringify(parsed))).status).toBe(400);
    expect((await ask(` \n,{ "kind": "Document" }`)).status).toBe(400);
  });

  it('cannot change anything by GET', async () => {
    const query = encodeURIComponent('mutation { rotateDnsKey }');
    const answer = await fetch(`${url}/graphql?query=${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [
        { message: 'only a query is taken by GET: use POST', extensions: { code: 'graphql-invalid' } },
      ],
    });
  });
});

describe('a body', () => {
  it('too large is refused', async () => {
    const answer = await ask('{ me { id } }', { variables: { a: 'x'.repeat(5 * 1024 * 1024) } });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('authentication-required');
  });

  it('as deep as it can be is no crash', async () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const { status } = await post(`{"query":"{ me { id } }","variables":{"a":${deep}}}`);
    expect(status).toBeLessThan(500);
  });

  it('that names __proto__ or constructor is refused, and changes nothing', async () => {
    for (const name of ['"__proto__"', '"\\u005f_proto__"']) {
      const { status } = await post(`{"query":"{ me { id } }",${name}:{"isEvil":true}}`);
      expect(status).toBe(400);
    }
    await post('{"query":"{ me { id } }","variables":{"constructor":{"prototype":{"isEvil":true}}}}');
    expect(({} as { isEvil?: boolean }).isEvil).toBeUndefined();
  });

  it('that is compressed is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, ' '));
    const { status } = await post(bomb, { 'content-encoding': 'gzip' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });
});

describe('a subscription', () => {
  const open = async (token?: string) => {
    const socket = await GraphqlSocket.open(url, token);
    await expect.poll(() => socket.isAcknowledged).toBe(true);
    return socket;
  };
  const FIELD = 'listingChanged { subject }';

  it.each([
    ['many aliases', `subscription { ${times(16, (i) => `a${i}: ${FIELD}`)} }`],
    ['more than one field', 'subscription { listingChanged { subject } campaignChanged { id } }'],
    [
      'a cycle of fragments',
      'subscription { listingChanged { ...A } } fragment A on Reputation { subject ...A }',
    ],
    ['introspection', 'subscription { __schema { types { name } } }'],
    ['a field that does not exist', 'subscription { listingChanged { secret } }'],
    [
      'more tokens than a query may have',
      `subscription { listingChanged { ${times(1_100, () => 'subject')} } }`,
    ],
  ])('with %s is refused before anybody asks who calls', async (_case, query) => {
    using socket = await open();
    socket.subscribe('1', query);
    await expect
      .poll(() => socket.of('1'))
      .toMatchObject([{ type: 'error', payload: [{ extensions: { code: 'graphql-invalid' } }] }]);
  });

  it('as a parsed document is refused', async () => {
    using socket = await open();
    const query = parse(`subscription { ${FIELD} }`, { noLocation: true });
    socket.send({ id: '1', type: 'subscribe', payload: { query } });
    await expect.poll(() => socket.of('1')).toMatchObject([{ type: 'error' }]);
    expect(JSON.stringify(socket.of('1'))).toContain('as text');
  });

  it('larger than any of ours closes its socket', async () => {
    using socket = await open();
    socket.subscribe('1', `subscription { ${FIELD} } # ${'x'.repeat(20_000)}`);
    await expect.poll(() => socket.closeCode).toBe(1009);
  });

  it('ends with the token that began it', async () => {
    const { hubKey: key, hubId: id } = hub.platform;
    const now = new Date(Date.now() - (TOKEN_LIFETIME_SECONDS - 4) * 1_000);
    const token = await issueAccessToken(
      { memberId: 'isp-a', role: 'member' },
      { key, id },
      { now, jti: randomUUID() },
    );
    using socket = await open(token);
    socket.subscribe('1', `subscription { ${FIELD} }`);
    await expect.poll(() => socket.closeCode, { timeout: 15_000 }).toBe(4403);
    expect(socket.of('1').filter(({ type }) => type === 'error')).toEqual([]);
  });
});

it('the hub is as it was', async () => {
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
});
