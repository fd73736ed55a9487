// The learning model on a running hub in shadow: on the real database, with the time passed in.
import { readConfig } from '@sekisho/config';
import {
  ensurePartitions,
  ForecastRepository,
  joinedSet,
  MemberRepository,
  ModelRehearsals,
  NO_REPORTS,
  openOperatorDatabase,
  positionAfter,
  positionBefore,
  reportPages,
  ReportRepository,
  ShadowRepository,
} from '@sekisho/persistence';
import { LEARNED_VERSION, MODEL_VERSION, ShadowLedger, type Observation } from '@sekisho/reputation';
import { readSubject } from '@sekisho/subject';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureModel } from '../../apps/worker/src/quality/measure-quality.js';
import { ShadowFollower, type ShadowModel } from '../../apps/worker/src/quality/shadow-follower.js';
import { ShadowLearner } from '../../apps/worker/src/quality/shadow-learner.js';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const NOW = new Date('2030-03-15T12:20:00Z');
const after = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
const PUBLISHED = new Date('2030-03-17T00:00:00Z');
const MEMBERS = ['isp-a', 'isp-b', 'isp-c', 'isp-d'];
const SUBJECTS = Array.from({ length: 12 }, (_, i) => `198.51.100.${String(i)}`);
const UNKNOWN = '203.0.113.99';

let database: OpenTestDatabase;
let forecasts: ForecastRepository;
const followers: ShadowFollower[] = [];
beforeEach(async () => {
  database = await openTestDatabase(6);
  for (const at of [after(-14 * 24), NOW]) await ensurePartitions(database.dataSource, at);
  forecasts = new ForecastRepository(database.dataSource);
  const members = new MemberRepository(database.dataSource);
  for (const id of MEMBERS) {
    await members.add({ id, name: id, role: 'member', networks: [], asns: [] }, 0.8, NOW);
  }
  for (const [i, subject] of [...SUBJECTS, UNKNOWN].entries()) await knows(subject, 8 * i);
});
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.close();
  await database[Symbol.asyncDispose]();
});

const rows = async <T extends object>(query: string, parameters: unknown[] = []): Promise<T[]> =>
  database.dataSource.query(query, parameters);

async function knows(subject: string, score: number): Promise<void> {
  await rows(
    `INSERT INTO reputation (subject, subject_type, score, listed, model_version) VALUES ($1, 'ip', $2, $3, $4)`,
    [subject, score, score >= 70, MODEL_VERSION],
  );
}

const reported: Observation[] = [];
beforeEach(() => {
  reported.length = 0;
});

async function report(memberId: string, subject: string, at: Date): Promise<string> {
  const said = { category: 'zombie', evidence: 'trap', count: 3, influenced: false } as const;
  const { receiptId } = await new ReportRepository(database.dataSource).store({
    ...{ receiptId: randomUUID(), memberId, jti: randomUUID(), digest: Buffer.from(memberId) },
    ...{ receivedAt: at, rejected: [], salt: Buffer.alloc(32) },
    accepted: [
      {
        index: 0,
        report: {
          ...{ ...said, subject: readSubject(subject), firstSeen: at.getTime(), lastSeen: at.getTime() },
        },
      },
    ],
  });
  reported.push({ ...said, reporter: memberId, subject, time: at.getTime() });
  return receiptId;
}

/** Five days in which a subject turns up every two hours; most are seen by a second member later, and some by a third. */
async function reportFiveDays(): Promise<void> {
  for (let i = 0; i < 60; i += 1) {
    const hour = 2 * (i - 60) - 10;
    const subject = SUBJECTS[i - 48] ?? `192.0.2.${String(i)}`;
    for (const witness of [0, 1, 2].slice(0, 1 + (i % 3)))
      await report(MEMBERS[(i + witness) % 4] ?? '', subject, after(hour + 4 * witness));
  }
}

/** What the model says that is given just these reports, in one go. */
function scoresFrom(reports: readonly Observation[], at: Date): Map<string, number> {
  const model = new ShadowLedger();
  const inOrder = reports.filter(({ time }) => time <= at.getTime()).sort((a, b) => a.time - b.time);
  model.observe(inOrder);
  const subjects = [...SUBJECTS, UNKNOWN];
  const scores = model.foretell(subjects, at.getTime());
  return new Map(subjects.map((subject, i) => [subject, scores[i] ?? Number.NaN]));
}

