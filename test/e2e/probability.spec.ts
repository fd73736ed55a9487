// What scores came to mean, and what that makes of recommendations: from forecasts in the database to what each member is told.
import { clearCostsMutation, statedCostsQuery, stateCostsMutation, toCostsInput } from '@sekisho/client';
import { readConfig } from '@sekisho/config';
import { ForecastRepository, openDatabase, openOperatorDatabase } from '@sekisho/persistence';
import type { StatedCosts } from '@sekisho/policy';
import { MODEL_VERSION } from '@sekisho/reputation';
import { readSubject } from '@sekisho/subject';
import {
  createTestDatabase,
  execute,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { GraphqlSocket } from '../setup/graphql-socket.js';
import { askGraphql } from '../setup/hub-requests.js';
import { signIn } from '../setup/people.js';

const HOUR_MS = 3_600_000;
/** Reported by three members, by one member, and listed by a decision of people. */
const LISTED = '203.0.113.9';
const QUIET = '203.0.113.10';
const DECIDED = '203.0.113.11';
/** Good mail refused is dear: nothing below 20 of 21 is refused. */
const GENTLE: StatedCosts = {
  ...{ default: { abuse: 1, refused: 20, delayed: 1, returning: 0.25 }, categories: {} },
};
const HARSH: StatedCosts = { default: { abuse: 100, refused: 1 }, categories: {} };

let database: TestDatabase;
let federation: Federation;
const members: FederationMember[] = [];

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  for (const id of ['isp-a', 'isp-b', 'isp-c']) members.push(await federation.member(id));
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function sessionOf(id: string) {
  const member = members.find(({ enrolled }) => enrolled.id === id);
  if (!member) throw new Error(`${id} is no member`);
  return member.session();
}

/** As a member is told: probability and recommendation of each. */
async function told(id: string, ...subjects: string[]) {
  const known = await (await sessionOf(id)).lookup(subjects.map(readSubject));
  return known.map((one) => [one?.probability, one?.recommendation]);
}

const state = async (id: string, costs: StatedCosts) =>
  (await sessionOf(id)).call(stateCostsMutation, { costs: toCostsInput(costs) });
const stated = async (id: string) => (await (await sessionOf(id)).call(statedCostsQuery, {})).statedCosts;

/**
 * A thousand forecasts of the last hours: half of them of score 12, after which nothing was reported; of the other half of
 * score 94 four fifths are about what three members have reported since.
 */
async function publishCurve(): Promise<void> {
  const write = (subject: string, score: number, count: number) =>
    execute(
      database.url,
      `INSERT INTO forecast (foretold_at, subject, subject_type, score, listed, model_version, weight)
       SELECT now() - interval '1 hour' - make_interval(secs => i), '${subject}', 'ip', ${score}, false, '${MODEL_VERSION}', 1
       FROM generate_series(1, ${count}) AS i`,
    );
  await execute(database.url, 'DELETE FROM forecast');
  await write('198.51.100.1', 12, 500);
  await write('198.51.100.2', 94, 100);
  await write(LISTED, 94, 400);
  const dataSource = await openDatabase(database.url, { poolSize: 2 });
  try {
    const forecasts = new ForecastRepository(dataSource);
    const over = new Date(Date.now() + 72 * HOUR_MS);
    expect(await forecasts.resolve(over)).toBe(1_000);
    expect(await forecasts.publish(3, over)).toBe(true);
  } finally {
    await dataSource.destroy();
  }
}

describe('the probability', () => {
  it('is not known, and costs change nothing, before a curve was published', async () => {
    for (const member of members) await member.submit(reportOf(LISTED));
    await members[0]?.submit(reportOf(QUIET), reportOf(DECIDED));
    const operator = await openOperatorDatabase(readConfig(federation.env));
    const now = new Date();
    await operator.decisions.set(
      {
        ...{ subject: readSubject(DECIDED), kind: 'list', from: now },
        ...{ until: new Date(now.getTime() + 24 * HOUR_MS), source: { type: 'operator', id: 'case-1' } },
      },
      now,
    );
    await operator.close();
    await state('isp-b', GENTLE);
    for (const id of ['isp-a', 'isp-b']) {
      await expect
        .poll(() => told(id, LISTED, QUIET, DECIDED), { timeout: 30_000, interval: 200 })
        .toEqual([
          [null, 'REJECT'],
          [null, 'TAG'],
          [null, 'DEFER'],
        ]);
    }
  });

  it('is what came after such scores, of what scores foretell', async () => {
    await federation.stop('worker');
    await publishCurve();
    // A hub remembers for a minute that there was no curve.
    await federation.stop('hub');
    await federation.run('hub');
    const [listed, quiet, decided] = await told('isp-a', LISTED, QUIET, DECIDED);
    expect(listed).toEqual([expect.closeTo(0.8, 9), 'REJECT']);
    // Between 12 points, which mean 0, and 94, which mean 0.8.
    expect(quiet).toEqual([expect.closeTo(((62 - 12) / (94 - 12)) * 0.8, 9), 'TAG']);
    expect(decided).toEqual([null, 'DEFER']);
    // The past is told to ten minutes.
    await execute(database.url, "UPDATE sighting SET received_at = received_at - interval '20 minutes'");
    const past = await (await sessionOf('isp-a')).lookupAsOf(readSubject(LISTED), new Date());
    expect(past).toMatchObject({ probability: null, listed: true });
  });
});

describe('costs that a member stated', () => {
  const recommended = async (id: string) =>
    (await told(id, LISTED, QUIET, DECIDED)).map(([, recommendation]) => recommendation);

  it('change what that member is recommended, and no other', async () => {
    expect(await stated('isp-b')).toEqual(GENTLE);
    expect(await recommended('isp-b')).toEqual(['DEFER', 'ACCEPT', 'DEFER']);
    expect(await recommended('isp-a')).toEqual(['REJECT', 'TAG', 'DEFER']);
    expect(await stated('isp-a')).toBeNull();
  });

  it('hold for its listings and for what it is told live', async () => {
    const seen = async (id: string) => {
      const token = await (await sessionOf(id)).accessToken();
      const answer = await fetch(`${federation.hubUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: '{ listings { edges { node { subject recommendation } } } }' }),
      });
      return JSON.stringify(await answer.json());
    };
    expect(await seen('isp-b')).toContain(`"subject":"${LISTED}","recommendation":"DEFER"`);
    expect(await seen('isp-a')).toContain(`"subject":"${LISTED}","recommendation":"REJECT"`);

    await state('isp-b', { ...GENTLE, default: { abuse: 1, refused: 20 } });
    await federation.run('worker');
    const sockets = new Map<string, GraphqlSocket>();
    try {
      for (const id of ['isp-a', 'isp-b']) {
        const socket = await GraphqlSocket.open(federation.hubUrl, await (await sessionOf(id)).accessToken());
        sockets.set(id, socket);
        await expect.poll(() => socket.isAcknowledged).toBe(true);
        socket.subscribe('1', 'subscription { listingChanged { listed recommendation } }');
      }
      let host = 20;
      const heard = () => [...sockets.values()].map((socket) => socket.of('1').at(-1)?.payload);
      const change = (recommendation: string) => ({
        data: { listingChanged: { listed: true, recommendation } },
      });
      await expect
        .poll(
          async () => {
            const value = `203.0.113.${host++}`;
            for (const member of members.slice(0, 2)) await member.submit(reportOf(value));
            return heard();
          },
          { timeout: 30_000, interval: 500 },
        )
        .toEqual([change('DEFER'), change('ACCEPT')]);
    } finally {
      for (const socket of sockets.values()) socket[Symbol.dispose]();
    }
  });

  it('never make a recommendation harsher', async () => {
    await state('isp-b', HARSH);
    expect(await recommended('isp-b')).toEqual(['REJECT', 'TAG', 'DEFER']);
  });

  it('are refused with what is wrong, where, and an example, and nothing is changed', async () => {
    const session = await sessionOf('isp-b');
    const refused = (costs: unknown) => session.call(stateCostsMutation, { costs });
    await expect(refused({ default: { abuse: -1, refused: 1 } })).rejects.toMatchObject({
      code: 'costs-invalid',
      message: expect.stringMatching(/costs\.default\.abuse: not a cost.*Example: costs: \{/) as string,
    });
    await expect(refused({ default: { abuse: 1 } })).rejects.toMatchObject({ code: 'costs-invalid' });
    await expect(
      refused({ ...HARSH, categories: [{ category: 'ZOMBIE', delayed: 1 }] }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('costs.categories.zombie.delayed') as string,
    });
    await expect(refused({ ...HARSH, categories: [{ category: 'HAM', abuse: 1 }] })).rejects.toMatchObject({
      code: 'costs-invalid',
    });
    expect(await stated('isp-b')).toEqual(HARSH);
  });

  it('are stated by the people of its mail operation, on the record, and by nobody else of it', async () => {
    const { headers, personId } = await signIn(federation, 'mail-operator', 'isp-b');
    const mutation = `mutation { stateCosts(costs: { default: { abuse: 2, refused: 3 }, categories: [{ category: PHISHING, abuse: 9 }] }) { default { abuse } } }`;
    expect(await askGraphql(federation.hubUrl, mutation, headers)).toEqual({ status: 200, code: undefined });
    expect(await stated('isp-b')).toEqual({
      ...{ default: { abuse: 2, refused: 3 }, categories: { phishing: { abuse: 9 } } },
    });
    const operator = await openOperatorDatabase(readConfig(federation.env));
    const actions = await operator.people.actions(10, personId);
    await operator.close();
    expect(actions.map(({ operation, action, outcome }) => [operation, action, outcome])).toContainEqual([
      ...['costs:state', 'stateCosts', 'done'],
    ]);
    const desk = await signIn(federation, 'abuse-desk', 'isp-b');
    for (const query of ['{ statedCosts { default { abuse } } }', mutation, 'mutation { clearCosts }'])
      expect(await askGraphql(federation.hubUrl, query, desk.headers)).toMatchObject({
        code: 'access-denied',
      });
    expect(await stated('isp-b')).toMatchObject({ default: { abuse: 2 } });
  });

  it('are forgotten when they are cleared', async () => {
    await (await sessionOf('isp-b')).call(clearCostsMutation, {});
    expect(await stated('isp-b')).toBeNull();
    expect(await recommended('isp-b')).toEqual(['REJECT', 'TAG', 'DEFER']);
  });
});
