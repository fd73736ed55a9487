// Terminated subscribers, matched by hub and trustee as processes of their own, through the public API.
import { canonicalise, type IdentifierSource } from '@sekisho/identifier';
import { importHubKey } from '@sekisho/auth';
import {
  KeyMismatch,
  SubscriberAgent,
  systemRuntime,
  TrusteeFailed,
  type TerminationRequest,
} from '@sekisho/client';
import {
  decodeEvaluateRequest,
  decodePublicKey,
  encodeEvaluateAnswer,
  encodePublicKey,
  frameInput,
  loadSuite,
  parseEpoch,
  type KeyShare,
} from '@sekisho/oprf';
import { CHECKS_PER_SIGN_UP, UNDECLARED_CHECKS } from '@sekisho/subscriber';
import { createTestDatabase, Federation, type FederationMember, type TestDatabase } from '@sekisho/testing';
import { compactDecrypt, CompactSign, decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { obtainTokens } from '../conformance/oprf-foreign-client.js';

let database: TestDatabase;
let federation: Federation;
let sql: pg.Client;
const members = new Map<string, { member: FederationMember; agent: SubscriberAgent; dir: string }>();
const TODAY = new Date().toISOString().slice(0, 10);
const EPOCH = TODAY.slice(0, 7);
const SAID = { noticeVersion: '2026-1', legalBasis: 'joint-use-notice' } as const;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'trustee'] });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  for (const [id, role] of [
    ['isp-a', 'member'],
    ['isp-b', 'member'],
    ['isp-c', 'member'],
    ['isp-r', 'reviewer'],
  ] as const) {
    const member = await federation.member(id, { role });
    const dir = join(federation.directory, id);
    members.set(id, { member, dir, agent: await SubscriberAgent.open(await member.session(), dir) });
  }
});

