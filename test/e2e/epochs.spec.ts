// Months turn: keys are made, records renewed, shares destroyed. Hub and trustee run with their clocks set forward.
import {
  HubSession,
  StatementForged,
  SubscriberAgent,
  systemRuntime,
  type ClientRuntime,
  type EpochHistory,
} from '@sekisho/client';
import { importHubKey } from '@sekisho/auth';
import { canonicalise } from '@sekisho/identifier';
import { encodePublicKey, loadSuite } from '@sekisho/oprf';
import {
  createTestDatabase,
  Federation,
  requireLibrary,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { CompactSign, decodeJwt, decodeProtectedHeader } from 'jose';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../conformance/edge-process.js';

const START = new Date();
/** The month that many months later, and a day in its middle. */
const monthAfter = (months: number) =>
  new Date(Date.UTC(START.getUTCFullYear(), START.getUTCMonth() + months, 15));
const nameOf = (months: number) => monthAfter(months).toISOString().slice(0, 7);
const SAID = { noticeVersion: '2026-1', legalBasis: 'joint-use-notice' } as const;
const phone = (number: string) => ({ type: 'phone', number }) as const;
const RENEWED = phone('090-1234-0001');
const ABANDONED = phone('090-1234-0002');

let database: TestDatabase;
let federation: Federation;
let sql: pg.Client;
let faketime: string;
let reporter: FederationMember;
let asker: FederationMember;
let offsetMs = 0;

/** Members' clocks go with the others. */
const runtime: ClientRuntime = { ...systemRuntime, now: () => Date.now() + offsetMs };
const agentOf = async ({ enrolled, directory }: FederationMember) =>
  SubscriberAgent.open(await HubSession.open(enrolled, { runtime }), directory, runtime);

/** Hub and trustee start again in the middle of a later month. */
async function turnTo(months: number): Promise<void> {
  await Promise.all([federation.stop('hub'), federation.stop('trustee')]);
  offsetMs = months === 0 ? 0 : monthAfter(months).getTime() - Date.now();
  const clock = {
    LD_PRELOAD: faketime,
    FAKETIME: `+${(offsetMs / 1000).toFixed(0)}`,
    // Timers run by the monotonic clock, which stays.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const env = months === 0 ? {} : clock;
  await federation.run('trustee', env);
  await federation.run('hub', env);
}

const check = async (who: ReturnType<typeof phone>) =>
  (await (await agentOf(asker)).check([who], SAID)).matches.length;

beforeAll(async () => {
  faketime = await requireLibrary('libfaketime.so.1', 'libfaketime');
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'trustee'] });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  reporter = await federation.member('isp-a');
  asker = await federation.member('isp-b');
  const agent = await agentOf(reporter);
  const terms = { reason: 'spam-sending', evidence: 'logs', caseNumber: 'A-1' } as const;
  const terminatedOn = START.toISOString().slice(0, 10);
  await agent.terminate({ ...terms, terminatedOn, identifiers: [RENEWED] });
  await agent.terminate({ ...terms, terminatedOn, identifiers: [ABANDONED] });
  // Its reporter gives this one up: its agent no longer has it.
  const [abandoned] = canonicalise(ABANDONED);
  for (const { key, identifiers } of await agent.records.all()) {
    if (identifiers[0]?.value === abandoned.value) await agent.records.remove(key);
  }
});

