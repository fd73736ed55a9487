// Access tokens that are not what they say, over HTTP, GraphQL and the socket.
import type { MachineRole } from '@sekisho/access';
import { generateHubKey, importHubKey, issueAccessToken, type HubKey } from '@sekisho/auth';
import { readConfig, readEdgeToken } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { GraphqlSocket } from '../setup/graphql-socket.js';
import { askGraphql, askHttp } from '../setup/hub-requests.js';

let database: TestDatabase;
let federation: Federation;
let owner: FederationMember;
let hubKey: HubKey;
let edgeToken: string;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  owner = await federation.member('isp-a', { networks: ['198.18.0.0/16'] });
  const dataDir = federation.env['SEKISHO_DATA_DIR'] ?? '';
  hubKey = await importHubKey(await readFile(join(dataDir, 'keys', 'hub.jwk'), 'utf8'));
  edgeToken = await readEdgeToken(dataDir);
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const token = ({
  role = 'member',
  memberId = 'isp-a',
  key = hubKey,
  id = federation.hubUrl,
  now = new Date(),
}: { role?: MachineRole; memberId?: string; key?: HubKey; id?: string; now?: Date } = {}) =>
  issueAccessToken({ memberId, role }, { key, id }, { now, jti: randomUUID() });

const http = (method: 'GET' | 'POST', path: string, text: string) =>
  askHttp(federation.hubUrl, method, path, text);
const graphql = (query: string, text: string) => askGraphql(federation.hubUrl, query, text);

describe('a token', () => {
  const unsigned = () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: federation.hubUrl, aud: federation.hubUrl, sub: 'isp-a', role: 'reviewer' };
    return `${part({ alg: 'none', typ: 'at+jwt' })}.${part({ ...claims, iat: now, exp: now + 600 })}.`;
  };
  /** Key confusion: the public key, which everybody has, used as the secret of an HMAC. */
  const confused = () =>
    new SignJWT({ role: 'reviewer' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: hubKey.kid })
      .setIssuer(federation.hubUrl)
      .setAudience(federation.hubUrl)
      .setSubject('isp-a')
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(Buffer.from(hubKey.publicJwk.x ?? '', 'base64url'));

  it.each<[string, () => Promise<string> | string]>([
    ['that is no token', () => 'a.b.c'],
    ['that has expired', () => token({ now: new Date(Date.now() - 3_600_000) })],
    ['of another hub', () => token({ id: 'https://hub.example' })],
    ['of another key', async () => token({ key: await importHubKey(await generateHubKey()) })],
    ['without a signature', unsigned],
    ['signed with the public key as a secret', confused],
    ['with a role that does not exist', () => token({ role: 'root' as MachineRole })],
    ['with a role of people', () => token({ role: 'officer' as MachineRole })],
    ['of a member that does not exist', () => token({ memberId: 'isp-z' })],
    ['like the edge token but for one character', () => `${edgeToken}x`],
    ["that is a member's own envelope key", () => owner.enrolled.signing.kid],
  ])('%s is refused everywhere', async (_case, make) => {
    const text = await make();
    expect(await http('GET', '/zones/ip/snapshot', text)).toEqual({ status: 401, code: 'token-invalid' });
    expect((await graphql('{ statistics { reports } }', text)).code).toBe('token-invalid');
    using socket = await GraphqlSocket.open(federation.hubUrl, text);
    await expect.poll(() => socket.isAcknowledged || socket.isClosed).toBe(true);
    socket.subscribe('1', 'subscription { listingChanged { subject } }');
    // Told so, or shut out: a socket does not outlive its token.
    await expect.poll(() => socket.isClosed || socket.of('1').length > 0).toBe(true);
    if (!socket.isClosed) {
      expect(socket.of('1')).toMatchObject([
        { type: 'error', payload: [{ extensions: { code: 'token-invalid' } }] },
      ]);
    }
  });

  it('in another scheme than Bearer is refused', async () => {
    const answer = await fetch(`${federation.hubUrl}/zones/ip/snapshot`, {
      headers: { authorization: `Basic ${await token()}` },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('of a member suspended after its issue is refused within seconds, also on a socket that is open', async () => {
    const member = await federation.member('isp-s');
    const text = await (await member.session()).accessToken();
    using socket = await GraphqlSocket.open(federation.hubUrl, text);
    await expect.poll(() => socket.isAcknowledged).toBe(true);
    socket.subscribe('before', 'subscription { listingChanged { subject } }');
    let host = 1;
    const listOneMore = () => owner.submit(reportOf(`198.18.1.${host++}`, { evidence: 'owner' }));
    await expect
      .poll(
        async () => {
          await listOneMore();
          return socket.of('before').length;
        },
        { timeout: 15_000, interval: 300 },
      )
      .toBeGreaterThan(0);
    expect((await graphql('{ me { id } }', text)).code).toBeUndefined();

    const operator = await openOperatorDatabase(readConfig(federation.env));
    await operator.members.suspend('isp-s');
    await operator.close();
    await expect
      .poll(async () => (await graphql('{ me { id } }', text)).code, { timeout: 5_000 })
      .toBe('token-invalid');
    socket.subscribe('after', 'subscription { listingChanged { subject } }');
    await expect.poll(() => socket.of('after').map(({ type }) => type)).toEqual(['error']);
    // What was listed just before may end the stream already.
    const heard = () => socket.of('before').filter(({ type }) => type === 'next').length;
    const before = heard();
    await listOneMore();
    await expect.poll(() => socket.of('before').at(-1)?.type, { timeout: 10_000 }).toBe('complete');
    expect(heard()).toBe(before);
  });
});
