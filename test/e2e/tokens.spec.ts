// OAuth 2 with private_key_jwt (RFC 7523), enrolment and key rotation, against the running hub.
import {
  generateMemberKeys,
  importPrivateKey,
  publicJwk,
  signEnvelope,
  type MemberKeys,
} from '@sekisho/client';
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase, type NewMember, type OperatorDatabase } from '@sekisho/persistence';
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { SignJWT, type CryptoKey } from 'jose';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

let database: TestDatabase;
let federation: Federation;
let operator: OperatorDatabase;
let sql: pg.Client;
let member: FederationMember;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub'] });
  operator = await openOperatorDatabase(readConfig(federation.env));
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  member = await federation.member('isp-a', { asns: [4_200_000_001], networks: ['192.0.2.0/24'] });
});

afterAll(async () => {
  await sql.end();
  await operator.close();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const seconds = (fromNowMs = 0) => Math.floor((Date.now() + fromNowMs) / 1_000);
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function post(path: string, body: string, contentType: string): Promise<Answer> {
  const answer = await fetch(`${federation.hubUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const postJwt = (path: string, jwt: string) => post(path, jwt, 'application/jwt');
const postForm = (fields: Record<string, string>) =>
  post('/oauth/token', new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded');
const askToken = (assertion: string, change: Record<string, string> = {}) =>
  postForm({
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: assertion,
    ...change,
  });

interface AssertionChange {
  readonly signer?: FederationMember;
  readonly key?: CryptoKey;
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
}

async function assertion({ signer = member, key, header, claims }: AssertionChange = {}): Promise<string> {
  const { id, signing } = signer.enrolled;
  return new SignJWT({
    ...{ iss: id, sub: id, aud: `${federation.hubUrl}/oauth/token`, jti: randomUUID() },
    ...{ iat: seconds(), exp: seconds(60_000), ...claims },
  })
    .setProtectedHeader({ alg: 'EdDSA', kid: signing.kid, ...header })
    .sign(key ?? signing.key);
}

describe('a client assertion', () => {
  it('gets a bearer token that works and that no cache keeps', async () => {
    const answer = await fetch(`${federation.hubUrl}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: await assertion(),
      }),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const body = (await answer.json()) as { access_token: string };
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 600 });
    const me = await fetch(`${federation.hubUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${body.access_token}` },
      body: JSON.stringify({ query: '{ me { id asns networks } }' }),
    });
    expect(await me.json()).toEqual({
      // The AS number is over what 32 bits with a sign hold.
      data: { me: { id: 'isp-a', asns: [4_200_000_001], networks: ['192.0.2.0/24'] } },
    });
  });

  it('may name the hub itself as its audience', async () => {
    expect((await askToken(await assertion({ claims: { aud: federation.hubUrl } }))).status).toBe(200);
  });

  it('is good once', async () => {
    const jwt = await assertion();
    expect((await askToken(jwt)).status).toBe(200);
    expect(await askToken(jwt)).toMatchObject({ status: 401, body: { code: 'client-assertion-invalid' } });
  });

  it('sent twice at once gets one token', async () => {
    const jwt = await assertion();
    const statuses = (await Promise.all([1, 2, 3, 4].map(() => askToken(jwt)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 401, 401, 401]);
  });

  it.each<[string, AssertionChange]>([
    ['for another audience', { claims: { aud: 'https://hub.example/oauth/token' } }],
    [
      'for this audience and another',
      { claims: { aud: ['https://hub.example', 'http://elsewhere.example'] } },
    ],
    ['that has expired', { claims: { iat: seconds(-600_000), exp: seconds(-300_000) } }],
    ['made ten minutes ago, whatever its exp says', { claims: { iat: seconds(-600_000) } }],
    ['from the future', { claims: { iat: seconds(300_000), exp: seconds(360_000) } }],
    ['without exp', { claims: { exp: undefined } }],
    ['without jti', { claims: { jti: undefined } }],
    ['of another issuer', { claims: { iss: 'isp-b' } }],
    ['of another subject', { claims: { sub: 'isp-b' } }],
    ['of a key that nobody has registered', { header: { kid: 'AAAA' } }],
    ['without kid', { header: { kid: undefined } }],
  ])('%s is refused', async (_case, change) => {
    const jwt = await assertion(change);
    expect(await askToken(jwt)).toMatchObject({ status: 401, body: { code: 'client-assertion-invalid' } });
  });

  it('signed by a key other than the one that kid names is refused', async () => {
    const { key } = await importPrivateKey((await generateMemberKeys()).signing);
    expect((await askToken(await assertion({ key }))).status).toBe(401);
  });

  it('of a suspended member is refused within seconds', async () => {
    const signer = await federation.member('isp-s');
    expect((await askToken(await assertion({ signer }))).status).toBe(200);
    await operator.members.suspend('isp-s');
    await expect
      .poll(async () => (await askToken(await assertion({ signer }))).status, { timeout: 5_000 })
      .toBe(401);
  });

  it.each([
    ['another grant', { grant_type: 'password' }, 'grant-unsupported'],
    ['another kind of assertion', { client_assertion_type: 'urn:x' }, 'request-malformed'],
    ['an assertion without end', { client_assertion: 'a'.repeat(9_000) }, 'request-malformed'],
  ])('in a request for %s is 400', async (_case, change, code) => {
    expect(await askToken(await assertion(), change)).toMatchObject({ status: 400, body: { code } });
  });
});

