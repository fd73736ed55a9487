// What a member's reports are weighed with, on the real database with its time passed in.
import { CalibrationRepository, followTrustRule, MemberRepository, MemberTrust } from '@sekisho/persistence';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const NOW = new Date('2030-03-13T12:20:00Z');
const after = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
const K = 3;

let database: OpenTestDatabase;
let calibration: CalibrationRepository;
let trust: MemberTrust;
beforeEach(async () => {
  database = await openTestDatabase();
  calibration = new CalibrationRepository(database.dataSource);
  trust = new MemberTrust(database.dataSource);
  const members = new MemberRepository(database.dataSource);
  await members.add({ id: 'isp-a', name: 'isp-a', role: 'member', networks: [], asns: [] }, 0.8, NOW);
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const judged = (isRight: boolean, at: Date) =>
  database.dataSource.query(
    `INSERT INTO adjudication (appeal_id, member_id, is_right, adjudicated_at)
     VALUES (gen_random_uuid(), 'isp-a', $1, $2)`,
    [isRight, at],
  );
const follow = (now: Date) => database.dataSource.transaction((sql) => followTrustRule(sql, now, ['isp-a']));
const told = (now: Date) => calibration.ofMember('isp-a', now);

it('is what the operator has set, with the reason, whatever appeals say, until it is given back', async () => {
  await judged(false, after(1));
  await follow(after(1));
  expect((await told(after(1)))?.trust).toBeCloseTo((0.8 * 20) / 21, 6);
  const set = await trust.set('isp-a', 0.3, 'traps of its own lists', after(2));
  expect(set.trust).toBeCloseTo(0.3, 6);
  expect(set.byRule).toBeCloseTo((0.8 * 20) / 21, 6);
  await judged(false, after(3));
  await follow(after(3));
  expect(await told(after(3))).toMatchObject({ reason: 'traps of its own lists', wrong: 2 });
  expect((await told(after(3)))?.trust).toBeCloseTo(0.3, 6);
  expect((await trust.followRule('isp-a', after(4))).trust).toBeCloseTo((0.8 * 20) / 22, 6);
  expect(await told(after(4))).toMatchObject({ reason: undefined });
});

it('rises again when judgements are a year old, with nobody doing anything', async () => {
  await judged(false, after(1));
  await follow(after(1));
  await calibration.publish(K, after(366 * 24));
  expect((await told(after(366 * 24)))?.trust).toBeCloseTo(0.8, 6);
});

it('counts two appeals that are decided at the same time', async () => {
  const decided = (at: Date) =>
    database.dataSource.transaction(async (sql) => {
      await sql.query(
        `INSERT INTO adjudication (appeal_id, member_id, is_right, adjudicated_at)
         VALUES (gen_random_uuid(), 'isp-a', false, $1)`,
        [at],
      );
      await followTrustRule(sql, at, ['isp-a']);
    });
  await Promise.all([1, 2, 3].map((hours) => decided(after(hours))));
  expect((await told(after(4)))?.trust).toBeCloseTo((0.8 * 20) / 23, 6);
});

it('of nobody is refused', async () => {
  await expect(trust.set('isp-z', 0.3, 'x', after(1))).rejects.toMatchObject({ code: 'member-unknown' });
});