afterAll(async () => {
  await sql.end();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const of = (id: string) => {
  const found = members.get(id);
  if (!found) throw new Error(`no member ${id}`);
  return found;
};
const agent = (id: string) => of(id).agent;
const termination = (
  identifiers: readonly IdentifierSource[],
  change: Partial<TerminationRequest> = {},
): TerminationRequest => ({
  ...{ identifiers, reason: 'spam-sending', evidence: 'logs', terminatedOn: TODAY, caseNumber: 'A-17' },
  ...change,
});
const phone = (number: string): IdentifierSource => ({ type: 'phone', number });
const person = (name: string): IdentifierSource => ({ type: 'name-birth', name, birthDate: '1980-04-01' });

describe('a check', () => {
  it('finds a subscriber whose address is written differently, strongly when two kinds are the same', async () => {
    await agent('isp-a').terminate(
      termination([
        phone('090-1111-2222'),
        { type: 'address', text: '東京都千代田区丸の内1丁目1番1号' },
        person('山田太郎'),
      ]),
    );
    const answer = await agent('isp-b').check(
      [phone('+81 90 1111 2222'), { type: 'address', text: '千代田区丸の内１−１−１' }, person('佐藤花子')],
      SAID,
    );
    expect(answer).toMatchObject({
      strength: 'strong',
      matches: [{ strength: 'strong', types: ['address', 'phone'], reason: 'spam-sending' }],
    });
    expect(JSON.stringify(answer)).not.toContain('isp-a');
    const [asked] = await agent('isp-b').cases.list();
    const [reported] = await agent('isp-a').cases.list();
    expect(asked).toMatchObject({ id: answer.matches[0]?.caseId, isReporter: false, caseNumber: null });
    expect(reported).toMatchObject({ id: asked?.id, isReporter: true, caseNumber: 'A-17' });
    expect(JSON.stringify(asked)).not.toContain('isp-a');
    expect(JSON.stringify(reported)).not.toContain('isp-b');
  });

  it('never takes the name with the birth date alone for a strong match', async () => {
    const { strength } = await agent('isp-b').check([phone('090-9999-0001'), person('山田太郎')], SAID);
    expect(strength).toBe('possible');
  });

  it("answers none for a stranger, and for the asker's own subscriber", async () => {
    expect(await agent('isp-b').check([phone('090-9999-0002')], SAID)).toEqual({
      strength: 'none',
      matches: [],
    });
    expect((await agent('isp-a').check([phone('090-1111-2222')], SAID)).strength).toBe('none');
  });

  it('is on record with its purpose, notice and basis', async () => {
    const { rows } = await sql.query(
      'SELECT purpose, notice_version, legal_basis FROM subscriber_check LIMIT 1',
    );
    expect(rows).toEqual([{ purpose: 'sign-up', notice_version: '2026-1', legal_basis: 'joint-use-notice' }]);
  });

  it('beyond the declared sign-ups is refused, and goes on when they are declared', async () => {
    const { agent: c } = of('isp-c');
    const ask = async () => (await c.check([phone('090-9999-0003')], SAID)).strength;
    for (let i = 0; i < UNDECLARED_CHECKS; i += 1) expect(await ask()).toBe('none');
    await expect(ask()).rejects.toMatchObject({ code: 'check-ratio-exceeded' });
    await c.declareSignUps(TODAY, 1);
    for (let i = 0; i < CHECKS_PER_SIGN_UP; i += 1) expect(await ask()).toBe('none');
    await expect(ask()).rejects.toMatchObject({ code: 'check-ratio-exceeded' });
  });
});

describe('a termination', () => {
  it('for debt is refused, and nothing of it is stored', async () => {
    const before = await sql.query('SELECT count(*) FROM subscriber_termination');
    const debt = termination([phone('090-2222-0001')], { reason: 'debt' as never });
    await expect(agent('isp-a').terminate(debt)).rejects.toMatchObject({ code: 'reason-not-admissible' });
    expect((await sql.query('SELECT count(*) FROM subscriber_termination')).rows).toEqual(before.rows);
    expect(
      (await agent('isp-a').records.all()).filter(({ terminationId }) => terminationId === undefined),
    ).toEqual([]);
  });

  it('that is contested does not answer until a reviewer decided, and withdrawn never again', async () => {
    const record = await agent('isp-a').terminate(termination([phone('090-2222-0002')]));
    const id = record.terminationId ?? '';
    const ask = async () => (await agent('isp-b').check([phone('090-2222-0002')], SAID)).strength;
    const contest = (member: string, isContested: boolean) => agent(member).contest(id, isContested);
    expect(await ask()).toBe('possible');
    await contest('isp-a', true);
    expect(await ask()).toBe('none');
    await expect(contest('isp-a', false)).rejects.toMatchObject({ code: 'termination-unknown' });
    await expect(contest('isp-b', true)).rejects.toMatchObject({ code: 'termination-unknown' });
    await contest('isp-r', false);
    expect(await ask()).toBe('possible');
    await agent('isp-a').withdraw(id);
    expect(await ask()).toBe('none');
    expect((await sql.query('SELECT FROM subscriber_token WHERE termination_id = $1', [id])).rows).toEqual(
      [],
    );
  });

  it('is kept while the trustee is down, and sent once when it is back', async () => {
    await federation.stop('trustee');
    const fresh = await SubscriberAgent.open(await of('isp-a').member.session(), of('isp-a').dir);
    await expect(fresh.terminate(termination([phone('090-2222-0003')]))).rejects.toBeInstanceOf(
      TrusteeFailed,
    );
    await federation.run('trustee');
    expect(await fresh.renew()).toEqual({ sent: 1, refused: 0, renewed: 0, ended: 0 });
    expect(await fresh.renew()).toEqual({ sent: 0, refused: 0, renewed: 0, ended: 0 });
    expect((await agent('isp-b').check([phone('090-2222-0003')], SAID)).strength).toBe('possible');
  });
});

it('a planted subscriber raises an alarm with the reviewers, and the member that asked sees nothing', async () => {
  const planted = await agent('isp-r').terminate(termination([phone('090-3333-0001')], { isCanary: true }));
  await expect(
    agent('isp-a').terminate(termination([phone('090-3333-0002')], { isCanary: true })),
  ).rejects.toMatchObject({ code: 'access-denied' });
  expect(await agent('isp-b').check([phone('090-3333-0001')], SAID)).toEqual({
    strength: 'none',
    matches: [],
  });
  expect(await agent('isp-r').alarms()).toMatchObject([
    { memberId: 'isp-b', terminationId: planted.terminationId },
  ]);
  await expect(agent('isp-b').alarms()).rejects.toMatchObject({ code: 'access-denied' });
});

describe('the keys', () => {
  const wellKnown = async (url: string) =>
    (await (await fetch(`${url}/.well-known/sekisho`)).json()) as {
      oprf: { epochs: { epoch: string; publicKey: string }[] };
    };
  const trusteeUrl = () => federation.env['SEKISHO_TRUSTEE_URL'] ?? '';
  const keyOf = async (url: string) =>
    decodePublicKey((await wellKnown(url)).oprf.epochs.find(({ epoch }) => epoch === EPOCH)?.publicKey ?? '');
  const identifier = canonicalise(phone('090-4444-0001'))[0];

  it('give the same tokens to an independent client (voprf-ts)', async () => {
    const { member } = of('isp-b');
    const post = async ({ url }: { url: string }, body: unknown) => {
      const text = JSON.stringify(body);
      const proof = await new SignJWT({
        purpose: 'check',
        digest: createHash('sha256').update(text).digest('base64url'),
      })
        .setProtectedHeader({ alg: 'EdDSA', kid: member.enrolled.signing.kid, typ: 'sekisho-evaluation+jwt' })
        .setIssuer('isp-b')
        .setAudience(new URL(url).origin)
        .setIssuedAt()
        .setJti(randomUUID())
        .sign(member.enrolled.signing.key);
      const headers = { 'content-type': 'application/json', 'sekisho-evaluation': proof };
      const answer = await fetch(url, { method: 'POST', headers, body: text });
      expect(answer.status).toBe(200);
      return answer.json();
    };
    const parties = {
      hub: { url: `${federation.hubUrl}/oprf/evaluate`, publicKey: await keyOf(federation.hubUrl) },
      trustee: { url: `${trusteeUrl()}/oprf/evaluate`, publicKey: await keyOf(trusteeUrl()) },
    };
    const [token] = await obtainTokens(parties, EPOCH, [frameInput(identifier)], post);
    const suite = await loadSuite();
    const sealed = suite.sealToken(token ?? new Uint8Array(), { epoch: parseEpoch(EPOCH), type: 'phone' });
    expect(await agent('isp-b').oprf.seal([identifier], EPOCH, 'check')).toEqual([
      { type: 'phone', tag: Buffer.from(sealed).toString('base64url') },
    ]);
  });

  it('evaluate nothing for a request that no member signed', async () => {
    const body = JSON.stringify({ suite: 'ristretto255-SHA512', epoch: EPOCH, blinded: [] });
    for (const url of [federation.hubUrl, trusteeUrl()]) {
      const answer = await fetch(`${url}/oprf/evaluate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(answer.status).toBe(400);
    }
  });

  /** The network of a member whose hub answers it otherwise than others. */
  const through = (change: (url: string, answer: Response, init: RequestInit) => Promise<Response>) => ({
    ...systemRuntime,
    fetch: async (url: string, init: RequestInit) => change(url, await fetch(url, init), init),
  });
  interface Published {
    oprf: { epochs: { epoch: string; publicKey: string }[]; statement: string };
  }

  it('are pinned: a hub that shows one member another key is caught, at first use by the trustee', async () => {
    const other = (await loadSuite()).randomKeyShare((n) => new Uint8Array(n).fill(7)).publicKey;
    const dataDir = federation.env['SEKISHO_DATA_DIR'] ?? '';
    const hubKey = await importHubKey(await readFile(join(dataDir, 'keys', 'hub.jwk'), 'utf8'));
    const cheating = (isSigned: boolean) =>
      through(async (url, answer) => {
        if (url !== `${federation.hubUrl}/.well-known/sekisho`) return answer;
        const said = (await answer.json()) as Published;
        for (const key of said.oprf.epochs) key.publicKey = encodePublicKey(other);
        if (isSigned) {
          const { header, payload } = {
            header: decodeProtectedHeader(said.oprf.statement),
            payload: decodeJwt(said.oprf.statement),
          };
          said.oprf.statement = await new CompactSign(
            Buffer.from(JSON.stringify({ ...payload, epochs: said.oprf.epochs })),
          )
            .setProtectedHeader({ ...header, alg: 'EdDSA' })
            .sign(hubKey.privateKey);
        }
        return Response.json(said);
      });
    const outcomes = await Promise.all(
      ['isp-b', 'isp-c'].flatMap((id) =>
        [true, false].map(async (isSigned) => {
          const { member, dir } = of(id);
          const deceived = await SubscriberAgent.open(await member.session(), dir, cheating(isSigned));
          const error: unknown = await deceived
            .check([phone('090-4444-0002')], SAID)
            .catch((e: unknown) => e);
          return error instanceof Error ? error.name : 'not caught';
        }),
      ),
    );
    // isp-c asks for the first time.
    expect(outcomes).toEqual(['KeyMismatch', 'StatementForged', 'KeyMismatch', 'StatementForged']);
  });

  it('that a party publishes are those it must evaluate with, for every member', async () => {
    const suite = await loadSuite();
    const secret = suite.randomKeyShare((n) => new Uint8Array(n).fill(9));
    for (const party of [federation.hubUrl, trusteeUrl()]) {
      const cheating = through((url, answer, init) => {
        if (url !== `${party}/oprf/evaluate`) return Promise.resolve(answer);
        const { blinded } = decodeEvaluateRequest(JSON.parse(init.body as string));
        return Promise.resolve(
          Response.json(encodeEvaluateAnswer(suite.evaluate(secret, blinded, randomBytes))),
        );
      });
      const { member, dir } = of('isp-b');
      const deceived = await SubscriberAgent.open(await member.session(), dir, cheating);
      await expect(deceived.check([phone('090-4444-0003')], SAID)).rejects.toBeInstanceOf(KeyMismatch);
    }
  });

  it('of the hub alone with its database give no identifier away; both together do (the stated assumption)', async () => {
    await agent('isp-a').terminate(termination([phone('090-5555-0042')]));
    const dataDir = federation.env['SEKISHO_DATA_DIR'] ?? '';
    const shareIn = async (dir: string): Promise<KeyShare> => {
      const sealKey = Buffer.from((await readFile(join(dir, 'seal.key'), 'utf8')).trim(), 'base64url');
      const { plaintext } = await compactDecrypt(
        await readFile(join(dir, `${EPOCH}.share`), 'utf8'),
        sealKey,
      );
      return (await loadSuite()).keyShare(plaintext);
    };
    const hub = await shareIn(join(dataDir, 'keys', 'oprf'));
    const trustee = await shareIn(join(dataDir, 'trustee', 'shares'));
    const suite = await loadSuite();
    const random = (n: number) => Buffer.from(randomUUID().repeat(4)).subarray(0, n);
    const isFound = async (shares: readonly [KeyShare, KeyShare], number: string) => {
      const [one] = canonicalise(phone(number));
      const blinded = suite.blind([frameInput(one)], random);
      const elements = blinded.map(({ element }) => element);
      const [first, second] = shares.map((share) =>
        suite.verify(share.publicKey, elements, suite.evaluate(share, elements, random)),
      );
      if (!first || !second) throw new Error('two');
      const [token] = suite.finalize(blinded, suite.combine(first, second));
      const sealed = suite.sealToken(token ?? new Uint8Array(), { epoch: parseEpoch(EPOCH), type: 'phone' });
      const digest = createHash('sha256').update(sealed).digest();
      return (await sql.query('SELECT FROM subscriber_token WHERE digest = $1', [digest])).rows.length > 0;
    };
    const guesses = Array.from({ length: 50 }, (_, i) => `090-5555-${String(i).padStart(4, '0')}`);
    const found = async (shares: readonly [KeyShare, KeyShare]) => {
      const hits = [];
      for (const guess of guesses) if (await isFound(shares, guess)) hits.push(guess);
      return hits;
    };
    // What the attacker lacks it must make up.
    expect(await found([hub, suite.randomKeyShare(random)])).toEqual([]);
    expect(await found([hub, trustee])).toEqual(['090-5555-0042']);
  });
});

it('no identifier is in the database, in the trustee and in the log of either', async () => {
  const secrets = ['9011112222', '11112222', '丸の内', '山田', '1980-04-01', '19800401', '90555500'];
  const { rows: tables } = await sql.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  let text = federation.logOf('hub') + federation.logOf('trustee');
  for (const { name } of tables) {
    const { rows } = await sql.query<{ row: string }>(
      `SELECT t::text AS row FROM ${pg.escapeIdentifier(name)} t`,
    );
    text += rows.map(({ row }) => row).join('\n');
  }
  const dataDir = federation.env['SEKISHO_DATA_DIR'] ?? '';
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) text += await readFile(join(entry.parentPath, entry.name), 'latin1');
  }
  expect(text).toContain('isp-a');
  for (const secret of secrets) expect(text).not.toContain(secret);
});

it('the trustee answers no more than its quota in a day, also after a restart', async () => {
  const dataDir = federation.env['SEKISHO_DATA_DIR'] ?? '';
  const file = join(dataDir, 'trustee', 'audit', `${TODAY}.jsonl`);
  await federation.stop('trustee');
  const lines = await readFile(file, 'utf8');
  await writeFile(file, `${lines}${JSON.stringify({ memberId: 'isp-b', elements: 10_000 })}\n`);
  await federation.run('trustee');
  const refused = agent('isp-b').check([phone('090-6666-0001')], SAID);
  await expect(refused).rejects.toBeInstanceOf(TrusteeFailed);
  await expect(refused).rejects.toMatchObject({ code: 'evaluation-quota-exceeded' });
});