const invite = async (id: string, given: Partial<NewMember> = {}) =>
  (await operator.members.add({ id, name: id, role: 'member', networks: [], asns: [], ...given }, new Date()))
    .code;

async function keyProof(keys: MemberKeys, claims: Record<string, unknown>): Promise<string> {
  const { key } = await importPrivateKey(keys.signing);
  return new SignJWT({ encryptionKey: publicJwk(keys.encryption), ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'sekisho-enrolment+jwt', jwk: publicJwk(keys.signing) })
    .setAudience(federation.hubUrl)
    .setIssuedAt()
    .setJti(randomUUID())
    .sign(key);
}
const enrol = async (code: string, keys: MemberKeys) =>
  postJwt('/enrolments', await keyProof(keys, { code }));

describe('an enrolment code', () => {
  it('is good once: again with the same keys the answer is the same, with others it is refused', async () => {
    const code = await invite('isp-once');
    const keys = await generateMemberKeys();
    const first = await enrol(code, keys);
    expect(first).toMatchObject({ status: 201, body: { member: { id: 'isp-once' } } });
    expect(await enrol(code, keys)).toEqual(first);
    expect(await enrol(code, await generateMemberKeys())).toMatchObject({
      status: 401,
      body: { code: 'enrolment-code-invalid' },
    });
  });

  it('used by two at once enrols one', async () => {
    const code = await invite('isp-race');
    const answers = await Promise.all([1, 2, 3].map(async () => enrol(code, await generateMemberKeys())));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401]);
  });

  it('is refused once it has expired', async () => {
    const code = await invite('isp-late');
    await sql.query(
      `UPDATE enrolment SET expires_at = now() - interval '1 second' WHERE member_id = 'isp-late'`,
    );
    expect(await enrol(code, await generateMemberKeys())).toMatchObject({
      status: 401,
      body: { code: 'enrolment-code-invalid' },
    });
  });

  it('is refused once the operator has made a newer one', async () => {
    const old = await invite('isp-newer');
    const { code } = await operator.members.newCode('isp-newer', new Date());
    expect((await enrol(old, await generateMemberKeys())).status).toBe(401);
    expect((await enrol(code, await generateMemberKeys())).status).toBe(201);
  });

  it('does not take keys that another member has', async () => {
    const keys = await generateMemberKeys();
    expect((await enrol(await invite('isp-first'), keys)).status).toBe(201);
    expect(await enrol(await invite('isp-second'), keys)).toMatchObject({
      status: 409,
      body: { code: 'key-in-use' },
    });
  });

  it('does not take a private key, and stores nothing of it', async () => {
    const keys = await generateMemberKeys();
    const answer = await postJwt(
      '/enrolments',
      await keyProof(keys, { code: await invite('isp-leak'), encryptionKey: keys.encryption }),
    );
    expect(answer).toMatchObject({ status: 400, body: { code: 'envelope-malformed' } });
    expect(JSON.stringify(answer.body)).not.toContain(keys.encryption.d);
  });
});

async function rotation(from: FederationMember, next: MemberKeys): Promise<string> {
  const { id, signing } = from.enrolled;
  return new SignJWT({ proof: await keyProof(next, {}) })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'sekisho-rotation+jwt', kid: signing.kid })
    .setIssuer(id)
    .setAudience(federation.hubUrl)
    .setIssuedAt()
    .setJti(randomUUID())
    .sign(signing.key);
}

