// Who is heard as one with whom, and who is new: followed once a day, on the real database with its time passed in.
import {
  CalibrationRepository,
  ensurePartitions,
  memberWeights,
  MemberRepository,
  reputationAsOf,
  ScoringRepository,
  standingsAt,
} from '@sekisho/persistence';
import { compileWarningLists } from '@sekisho/reputation';
import { readSubject } from '@sekisho/subject';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';
import { storeReport, type Told } from '../setup/store-report.js';

const NOW = new Date('2030-03-13T00:00:00Z');
const after = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
const days = (count: number) => after(24 * count);
const SEED = 7;
const K = 3;

let database: OpenTestDatabase;
let calibration: CalibrationRepository;
beforeEach(async () => {
  database = await openTestDatabase();
  for (const at of [NOW, days(40)]) await ensurePartitions(database.dataSource, at);
  calibration = new CalibrationRepository(database.dataSource);
  for (const id of ['isp-a', 'isp-b', 'isp-c', 'isp-d']) await join(id, NOW);
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const join = (id: string, at: Date) =>
  new MemberRepository(database.dataSource).add(
    { id, name: id, role: 'member', networks: [], asns: [] },
    0.8,
    at,
  );
const report = (memberId: string, subjects: readonly string[], told: Told) =>
  storeReport(database.dataSource, memberId, subjects, told);
const addresses = (hour: number) =>
  Array.from({ length: 20 }, (_, i) => `198.51.${String(hour)}.${String(i)}`);

/** Looks at what came until then, and follows the rules of the day. */
async function follow(at: Date): Promise<void> {
  for (let run = 0; run < 20; run++) await calibration.check(SEED, at);
  await calibration.publish(K, at);
}

/** One reports, and another reports the same of each hour so much later. */
async function repeat(first: string, second: string, hours: number, told: Partial<Told> = {}): Promise<void> {
  for (let hour = 0; hour < 4; hour++) {
    await report(first, addresses(hour), { at: after(hour) });
    await report(second, addresses(hour), { at: after(hour + hours), ...told });
  }
}

async function voices(at: Date): Promise<Record<string, string>> {
  const standings = await standingsAt(database.dataSource, at);
  return Object.fromEntries(
    [...standings].flatMap(([id, { voice }]) => (voice === undefined ? [] : [[id, voice] as const])),
  );
}

describe('a member that repeats another', () => {
  it('is one voice with it from the day that shows it, and not before', async () => {
    await repeat('isp-a', 'isp-b', 0.5);
    await follow(days(2));
    expect(await voices(days(2))).toEqual({ 'isp-b': 'isp-a' });
    expect(await voices(days(1))).toEqual({});
    expect((await memberWeights(database.dataSource, days(2)))[1]).toEqual({
      ...{ id: 'isp-b', trust: 0.8, newUntil: undefined },
      voice: { of: 'isp-a', repeats: 'isp-a', share: 1 },
    });
    expect(await calibration.ofMember('isp-b', days(2))).toMatchObject({ repeats: 1 });
    expect(await calibration.ofMember('isp-a', days(2))).toMatchObject({ repeats: undefined });
  });

  it('has its own again when it has ceased to; the past stays as it was', async () => {
    await repeat('isp-a', 'isp-b', 0.5);
    await follow(days(2));
    await follow(days(3));
    await follow(days(33));
    expect(await voices(days(33))).toEqual({});
    expect(await voices(days(20))).toEqual({ 'isp-b': 'isp-a' });
    expect(await database.dataSource.query('SELECT count(*)::int AS count FROM member_voice')).toEqual([
      { count: 1 },
    ]);
  });

  it('is weighed so by the worker, and in scores of the past', async () => {
    await repeat('isp-a', 'isp-b', 0.5);
    const subject = readSubject('198.51.0.1');
    const listedAt = async (at: Date) =>
      (await reputationAsOf(database.dataSource, subject, at, compileWarningLists([])))?.listed;
    await follow(days(2));
    expect(await listedAt(after(2))).toBe(true);
    await report('isp-a', ['198.51.0.1'], { at: days(2) });
    await report('isp-b', ['198.51.0.1'], { at: days(2) });
    expect(await listedAt(after(48.5))).toBe(false);
    const standings = await new ScoringRepository(database.dataSource).standings(days(2));
    expect(standings.get('isp-b')).toMatchObject({ voice: 'isp-a' });
  });

  it.each([
    ['seven hours later', 7, {}],
    ['in another family of categories', 0.5, { category: 'backscatter-source' as const }],
    ['after our own verdict', 0.5, { influenced: true }],
  ])('is not who reports the same %s', async (_, hours, told) => {
    await repeat('isp-a', 'isp-b', hours, told);
    await follow(days(2));
    expect(await voices(days(2))).toEqual({});
  });
});

describe('a member that joins an old federation', () => {
  beforeEach(async () => {
    await join('isp-new', days(31));
  });
  const isNew = async (at: Date) =>
    (await standingsAt(database.dataSource, at)).get('isp-new')?.onProbation === true;

  it('is on probation for thirty days', async () => {
    expect(await isNew(days(31))).toBe(true);
    expect(await isNew(days(61))).toBe(false);
    expect((await standingsAt(database.dataSource, days(31))).get('isp-a')).not.toHaveProperty('onProbation');
    expect(await calibration.ofMember('isp-new', days(40))).toMatchObject({ newUntil: days(61) });
  });

  it('is proven early by reports that people judged, not by what others repeat', async () => {
    const looked = (ruling: string) =>
      database.dataSource.query(
        `INSERT INTO report_check (receipt_id, item, member_id, received_at, subject, subject_type, category, evidence, weight, is_echoed, ruling)
         SELECT gen_random_uuid(), 0, 'isp-new', $1, '198.51.100.' || i, 'ip', 'zombie', 'trap', 1, true, ${ruling}
         FROM generate_series(1, 200) AS i`,
        [days(40)],
      );
    await looked('NULL');
    await follow(days(42));
    expect(await isNew(days(42))).toBe(true);
    await looked(`CASE WHEN i % 2 = 0 THEN 'right' ELSE 'wrong' END`);
    await follow(days(43));
    expect(await isNew(days(43))).toBe(false);
    expect(await isNew(days(42))).toBe(true);
  });
});