afterAll(async () => {
  await sql.end();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('when months turn', () => {
  it('a record answers in its own month', async () => {
    expect([await check(RENEWED), await check(ABANDONED)]).toEqual([1, 1]);
    // The hub asks the trustee two seconds after its start.
    const { oprf } = await agentOf(asker);
    const isSaid = async () => (await oprf.history()).some(({ hub, trustee }) => hub && trustee);
    await eventually(isSaid, 10_000);
  });

  it("its reporter's agent takes it into the next month, and both months answer meanwhile", async () => {
    await turnTo(1);
    expect(await (await agentOf(reporter)).renew()).toMatchObject({ renewed: 1 });
    expect([await check(RENEWED), await check(ABANDONED)]).toEqual([1, 1]);
    const { rows } = await sql.query<{ epoch: string }>(
      'SELECT DISTINCT epoch FROM subscriber_token ORDER BY epoch',
    );
    expect(rows.map(({ epoch }) => epoch)).toEqual([nameOf(0), nameOf(1)]);
  });

  it('what was not renewed is forgotten with its month: no token is left, and none can be made', async () => {
    await turnTo(2);
    expect([await check(RENEWED), await check(ABANDONED)]).toEqual([1, 0]);
    const { rows } = await sql.query('SELECT FROM subscriber_token WHERE epoch = $1', [nameOf(0)]);
    expect(rows).toEqual([]);
    const { oprf } = await agentOf(asker);
    await expect(oprf.seal([canonicalise(RENEWED)[0]], nameOf(0), 'check')).rejects.toMatchObject({
      code: 'epoch-destroyed',
    });
  });

  it('neither party has the share on disk any more', async () => {
    const data = federation.env['SEKISHO_DATA_DIR'] ?? '';
    for (const dir of [join(data, 'keys', 'oprf'), join(data, 'trustee', 'shares')]) {
      const names = await readdir(dir);
      expect(names).toContain(`${nameOf(0)}.destroyed`);
      expect(names).not.toContain(`${nameOf(0)}.share`);
    }
  });

  it('both parties signed that they destroyed it, and the log holds both statements', async () => {
    const { oprf } = await agentOf(asker);
    // All of one reading: a checkpoint that the witness has just signed may be a second older than the one before.
    let history: EpochHistory[] = [];
    const monthOf = (months: number) => history.find(({ epoch }) => epoch === nameOf(months));
    await eventually(async () => {
      history = await oprf.history();
      return monthOf(0)?.state === 'destroyed';
    }, 10_000);
    expect(monthOf(1)?.state).toBe('living');
    const first = monthOf(0);
    expect(first?.hub?.destroyedAt).toBeGreaterThan(first?.hub?.saidAt ?? Infinity);
    expect(first?.trustee?.destroyedAt).toBeGreaterThan(first?.trustee?.saidAt ?? Infinity);
  });

  it('a hub that changes a statement, or says that it is elsewhere in the log, is caught', async () => {
    const session = await HubSession.open(asker.enrolled, { runtime });
    const forged = (change: (one: { index: number; statement: string }) => void) =>
      SubscriberAgent.open(session, asker.directory, {
        ...runtime,
        fetch: async (url, init) => {
          const answer = await runtime.fetch(url, init);
          if (!url.endsWith('/oprf/statements')) return answer;
          const said = (await answer.json()) as { statements: { index: number; statement: string }[] };
          for (const one of said.statements) change(one);
          return Response.json(said);
        },
      });
    const moved = await forged((one) => {
      one.index = 0;
    });
    await expect(moved.oprf.history()).rejects.toBeInstanceOf(StatementForged);
    const rewritten = await forged((one) => {
      const [header, payload = '', signature] = one.statement.split('.');
      const text = Buffer.from(payload, 'base64url').toString().replace(nameOf(0), nameOf(-1));
      one.statement = [header, Buffer.from(text).toString('base64url'), signature].join('.');
    });
    await expect(rewritten.oprf.history()).rejects.toBeInstanceOf(StatementForged);
  });

  it('a hub that shows one member another key, with the trustee as its accomplice, is caught by the log', async () => {
    const hubKey = await importHubKey(
      await readFile(join(federation.env['SEKISHO_DATA_DIR'] ?? '', 'keys', 'hub.jwk'), 'utf8'),
    );
    const own = (await loadSuite()).randomKeyShare((n) => new Uint8Array(n).fill(7)).publicKey;
    interface Published {
      oprf: { epochs: { publicKey: string }[]; statement: string; witnessed?: unknown };
    }
    const accomplices: ClientRuntime = {
      ...runtime,
      fetch: async (url, init) => {
        const answer = await runtime.fetch(url, init);
        if (!url.endsWith('/.well-known/sekisho')) return answer;
        const said = (await answer.json()) as Published;
        if (url.startsWith(federation.hubUrl)) {
          for (const one of said.oprf.epochs) one.publicKey = encodePublicKey(own);
          const { typ, kid } = decodeProtectedHeader(said.oprf.statement);
          const claims = { ...decodeJwt(said.oprf.statement), epochs: said.oprf.epochs };
          said.oprf.statement = await new CompactSign(Buffer.from(JSON.stringify(claims)))
            .setProtectedHeader({ alg: 'EdDSA', ...(typ && { typ }), ...(kid && { kid }) })
            .sign(hubKey.privateKey);
        } else {
          said.oprf.witnessed = [];
        }
        return Response.json(said);
      },
    };
    const session = await HubSession.open(asker.enrolled, { runtime });
    const newcomer = await mkdtemp(join(federation.directory, 'newcomer-'));
    const { oprf } = await SubscriberAgent.open(session, newcomer, accomplices);
    // Nothing shows at first use.
    expect(await oprf.current()).toBe(nameOf(2));
    await expect(oprf.history()).rejects.toThrow('another one than the log holds');
  });
});
