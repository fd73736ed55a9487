// What two members say about a match, what becomes of records, and how much may be asked: through the public API.
import { canonicalise, type IdentifierSource } from '@sekisho/identifier';
import { CaseFault, PayerKey, SubscriberAgent, type TerminationRequest } from '@sekisho/client';
import { CHECK_TYP } from '@sekisho/subscriber';
import { createTestDatabase, Federation, type FederationMember, type TestDatabase } from '@sekisho/testing';
import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';

let database: TestDatabase;
let federation: Federation;
let sql: pg.Client;
const members = new Map<string, FederationMember>();
const agents = new Map<string, SubscriberAgent>();
const TODAY = new Date().toISOString().slice(0, 10);
const SAID = { noticeVersion: '2026-1', legalBasis: 'joint-use-notice' } as const;
/** A day's checks of one member, few enough to reach. */
const QUOTA = 12;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, {
    ...{ processes: ['hub', 'trustee'], env: { SEKISHO_CHECK_QUOTA: String(QUOTA) } },
  });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  for (const id of ['isp-a', 'isp-b', 'isp-c', 'isp-d', 'isp-e', 'isp-r']) {
    const member = await federation.member(id, { role: id === 'isp-r' ? 'reviewer' : 'member' });
    members.set(id, member);
    agents.set(id, await SubscriberAgent.open(await member.session(), member.directory));
  }
});

