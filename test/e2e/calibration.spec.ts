// What became of a member's reports is told to that member, and to the operator, and to nobody else.
import { calibrationQuery } from '@sekisho/client';
import { CalibrationRepository, openDatabase } from '@sekisho/persistence';
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { askGraphql } from '../setup/hub-requests.js';
import { signIn } from '../setup/people.js';

const DAY_MS = 86_400_000;

let database: TestDatabase;
let federation: Federation;
let first: FederationMember;
let others: FederationMember[];

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub'] });
  first = await federation.member('isp-a');
  others = [];
  for (const id of ['isp-b', 'isp-c', 'isp-d']) others.push(await federation.member(id));
  await first.submit(...[1, 2, 3, 4].map((host) => reportOf(`203.0.113.${String(host)}`)));
  for (const [i, member] of others.entries()) await member.submit(reportOf(`203.0.113.${String(i + 1)}`));
  const dataSource = await openDatabase(database.url, { poolSize: 2 });
  const calibration = new CalibrationRepository(dataSource);
  const over = new Date(Date.now() + 3 * DAY_MS);
  await calibration.check(7, over);
  await calibration.judge(over);
  expect(await calibration.publish(3, over)).toBe(4);
  await dataSource.destroy();
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const asked = (memberId: string) => `{ calibration(memberId: "${memberId}") { channels { checked } } }`;

it('a member sees its own, without who confirmed it', async () => {
  const { calibration } = await (await first.session()).call(calibrationQuery, {});
  expect(calibration).toMatchObject({ days: 30, trust: { byRule: 0.8, right: 0, wrong: 0 } });
  expect(calibration.channels).toMatchObject([
    {
      ...{ category: 'zombie', evidence: 'trap', reported: 4, checked: 4, refuted: 0 },
      confirmation: { confirmed: 3, unknown: 1, share: 0.75 },
    },
  ]);
  expect(JSON.stringify(calibration)).not.toMatch(/isp-|203\.0/);
});

it("no member sees another's, and asking for one's own by name is the same", async () => {
  const token = await (await first.session()).accessToken();
  expect((await askGraphql(federation.hubUrl, asked('isp-b'), token)).code).toBe('access-denied');
  expect((await askGraphql(federation.hubUrl, asked('nobody'), token)).code).toBe('access-denied');
  expect((await askGraphql(federation.hubUrl, asked('isp-a'), token)).code).toBeUndefined();
  // Clients write null for what they leave out.
  const unsaid = '{ calibration(memberId: null) { days } }';
  expect((await askGraphql(federation.hubUrl, unsaid, token)).code).toBeUndefined();
});

it('the operator says of which member', async () => {
  const { headers } = await signIn(federation, 'operator', undefined);
  expect((await askGraphql(federation.hubUrl, asked('isp-b'), headers)).code).toBeUndefined();
  expect((await askGraphql(federation.hubUrl, asked('nobody'), headers)).code).toBe('request-malformed');
  expect((await askGraphql(federation.hubUrl, '{ calibration { days } }', headers)).code).toBe(
    'request-malformed',
  );
});