async function toldAt(at: Date): Promise<Map<string, number>> {
  const told = await rows<{ subject: string; score: number }>(
    'SELECT subject, score FROM shadow_forecast WHERE foretold_at = $1 AND model_version = $2',
    [at, LEARNED_VERSION],
  );
  return new Map(told.map(({ subject, score }) => [subject, score]));
}

/** As a worker has one, but in this thread. */
function openFollower() {
  let now = NOW;
  const state = { opened: 0, isFailing: false, failures: 0 };
  const follower = new ShadowFollower(new ShadowRepository(database.dataSource), {
    openModel: (): ShadowModel => {
      state.opened++;
      const model = new ShadowLearner(database.dataSource);
      return {
        follow: (from, until) =>
          state.isFailing ? Promise.reject(new Error('out of memory')) : model.follow(from, until),
        foretell: (subjects, at) => model.foretell(subjects, at),
        close: () => model.close(),
      };
    },
    now: () => now,
    onForetold: () => undefined,
    onError: () => undefined,
  });
  followers.push(follower);
  return {
    ...{ follower, state },
    /** One look a while after the sample. */
    runAt(at: Date) {
      now = at;
      return follower.run();
    },
  };
}

/** The hour's sample, and what follows in shadow two minutes later. */
async function round(one: ReturnType<typeof openFollower>, at: Date): Promise<number> {
  await forecasts.foretell(42, at);
  return one.runAt(new Date(at.getTime() + 120_000));
}

describe('what a model in shadow foretells', () => {
  it('is of the same subjects, from what was reported until the moment of the sample', async () => {
    await reportFiveDays();
    await forecasts.foretell(42, NOW);
    await report('isp-a', UNKNOWN, after(1 / 60));
    const one = openFollower();
    expect(await one.runAt(after(0.5 / 60))).toBe(0);
    expect(await one.runAt(after(2 / 60))).toBe(13);
    const told = await toldAt(NOW);
    expect(told).toEqual(scoresFrom(reported, NOW));
    expect(told.get(UNKNOWN)).toBe(0);
    expect([...told.values()].some((score) => score > 0 && !Number.isInteger(score))).toBe(true);
    expect(one.follower.subjects()).toBe(60);
    expect(await one.follower.behind()).toBe(1);
    // The sample has been answered.
    expect(await one.runAt(after(3 / 60))).toBe(0);
  });

  it('is the same after a restart as without, and is given each report once', async () => {
    await reportFiveDays();
    const one = openFollower();
    for (const hour of [0, 1, 2]) {
      expect(await round(one, after(hour))).toBe(13);
      await report('isp-b', SUBJECTS[hour + 1] ?? '', after(hour + 0.5));
      await report('isp-c', SUBJECTS[hour + 1] ?? '', after(hour + 0.9));
    }
    await forecasts.foretell(42, after(3));
    await one.runAt(after(3.1));
    const going = await toldAt(after(3));
    expect(going).toEqual(scoresFrom(reported, after(3)));
    expect(going).not.toEqual(await toldAt(after(2)));
    expect(one.state.opened).toBe(1);
    await one.follower.close();

    await rows('DELETE FROM shadow_forecast WHERE foretold_at = $1', [after(3)]);
    const restarted = openFollower();
    expect(await restarted.runAt(after(3.2))).toBe(13);
    expect(await toldAt(after(3))).toEqual(going);
  });

  it('knows nothing of what was taken back, also when it had been given it already', async () => {
    await reportFiveDays();
    const before = await report('isp-a', UNKNOWN, after(-3));
    const [reports, given] = [new ReportRepository(database.dataSource), [...reported]];
    const later = await report('isp-b', UNKNOWN, after(-2));
    const one = openFollower();
    await reports.retract('isp-b', later, 0, after(-1));
    await round(one, NOW);
    expect(await toldAt(NOW)).toEqual(scoresFrom(given, NOW));
    expect((await toldAt(NOW)).get(UNKNOWN)).toBeGreaterThan(0);
    await reports.retract('isp-a', before, 0, after(0.5));
    await round(one, after(1));
    expect((await toldAt(after(1))).get(UNKNOWN)).toBe(0);
    expect(await toldAt(after(1))).toEqual(scoresFrom(given.slice(0, -1), after(1)));
    expect(one.state.opened).toBe(2);
  });

  it('begins anew with the week, so that it does not grow for ever', async () => {
    await report('isp-a', UNKNOWN, after(-14 * 24));
    await report('isp-a', SUBJECTS[0] ?? '', after(-1));
    const one = openFollower();
    await round(one, NOW);
    expect(one.follower.subjects()).toBe(2);
    const nextWeek = after(4 * 24);
    await round(one, nextWeek);
    expect(one.follower.subjects()).toBe(1);
    expect((await toldAt(nextWeek)).get(UNKNOWN)).toBe(0);
  });

  it('comes from one of several workers, and from another when that one ends', async () => {
    await reportFiveDays();
    const [one, other] = [openFollower(), openFollower()];
    expect(await round(one, NOW)).toBe(13);
    await forecasts.foretell(42, after(1));
    expect(await other.runAt(after(1.1))).toBe(0);
    expect(other.follower.subjects()).toBeUndefined();
    await one.follower.close();
    expect(await other.runAt(after(1.1))).toBe(13);
    expect(await toldAt(after(1))).toEqual(scoresFrom(reported, after(1)));
  });

  it('is left out for the hour when it fails, and comes again with the next sample', async () => {
    await reportFiveDays();
    await forecasts.foretell(42, NOW);
    const one = openFollower();
    one.state.isFailing = true;
    await expect(one.runAt(after(0.1))).rejects.toThrow('out of memory');
    one.state.isFailing = false;
    expect(await one.runAt(after(0.2))).toBe(0);
    expect(await round(one, after(1))).toBe(13);
    expect(await toldAt(after(1))).toEqual(scoresFrom(reported, after(1)));
  });

  it('is not made of a sample of which the outcome may have come', async () => {
    await forecasts.foretell(42, NOW);
    expect(await openFollower().runAt(after(1.01))).toBe(0);
  });

  it('changes no score, no listing and no zone', async () => {
    await reportFiveDays();
    const state = async () =>
      Promise.all(
        ['reputation', 'zone_entry', 'zone_change', 'zone_state', 'sighting', 'forecast'].map((table) =>
          rows(`SELECT * FROM ${table} AS one ORDER BY one::text`),
        ),
      );
    await forecasts.foretell(42, NOW);
    const before = await state();
    expect(await openFollower().runAt(after(0.1))).toBe(13);
    expect(await state()).toEqual(before);
  });
});