describe('key rotation', () => {
  const report = async (signer: FederationMember, keys?: MemberKeys) => {
    const signing = keys ? await importPrivateKey(keys.signing) : signer.enrolled.signing;
    return postJwt(
      '/reports',
      await signEnvelope({ ...signer.enrolled, signing }, [reportOf('203.0.113.90')], {
        now: Date.now(),
        jti: randomUUID(),
      }),
    );
  };

  it('lets the new key sign at once and the old one for a week more', async () => {
    const signer = await federation.member('isp-rot');
    const next = await generateMemberKeys();
    const answer = await postJwt('/keys', await rotation(signer, next));
    expect(answer).toMatchObject({
      status: 200,
      body: { signingKid: next.signing.kid, encryptionKid: next.encryption.kid },
    });
    const overlapMs = Date.parse(String(answer.body['previousValidUntil'])) - Date.now();
    expect(overlapMs / 86_400_000).toBeCloseTo(7, 1);
    expect((await report(signer, next)).status).toBe(202);
    expect((await report(signer)).status).toBe(202);

    // The overlap ends: as if the week had passed.
    await sql.query(`UPDATE member_key SET valid_until = now() WHERE kid = $1`, [
      signer.enrolled.signing.kid,
    ]);
    await sql.query(`SELECT pg_notify('sekisho_members', '')`);
    await expect.poll(async () => (await report(signer)).status, { timeout: 5_000 }).toBe(401);
    expect((await report(signer, next)).status).toBe(202);
    expect((await askToken(await assertion({ signer }))).status).toBe(401);
  });

  it('repeated after a lost answer changes nothing', async () => {
    const signer = await federation.member('isp-again');
    const next = await generateMemberKeys();
    expect((await postJwt('/keys', await rotation(signer, next))).status).toBe(200);
    const keysOf = async () =>
      (
        await sql.query<{ kid: string; valid_until: Date | null }>(
          `SELECT kid, valid_until FROM member_key WHERE member_id = 'isp-again' ORDER BY kid`,
        )
      ).rows;
    const before = await keysOf();
    expect(before).toHaveLength(4);
    expect(await postJwt('/keys', await rotation(signer, next))).toMatchObject({
      status: 200,
      body: { signingKid: next.signing.kid },
    });
    expect(await keysOf()).toEqual(before);
  });

  it('by a new enrolment ends every earlier key at once', async () => {
    const signer = await federation.member('isp-lost');
    const { code } = await operator.members.newCode('isp-lost', new Date());
    const next = await generateMemberKeys();
    expect((await enrol(code, next)).status).toBe(201);
    expect((await report(signer)).status).toBe(401);
    expect((await report(signer, next)).status).toBe(202);
  });

  it('is not for a key that was replaced already, even while it may still sign reports', async () => {
    const signer = await federation.member('isp-stale');
    const next = await generateMemberKeys();
    expect((await postJwt('/keys', await rotation(signer, next))).status).toBe(200);
    const other = await postJwt('/keys', await rotation(signer, await generateMemberKeys()));
    expect(other).toMatchObject({ status: 409, body: { code: 'key-superseded' } });
    expect((await report(signer, next)).status).toBe(202);
  });

  it('needs the signature of the key that is replaced', async () => {
    const signer = await federation.member('isp-theft');
    const other = await federation.member('isp-thief');
    const next = await generateMemberKeys();
    const forged = await new SignJWT({ proof: await keyProof(next, {}) })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'sekisho-rotation+jwt', kid: other.enrolled.signing.kid })
      .setIssuer(signer.enrolled.id)
      .setAudience(federation.hubUrl)
      .setIssuedAt()
      .setJti(randomUUID())
      .sign(other.enrolled.signing.key);
    expect(await postJwt('/keys', forged)).toMatchObject({
      status: 401,
      body: { code: 'envelope-not-authentic' },
    });
  });
});

describe('the published keys', () => {
  it("are the hub's and the active members' public ones, and no private part", async () => {
    const answer = await fetch(`${federation.hubUrl}/.well-known/jwks.json`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/);
    const { keys } = (await answer.json()) as { keys: Record<string, unknown>[] };
    const of = (name: string, value: string) => keys.filter((key) => key[name] === value);
    expect(of('sekisho:hub', federation.hubUrl)).toMatchObject([{ use: 'sig', crv: 'Ed25519' }]);
    expect(
      of('sekisho:member', 'isp-a')
        .map(({ use }) => use)
        .sort(),
    ).toEqual(['enc', 'sig']);
    expect(of('sekisho:member', 'isp-s')).toEqual([]);
    const PUBLIC = ['kty', 'crv', 'x', 'y', 'kid', 'use', 'alg', 'sekisho:hub', 'sekisho:member'];
    expect(keys.flatMap(Object.keys).filter((name) => !PUBLIC.includes(name))).toEqual([]);
  });
});
