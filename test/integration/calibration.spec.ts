// What became of members' reports, on the real database with its time passed in.
import {
  AppealDecisions,
  CalibrationRepository,
  dropExpiredRows,
  endDecision,
  ensurePartitions,
  MemberRepository,
  openOperatorDatabase,
  ReportRepository,
  setDecision,
} from '@sekisho/persistence';
import { readConfig } from '@sekisho/config';
import { readSubject } from '@sekisho/subject';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';
import { storeReport, type Told } from '../setup/store-report.js';

const NOW = new Date('2030-03-13T12:20:00Z');
const after = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
const SUBJECT = '198.51.100.1';
const SEED = 42;
const K = 3;

let database: OpenTestDatabase;
let calibration: CalibrationRepository;
beforeEach(async () => {
  database = await openTestDatabase();
  for (const at of [NOW, after(21 * 24)]) await ensurePartitions(database.dataSource, at);
  calibration = new CalibrationRepository(database.dataSource);
  const members = new MemberRepository(database.dataSource);
  for (const id of ['isp-a', 'isp-b', 'isp-c', 'isp-d', 'isp-e']) {
    await members.add({ id, name: id, role: 'member', networks: [], asns: [] }, 0.8, NOW);
  }
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const rows = async <T extends object>(query: string, parameters: unknown[] = []): Promise<T[]> =>
  database.dataSource.query(query, parameters);

/** One envelope about these subjects. */
const report = (
  memberId: string,
  subjects: string | readonly string[],
  { at = NOW, ...told }: Partial<Told> = {},
): Promise<string> => storeReport(database.dataSource, memberId, subjects, { at, ...told });

/** Hours are looked at when they ended 25 hours ago. */
const LATER = after(26);
const fateOf = async (memberId: string, subject = SUBJECT) =>
  (
    await rows<{ echoed: boolean; owned: boolean; ruling: string | null }>(
      `SELECT is_echoed AS echoed, is_owned_up AS owned, ruling FROM report_check WHERE member_id = $1 AND subject = $2`,
      [memberId, subject],
    )
  )[0];

describe('a report is looked at', () => {
  it('once, a day after it came', async () => {
    await report('isp-a', SUBJECT);
    expect(await calibration.check(SEED, after(25))).toBe(0);
    expect(await calibration.check(SEED, LATER)).toBe(1);
    expect(await calibration.check(SEED, after(40))).toBe(0);
    expect(await fateOf('isp-a')).toEqual({ echoed: false, owned: false, ruling: null });
  });

  it('also when nobody looked for days, and by one of two workers', async () => {
    await report('isp-a', SUBJECT);
    await report('isp-a', '198.51.100.2', { at: after(30) });
    await calibration.check(SEED, after(1));
    const counts = await Promise.all([
      calibration.check(SEED, after(80)),
      calibration.check(SEED, after(80)),
    ]);
    for (let round = 0; round < 2; round += 1) counts.push(await calibration.check(SEED, after(80)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('when it is news: what the member said before is not said again', async () => {
    await report('isp-a', SUBJECT);
    await report('isp-a', SUBJECT, { at: after(0.1) });
    await report('isp-a', [SUBJECT, SUBJECT], { at: after(2) });
    await report('isp-a', SUBJECT, { at: after(27) });
    for (let round = 0; round < 2; round += 1) await calibration.check(SEED, after(54));
    expect(await rows('SELECT received_at AS at FROM report_check ORDER BY 1')).toEqual([
      { at: NOW },
      { at: after(27) },
    ]);
  });

  it('when it is about abuse that the member saw by itself', async () => {
    await report('isp-a', SUBJECT, { category: 'ham' });
    await report('isp-a', '198.51.100.2', { influenced: true });
    await report('isp-a', '198.51.100.3', { evidence: 'owner' });
    const takenBack = await report('isp-a', '198.51.100.4');
    await new ReportRepository(database.dataSource).retract('isp-a', takenBack, 0, after(1));
    expect(await calibration.check(SEED, LATER)).toBe(0);
  });

  it('unless there are too many in an hour: then some are, and stand for all', async () => {
    const many = Array.from({ length: 50 }, (_, i) => `198.51.100.${String(i)}`);
    await report('isp-a', many);
    await report('isp-b', many.slice(0, 10));
    expect(await calibration.check(SEED, LATER)).toBe(30);
    expect(
      await rows(
        `SELECT member_id AS member, count(*)::int AS taken, sum(weight) AS stands FROM report_check GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual([
      { member: 'isp-a', taken: 20, stands: 50 },
      { member: 'isp-b', taken: 10, stands: 10 },
    ]);
  });
});

describe('a report is confirmed', () => {
  it.each([
    ['by another member within a day', 'isp-b', {}, true],
    ['in other words', 'isp-b', { category: 'spam-source' }, true],
    ['not by itself', 'isp-a', {}, false],
    ['not later than that', 'isp-b', { at: after(24.1) }, false],
    ['not by what came before', 'isp-b', { at: after(-1) }, false],
    ['not by an echo of our own verdict', 'isp-b', { influenced: true }, false],
    ['not by good mail', 'isp-b', { category: 'ham' }, false],
  ] as const)('%s', async (_how, member, told, isEchoed) => {
    await report('isp-a', SUBJECT);
    await report(member, SUBJECT, { at: after(3), ...told });
    await calibration.check(SEED, LATER);
    expect((await fateOf('isp-a'))?.echoed).toBe(isEchoed);
  });

  it.each([
    ['found', 'found', 1, true],
    ['fixed', 'observing', 1, true],
    ['seen and no more', 'seen', 1, false],
    ['found before the report came', 'found', -1, false],
  ])('by the owner who said %s', async (_what, state, answeredAfter, isOwnedUp) => {
    await report('isp-a', SUBJECT);
    await rows(
      `INSERT INTO alert (owner, subject, category, state, message_count, last_seen, opened_at, told_at, told_magnitude,
         ends_early, failed_fixes, answered_at) VALUES ('isp-b', $1, 'zombie', $2, 1, $3, $4, $3, 1, false, 0, $5)`,
      [SUBJECT, state, NOW, after(-2), after(answeredAfter)],
    );
    await calibration.check(SEED, LATER);
    await calibration.judge(LATER);
    expect((await fateOf('isp-a'))?.owned).toBe(isOwnedUp);
  });
});

describe('people have the last word', () => {
  const decide = async (kind: 'list' | 'never-list', at: Date, id = '7') =>
    database.dataSource.transaction((sql) =>
      setDecision(
        sql,
        {
          ...{ subject: readSubject(SUBJECT), kind, from: at, until: after(900) },
          ...{ source: { type: 'operator', id }, reason: 'looked at' },
          ...(kind === 'list' && { category: 'zombie' }),
        },
        at,
      ),
    );
  const ruled = async () => {
    await calibration.check(SEED, LATER);
    await calibration.judge(after(28));
    return (await fateOf('isp-a'))?.ruling;
  };

  it.each([
    ['list', 2, 'right'],
    ['never-list', 2, 'wrong'],
    ['never-list', -2, null],
  ] as const)('%s, %i hours after the report: %s', async (kind, hours, ruling) => {
    await report('isp-a', SUBJECT);
    await decide(kind, after(hours));
    expect(await ruled()).toBe(ruling);
  });

  it('until they take it back', async () => {
    await report('isp-a', SUBJECT);
    await decide('never-list', after(2));
    expect(await ruled()).toBe('wrong');
    await database.dataSource.transaction((sql) =>
      endDecision(sql, { type: 'operator', id: '7' }, after(27), 'a mistake'),
    );
    await calibration.judge(after(28));
    expect((await fateOf('isp-a'))?.ruling).toBeNull();
  });

  it('not by leaving an appeal undecided', async () => {
    await report('isp-a', SUBJECT);
    await decide('never-list', after(2), 'x/undecided');
    expect(await ruled()).toBeNull();
  });

  it.each([
    ['upheld', 'wrong'],
    ['rejected', 'right'],
  ] as const)('an appeal that is %s says that the reports were %s', async (outcome, ruling) => {
    await report('isp-a', SUBJECT);
    await report('isp-b', SUBJECT, { at: after(1) });
    const [appeal] = await rows<{ id: string }>(
      `INSERT INTO appeal (secret_digest, subject, subject_type, category, language, state, confirmed_by, filed_at, confirmed_at, due_at)
       VALUES ('x', $1, 'ip', 'zombie', 'en', 'open', 'mail', $2, $2, $3) RETURNING id`,
      [SUBJECT, after(2), after(100)],
    );
    await new AppealDecisions(database.dataSource).decide(
      appeal?.id ?? '',
      { outcome, reason: 'looked at', reviewer: 'isp-e', version: 1 },
      after(3),
    );
    expect(await ruled()).toBe(ruling);
    const told = await calibration.ofMember('isp-a', after(4));
    expect(told).toMatchObject({
      right: outcome === 'rejected' ? 1 : 0,
      wrong: outcome === 'upheld' ? 1 : 0,
    });
    expect(told?.trust).toBeCloseTo(told?.byRule ?? 0, 6);
  });
});

describe('what a member is told', () => {
  const MIDNIGHT = new Date('2030-03-15T00:10:00Z');

  async function publish(now = MIDNIGHT): Promise<number> {
    await calibration.check(SEED, now);
    await calibration.judge(now);
    return calibration.publish(K, now);
  }

  it('is how much was confirmed where k members had a part, once a day', async () => {
    const ten = Array.from({ length: 10 }, (_, i) => `198.51.100.${String(i)}`);
    await report('isp-a', ten);
    await report('isp-b', ten.slice(0, 3), { at: after(1) });
    await report('isp-c', ten.slice(3, 6), { at: after(1) });
    await report('isp-d', ten.slice(6, 8), { at: after(1) });
    await report('isp-a', '203.0.113.1', { category: 'phishing', evidence: 'filter' });
    await report('isp-b', '203.0.113.1', { at: after(1), category: 'phishing' });
    expect(await publish()).toBe(4);
    expect(await publish()).toBe(0);
    const told = await calibration.ofMember('isp-a', MIDNIGHT);
    expect(told).toMatchObject({ asOf: new Date('2030-03-15T00:00:00Z'), byRule: 0.8, right: 0, wrong: 0 });
    expect(told?.trust).toBeCloseTo(0.8, 6);
    expect(told?.channels).toMatchObject([
      {
        ...{ category: 'zombie', evidence: 'trap', reported: 10, checked: 10, refuted: 0 },
        confirmation: { confirmed: 8, unknown: 2, share: 0.8 },
      },
      { reported: 1, checked: 1, refuted: 0 },
    ]);
    expect(told?.channels[1]?.category).toBeUndefined();
    expect(told?.channels[1]?.confirmation).toBeUndefined();
    expect(JSON.stringify(told)).not.toMatch(/isp-[b-e]|198\.51|203\.0/);
    // Nobody came after them, and that is nobody's secret.
    expect((await calibration.ofMember('isp-d', MIDNIGHT))?.channels).toMatchObject([
      { category: 'zombie', reported: 2, confirmation: { confirmed: 0, unknown: 2 } },
    ]);
    expect(await calibration.ofMember('isp-e', MIDNIGHT)).toMatchObject({ asOf: undefined, channels: [] });
    expect(await calibration.ofMember('nobody', MIDNIGHT)).toBeUndefined();
  });

  it('is of 30 days; older checks are deleted, and the report with them', async () => {
    await report('isp-a', SUBJECT);
    await publish();
    expect(await publish(after(29 * 24))).toBe(1);
    expect(await publish(after(31 * 24))).toBe(0);
    expect(await calibration.ofMember('isp-a', after(31 * 24))).toMatchObject({ channels: [] });
    expect((await dropExpiredRows(database.dataSource, after(31 * 24))).get('report_check')).toBeUndefined();
    expect((await dropExpiredRows(database.dataSource, after(33 * 24))).get('report_check')).toBe(1);
  });

  it('is nothing of a subject that a person had deleted', async () => {
    await report('isp-a', [SUBJECT, '198.51.100.2']);
    await calibration.check(SEED, LATER);
    const operator = await openOperatorDatabase(readConfig({ SEKISHO_DATABASE_URL: database.url }));
    const ground = { caseNumber: '1', reason: 'asked in writing' };
    const { requests } = operator.privacy;
    expect((await requests.access(readSubject(SUBJECT), ground, LATER)).reportChecks).toHaveLength(1);
    expect(await requests.delete(readSubject(SUBJECT), ground, LATER)).toMatchObject({ reportChecks: 1 });
    expect(await rows('SELECT subject FROM report_check')).toEqual([{ subject: '198.51.100.2' }]);
    await operator.close();
  });
});