describe('the stored reports', () => {
  it.each([1, 3, 4, 20_000])('come each once and in order, %i at a time', async (atOnce) => {
    // Several of one moment, at the ends of an hour, and in a week of its own.
    for (const hour of [-5 * 24, -1, -1, -1, -0.5, -0.5, -0.5, -0.5, 0, 0]) {
      await report('isp-a', SUBJECTS[reported.length] ?? '', after(hour));
    }
    const from = after(-5 * 24);
    const times: number[] = [];
    let given = NO_REPORTS;
    for await (const { reports, set } of reportPages(
      database.dataSource,
      positionBefore(from),
      NOW,
      atOnce,
    )) {
      expect(reports.length).toBeLessThanOrEqual(atOnce);
      times.push(...reports.map(({ time }) => time));
      given = joinedSet(given, set);
    }
    expect(times).toEqual(reported.map(({ time }) => time));
    const repository = new ShadowRepository(database.dataSource);
    expect(given).toEqual(await repository.stored(positionBefore(from), NOW));
    expect(await repository.stored(positionAfter(from), NOW)).toMatchObject({ count: 9 });
  });
});

describe('what is published of a model in shadow', () => {
  const tools = (now: Date) => ({ now: () => now, seed: () => 42, k: 3 });

  /** So many members see so many subjects in the day after. */
  async function reportsCome(members: number, subjects = 9): Promise<void> {
    for (let i = 0; i < subjects; i += 1) {
      await report(MEMBERS[i % members] ?? '', SUBJECTS[i] ?? '', after(3));
    }
  }

  const measurements = async () => (await forecasts.published())?.measurements ?? [];
  const brierOf = (scores: ReadonlyMap<string, number>, came: number) => {
    const errors = [...scores].map(([subject, score]) => {
      const isReported = SUBJECTS.includes(subject) && SUBJECTS.indexOf(subject) < came;
      return (score / 100 - Number(isReported)) ** 2;
    });
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  };
  const inForce = new Map([...SUBJECTS, UNKNOWN].map((subject, i) => [subject, 8 * i]));

  it('stands beside the model in force: same sample, same outcomes, its own figures', async () => {
    await reportFiveDays();
    await round(openFollower(), NOW);
    await reportsCome(3);
    expect(await measureModel(forecasts, tools(PUBLISHED))).toMatchObject({
      isPublished: true,
      resolved: 13,
    });
    const [first, second, ...others] = await measurements();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ modelVersion: MODEL_VERSION, forecasts: 13 });
    expect(first).not.toHaveProperty('inForce');
    expect(first?.anyMember.brier).toBeCloseTo(brierOf(inForce, 9), 10);
    expect(second).toMatchObject({ modelVersion: LEARNED_VERSION, forecasts: 13 });
    expect(second?.anyMember.rate).toBeCloseTo(9 / 13, 10);
    expect(second?.anyMember.brier).toBeCloseTo(brierOf(await toldAt(NOW), 9), 10);
    expect(second?.inForce?.anyMember).toBeCloseTo(brierOf(inForce, 9), 10);
    expect(await new ModelRehearsals(database.dataSource).inShadow()).toMatchObject({
      ...{ asOf: PUBLISHED, modelVersion: LEARNED_VERSION, forecasts: 13 },
      ...{ brier: second?.anyMember.brier, inForce: second?.inForce?.anyMember },
      ...{ brierOfAnother: second?.anotherMember.brier, inForceOfAnother: second?.inForce?.anotherMember },
    });
    expect(second?.bins.reduce((sum, bin) => sum + bin.forecasts, 0)).toBe(13);
  });

  it('is compared on what both have foretold, when it began later', async () => {
    await reportFiveDays();
    await forecasts.foretell(42, after(-2));
    await round(openFollower(), NOW);
    await reportsCome(3);
    await measureModel(forecasts, tools(PUBLISHED));
    const [first, second] = await measurements();
    expect(first).toMatchObject({ modelVersion: MODEL_VERSION, forecasts: 26 });
    expect(second).toMatchObject({ modelVersion: LEARNED_VERSION, forecasts: 13 });
    expect(second?.inForce?.anyMember).toBeCloseTo(brierOf(inForce, 9), 10);
  });

  it('tells nothing by subtraction of forecasts that it had no part in', async () => {
    await reportFiveDays();
    // Of the day before two members alone make the outcomes, and the shadow was not there yet.
    await forecasts.foretell(42, after(-30));
    await report('isp-a', SUBJECTS[0] ?? '', after(-7));
    await rows(
      'DELETE FROM sighting WHERE received_at > $1 AND received_at < $2 AND reporter NOT IN ($3, $4)',
      [...[after(-30), NOW, 'isp-a', 'isp-b']],
    );
    await round(openFollower(), NOW);
    await reportsCome(4);
    await measureModel(forecasts, tools(PUBLISHED));
    expect((await measurements()).map(({ modelVersion }) => modelVersion)).toEqual([MODEL_VERSION]);
  });

  it('is nothing without the setting', async () => {
    await reportFiveDays();
    await measureModel(forecasts, tools(NOW));
    await reportsCome(3);
    await measureModel(forecasts, tools(PUBLISHED));
    expect(await rows('SELECT FROM shadow_forecast')).toEqual([]);
    expect((await measurements()).map(({ modelVersion }) => modelVersion)).toEqual([MODEL_VERSION]);
  });
});

it("a person's request shows what was foretold in shadow, deletes it, and it is unlearned", async () => {
  await reportFiveDays();
  const ground = { caseNumber: '1', reason: 'asked in writing' };
  const subject = SUBJECTS[1] ?? '';
  const one = openFollower();
  await round(one, NOW);
  const score = (await toldAt(NOW)).get(subject);
  const operator = await openOperatorDatabase(readConfig({ SEKISHO_DATABASE_URL: database.url }));
  const held = await operator.privacy.requests.access(readSubject(subject), ground, NOW);
  expect(held.shadowForecasts).toEqual([{ foretold_at: NOW, model_version: LEARNED_VERSION, score }]);
  await operator.privacy.requests.delete(readSubject(subject), ground, NOW);
  await operator.close();
  expect([...(await toldAt(NOW)).keys()]).not.toContain(subject);
  await round(one, after(1));
  expect(one.state.opened).toBe(2);
  expect(one.follower.subjects()).toBe(59);
});