afterAll(async () => {
  await sql.end();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

function member(id: string): FederationMember {
  const found = members.get(id);
  if (!found) throw new Error(`no member ${id}`);
  return found;
}
function agent(id: string): SubscriberAgent {
  const found = agents.get(id);
  if (!found) throw new Error(`no member ${id}`);
  return found;
}
const phone = (number: string): IdentifierSource => ({ type: 'phone', number });
const terminate = async (
  identifiers: readonly IdentifierSource[],
  change: Partial<TerminationRequest> = {},
) => {
  const { terminationId = '' } = await agent('isp-a').terminate({
    ...{ identifiers, reason: 'spam-sending', evidence: 'logs', terminatedOn: TODAY, caseNumber: 'A-17' },
    ...change,
  });
  return terminationId;
};

describe('the two members of a case', () => {
  const [asked, recorded] = [phone('090-1111-0001'), phone('+81 90 1111 0001')];
  let caseId = '';

  it('write to each other, and nobody else can read it or learns who they are', async () => {
    await terminate([recorded, phone('090-1111-0002')]);
    const { matches } = await agent('isp-b').check([asked, phone('090-1111-0009')], SAID);
    caseId = matches[0]?.caseId ?? '';
    const early = agent('isp-b').cases.send(caseId, 'hello?');
    await expect(early).rejects.toMatchObject({ code: 'case-not-opened' });
    await agent('isp-a').cases.list();
    await agent('isp-b').cases.send(caseId, 'is his address in Marunouchi?');
    await agent('isp-a').cases.send(caseId, 'it was; he left owing nothing');
    const seen = (id: string) => agent(id).cases.messages(caseId);
    expect((await seen('isp-a')).map(({ isOwn, text }) => [isOwn, text])).toEqual([
      [false, 'is his address in Marunouchi?'],
      [true, 'it was; he left owing nothing'],
    ]);
    expect((await seen('isp-b')).map(({ isOwn }) => isOwn)).toEqual([true, false]);
    const { rows } = await sql.query<{ row: string }>(
      'SELECT t::text AS row FROM subscriber_message t UNION ALL SELECT t::text FROM subscriber_case t',
    );
    expect(rows.map(({ row }) => row).join('\n')).not.toContain('Marunouchi');
    for (const id of ['isp-c', 'isp-r']) {
      const session = await members.get(id)?.session();
      const peek = session?.call(
        {
          text: `{ caseMessages(caseId: "${caseId}") { id } }`,
          schema: { safeParse: (data: unknown) => ({ success: true, data }) } as never,
        },
        {},
      );
      await expect(peek).rejects.toMatchObject({ code: 'case-unknown' });
    }
    expect(JSON.stringify([await seen('isp-a'), await agent('isp-a').cases.list()])).not.toContain('isp-b');
    expect(JSON.stringify([await seen('isp-b'), await agent('isp-b').cases.list()])).not.toContain('isp-a');
  });

  it('keep nothing of the applicant: secrets of the case, readable by their owner alone', async () => {
    const dir = join(members.get('isp-b')?.directory ?? '', 'cases');
    const texts = await Promise.all((await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8')));
    expect(texts).toHaveLength(1);
    expect(texts.join()).not.toMatch(/1111000\d/);
  });

  it('notice a hub that puts a key of its own in the place of the other side', async () => {
    const { rows } = await sql.query<{ reporter_key: string }>('SELECT reporter_key FROM subscriber_case');
    const genuine = rows[0]?.reporter_key ?? '';
    const forged = JSON.stringify({ ...JSON.parse(genuine), x: Buffer.alloc(32, 9).toString('base64url') });
    await sql.query('UPDATE subscriber_case SET reporter_key = $1', [forged]);
    await expect(agent('isp-b').cases.messages(caseId)).rejects.toMatchObject({ code: 'case-key-forged' });
    await sql.query('UPDATE subscriber_case SET reporter_key = $1', [genuine]);
    await sql.query(`UPDATE subscriber_message SET is_from_reporter = NOT is_from_reporter`);
    await expect(agent('isp-b').cases.messages(caseId)).rejects.toBeInstanceOf(CaseFault);
    await sql.query(`UPDATE subscriber_message SET is_from_reporter = NOT is_from_reporter`);
  });

  it('say no more when the record is withdrawn, and no more than a hundred messages each', async () => {
    await sql.query(
      `INSERT INTO subscriber_message SELECT gen_random_uuid(), $1, true, 'x', now() FROM generate_series(1, 99)`,
      [caseId],
    );
    await expect(agent('isp-a').cases.send(caseId, 'one more')).rejects.toMatchObject({ code: 'case-full' });
    const [one] = await agent('isp-a').cases.list();
    await agent('isp-a').withdraw(one?.terminationId ?? '');
    await expect(agent('isp-b').cases.send(caseId, 'still?')).rejects.toMatchObject({ code: 'case-closed' });
  });
});

describe('a record', () => {
  const state = async (id: string) => (await agent('isp-a').terminations()).find((one) => one.id === id);
  const ask = async (number: string) =>
    (await agent('isp-b').check([phone(number)], SAID)).matches[0]?.reason;

  it('is corrected by its reporter under the same id; what was wrong answers no more, and the change is on record', async () => {
    const id = await terminate([phone('090-2222-0001')]);
    const corrected = await agent('isp-a').correct(id, {
      ...{ identifiers: [phone('090-2222-0002')], reason: 'phishing' },
    });
    expect(corrected).toMatchObject({ terminationId: id, version: 2 });
    expect(await ask('090-2222-0001')).toBeUndefined();
    expect(await ask('090-2222-0002')).toBe('phishing');
    expect(await state(id)).toMatchObject({
      ...{ version: 2, reason: 'phishing' },
      changes: [{ version: 2, kind: 'corrected', isByReporter: true, note: 'phishing' }],
    });
    await expect(agent('isp-c').correct(id, { reason: 'phishing' })).rejects.toMatchObject({
      code: 'termination-unknown',
    });
  });

  it('is silent once it expired, whether or not the hourly job ran', async () => {
    const id = await terminate([phone('090-2222-0005')]);
    const askAfter = async (interval: string) => {
      await sql.query('UPDATE subscriber_termination SET expires_at = now() + $2::interval WHERE id = $1', [
        ...[id, interval],
      ]);
      return (await agent('isp-e').check([phone('090-2222-0005')], SAID)).strength;
    };
    expect(await askAfter('1 hour')).toBe('possible');
    expect(await askAfter('-1 second')).toBe('none');
  });

  it('is corrected or withdrawn by a reviewer on appeal, and by no one who reported it', async () => {
    const [kept, gone] = [
      await terminate([phone('090-2222-0003')]),
      await terminate([phone('090-2222-0004')]),
    ];
    const ruling = { decision: 'corrected', appeal: '2026-17', reason: 'address-harvesting' } as const;
    const unasked = agent('isp-r').decide(kept, ruling);
    await expect(unasked).rejects.toMatchObject({ code: 'termination-unknown' });
    await agent('isp-a').contest(kept, true);
    await agent('isp-a').contest(gone, true);
    await expect(agent('isp-a').decide(kept, ruling)).rejects.toMatchObject({ code: 'access-denied' });
    const empty = agent('isp-r').decide(kept, { decision: 'corrected', appeal: '2026-17' });
    await expect(empty).rejects.toMatchObject({ code: 'termination-malformed' });
    await agent('isp-r').decide(kept, ruling);
    await agent('isp-r').decide(gone, { decision: 'withdrawn', appeal: '2026-18' });
    expect(await ask('090-2222-0003')).toBe('address-harvesting');
    expect(await ask('090-2222-0004')).toBeUndefined();
    const { changes = [], ...after } = (await state(gone)) ?? {};
    expect(after).toMatchObject({ state: 'withdrawn' });
    expect(changes.map(({ kind, isByReporter, note }) => [kind, isByReporter, note])).toEqual([
      ['contested', true, ''],
      ['withdrawn', false, '2026-18'],
    ]);
    expect(JSON.stringify(changes)).not.toContain('isp-r');
  });
});

describe('a payer', () => {
  const card: IdentifierSource = { type: 'payer', payer: { kind: 'card', number: '4111 1111 1111 1111' } };

  it('matches between members with the federation key, and the number is on no disk', async () => {
    await expect(terminate([card])).rejects.toMatchObject({ code: 'payer-key-missing' });
    const key = PayerKey.generate();
    const fresh = async (id: string) => {
      const member = members.get(id);
      if (!member) throw new Error(id);
      await PayerKey.install(member.directory, key);
      return SubscriberAgent.open(await member.session(), member.directory);
    };
    const [a, b] = [await fresh('isp-a'), await fresh('isp-b')];
    await a.terminate({
      ...{
        identifiers: [card],
        reason: 'spam-sending',
        evidence: 'logs',
        terminatedOn: TODAY,
        caseNumber: 'A-18',
      },
    });
    expect((await b.check([card], SAID)).matches).toMatchObject([{ types: ['payer'] }]);
    const dir = members.get('isp-a')?.directory ?? '';
    for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
      if (entry.isFile())
        expect(await readFile(join(entry.parentPath, entry.name), 'utf8')).not.toContain('4111');
    }
  });
});

describe('a check', () => {
  const epoch = TODAY.slice(0, 7);
  const send = async (change: object) => {
    const { enrolled } = member('isp-e');
    const one = canonicalise(phone('090-9999-0001'));
    const tokens = [{ epoch, identifiers: await agent('isp-e').oprf.seal(one, epoch, 'check') }];
    const envelope = await new SignJWT({ check: { purpose: 'sign-up', ...SAID, tokens, ...change } })
      .setProtectedHeader({ alg: 'EdDSA', kid: enrolled.signing.kid, typ: CHECK_TYP })
      .setIssuer('isp-e')
      .setAudience(federation.hubUrl)
      .setIssuedAt()
      .setJti(randomUUID())
      .sign(enrolled.signing.key);
    const mutation = {
      text: `mutation C($envelope: String!) { checkSubscriber(envelope: $envelope) { strength } }`,
      schema: z.object({ checkSubscriber: z.object({ strength: z.string() }) }),
    };
    return (await member('isp-e').session()).call(mutation, { envelope });
  };

  it.each([
    ['a purpose', { purpose: undefined }],
    ['the purpose sign-up, but another,', { purpose: 'marketing' }],
    ['the version of its notice', { noticeVersion: undefined }],
    ['a legal basis', { legalBasis: undefined }],
    ['a legal basis of the list', { legalBasis: 'curiosity' }],
  ])('that does not say %s is refused and not answered', async (_what, change) => {
    await expect(send(change)).rejects.toMatchObject({ code: 'check-malformed' });
  });

  it('that says all of it is answered', async () => {
    expect(await send({})).toEqual({ checkSubscriber: { strength: 'none' } });
  });
});

describe('the quota of checks', () => {
  it('of a day ends at its number, with the seconds until the next', async () => {
    const c = agent('isp-c');
    for (let i = 0; i < QUOTA; i += 1) await c.check([phone('090-3333-0001')], SAID);
    await expect(c.check([phone('090-3333-0001')], SAID)).rejects.toMatchObject({
      code: 'check-quota-exceeded',
    });
  });

  it('is not overshot by checks that come at once', async () => {
    const d = agent('isp-d');
    await d.oprf.searched();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 3 * QUOTA }, () => d.check([phone('090-3333-0002')], SAID)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(QUOTA);
    const { rows } = await sql.query(
      `SELECT count(*)::int AS n FROM subscriber_check WHERE member_id = 'isp-d'`,
    );
    expect(rows).toEqual([{ n: QUOTA }]);
  });
});
