// Scores held against what came in the day after, on the real database with its time passed in.
import {
  dropExpiredRows,
  ensurePartitions,
  ForecastRepository,
  MemberRepository,
  openOperatorDatabase,
  ReportRepository,
} from '@sekisho/persistence';
import { readConfig } from '@sekisho/config';
import { MODEL_VERSION } from '@sekisho/reputation';
import type { Category } from '@sekisho/report';
import { readSubject } from '@sekisho/subject';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureModel } from '../../apps/worker/src/quality/measure-quality.js';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const NOW = new Date('2030-03-15T12:20:00Z');
const after = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
/** The first midnight at which what was foretold now is over. */
const PUBLISHED = new Date('2030-03-17T00:00:00Z');
const MEMBERS = ['isp-a', 'isp-b', 'isp-c', 'isp-d'];
const SEED = 42;

let database: OpenTestDatabase;
let forecasts: ForecastRepository;
beforeEach(async () => {
  database = await openTestDatabase();
  for (const at of [NOW, after(14 * 24)]) await ensurePartitions(database.dataSource, at);
  forecasts = new ForecastRepository(database.dataSource);
  const members = new MemberRepository(database.dataSource);
  for (const id of MEMBERS) {
    await members.add({ id, name: id, role: 'member', networks: [], asns: [] }, 0.8, NOW);
  }
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const rows = async <T extends object>(query: string, parameters: unknown[] = []): Promise<T[]> =>
  database.dataSource.query(query, parameters);

async function knows(subject: string, score: number, listed = score >= 70): Promise<void> {
  await rows(
    `INSERT INTO reputation (subject, subject_type, score, listed, model_version) VALUES ($1, $2, $3, $4, $5)`,
    [subject, readSubject(subject).type, score, listed, MODEL_VERSION],
  );
}

interface Told {
  readonly at: Date;
  readonly seenAt?: Date;
  readonly category?: Category;
  readonly influenced?: boolean;
}

async function report(
  memberId: string,
  subject: string,
  { at, seenAt = at, category = 'zombie', influenced = false }: Told,
): Promise<string> {
  const { receiptId } = await new ReportRepository(database.dataSource).store({
    ...{ receiptId: randomUUID(), memberId, jti: randomUUID(), digest: Buffer.from(memberId) },
    ...{ receivedAt: at, rejected: [], salt: Buffer.alloc(32) },
    accepted: [
      {
        index: 0,
        report: {
          ...{ subject: readSubject(subject), category, evidence: 'trap', count: 3, influenced },
          ...{ firstSeen: seenAt.getTime(), lastSeen: seenAt.getTime() },
        },
      },
    ],
  });
  return receiptId;
}

const cameOf = async (subject: string) =>
  (
    await rows<{ came: boolean | null; another: boolean | null }>(
      'SELECT came, came_by_another AS another FROM forecast WHERE subject = $1',
      [subject],
    )
  )[0];

describe('what is foretold', () => {
  it('is the score in force of a sample, once an hour, weighed back by the rate at which it was taken', async () => {
    for (let i = 0; i < 200; i += 1) await knows(`192.0.2.${String(i)}`, 3);
    for (let i = 0; i < 5; i += 1) await knows(`198.51.100.${String(i)}`, 93);
    await knows('203.0.113.1', 64, true);
    await knows('203.0.113.2', 66, false);
    const written = await forecasts.foretell(SEED, NOW);
    const strata = await rows<{ listed: boolean; high: boolean; taken: number; stands: number }>(
      `SELECT listed, score >= 60 AS high, count(*)::int AS taken, sum(weight) AS stands FROM forecast GROUP BY 1, 2 ORDER BY 1, 2`,
    );
    const [low, ...all] = strata;
    expect(low).toMatchObject({ listed: false, high: false });
    expect(low?.taken).toBeGreaterThan(10);
    expect(low?.taken).toBeLessThan(45);
    expect(low?.stands).toBeCloseTo((low?.taken ?? 0) * 8);
    expect(all).toEqual([
      { listed: false, high: true, taken: 1, stands: 1 },
      { listed: true, high: true, taken: 6, stands: 6 },
    ]);
    expect(written).toBe((low?.taken ?? 0) + 7);
    expect(await forecasts.foretell(SEED + 1, after(0.5))).toBe(0);
    expect(await forecasts.foretell(SEED + 1, after(0.7))).toBeGreaterThan(0);
  });

  it('is the same sample for the same seed, and one of two workers writes it', async () => {
    for (let i = 0; i < 200; i += 1) await knows(`192.0.2.${String(i)}`, 3);
    const both = await Promise.all([forecasts.foretell(SEED, NOW), forecasts.foretell(SEED, NOW)]);
    expect(both).toContain(0);
    const taken = () => rows<{ subject: string }>('SELECT subject FROM forecast ORDER BY subject');
    const first = await taken();
    expect(first).toHaveLength(Math.max(...both));
    await rows('DELETE FROM forecast');
    await forecasts.foretell(SEED, NOW);
    expect(await taken()).toEqual(first);
    await rows('DELETE FROM forecast');
    await forecasts.foretell(SEED + 1, NOW);
    expect(await taken()).not.toEqual(first);
  });

  it('leaves out networks, what people decided and what is not scored yet', async () => {
    await knows('192.0.2.0/24', 90);
    await knows('192.0.2.1', 90);
    await knows('192.0.2.2', 90);
    await knows('192.0.2.3', 90);
    await rows(`UPDATE reputation SET undecided_listed = true WHERE subject = '192.0.2.2'`);
    await rows(`UPDATE reputation SET model_version = NULL WHERE subject = '192.0.2.3'`);
    await forecasts.foretell(SEED, NOW);
    expect(await rows('SELECT subject FROM forecast')).toEqual([{ subject: '192.0.2.1' }]);
  });
});

describe('what came', () => {
  const SUBJECT = '192.0.2.1';

  /** What is written down of one forecast after a day in which so much was told. */
  async function afterwards(tell: () => Promise<unknown>) {
    await knows(SUBJECT, 80);
    await report('isp-a', SUBJECT, { at: after(-5) });
    await forecasts.foretell(SEED, NOW);
    await tell();
    await forecasts.resolve(after(25.1));
    return cameOf(SUBJECT);
  }
  const BOTH = { came: true, another: true };
  const NEITHER = { came: false, another: false };

  it('is abusive mail after the moment and within a day', async () => {
    expect(await afterwards(() => report('isp-b', SUBJECT, { at: after(23.9) }))).toEqual(BOTH);
  });

  it('is told apart by whether the member had reported the subject before', async () => {
    expect(await afterwards(() => report('isp-a', SUBJECT, { at: after(3) }))).toEqual({
      came: true,
      another: false,
    });
  });

  it('is not mail from before that was told late', async () => {
    expect(await afterwards(() => report('isp-b', SUBJECT, { at: after(3), seenAt: after(-1) }))).toEqual(
      NEITHER,
    );
  });

  it('is not mail after the day', async () => {
    expect(await afterwards(() => report('isp-b', SUBJECT, { at: after(24.5) }))).toEqual(NEITHER);
  });

  it('is mail of the last hour whose report took a while', async () => {
    expect(
      await afterwards(() => report('isp-b', SUBJECT, { at: after(24.5), seenAt: after(23.5) })),
    ).toEqual(BOTH);
  });

  it.each([
    ['good mail', { at: after(3), category: 'ham' }],
    ['a dynamic range', { at: after(3), category: 'dynamic-range' }],
    ['what our own verdict led to', { at: after(3), influenced: true }],
  ] as const)('is not %s', async (_what, told) => {
    expect(await afterwards(() => report('isp-b', SUBJECT, told))).toEqual(NEITHER);
  });

  it('is not a report that was taken back', async () => {
    const tell = async () => {
      const receiptId = await report('isp-b', SUBJECT, { at: after(3) });
      await new ReportRepository(database.dataSource).retract('isp-b', receiptId, 0, after(4));
    };
    expect(await afterwards(tell)).toEqual(NEITHER);
  });

  it('is open while the day is not over', async () => {
    await knows(SUBJECT, 80);
    await forecasts.foretell(SEED, NOW);
    expect(await forecasts.resolve(after(24.9))).toBe(0);
    expect(await cameOf(SUBJECT)).toEqual({ came: null, another: null });
    expect(await forecasts.resolve(after(25))).toBe(1);
  });
});

describe('what is published', () => {
  const tools = (now: Date, seed = SEED) => ({ now: () => now, seed: () => seed, k: 3 });

  async function foretold(): Promise<void> {
    for (let i = 0; i < 10; i += 1) {
      await knows(`192.0.2.${String(i)}`, 5);
      await knows(`198.51.100.${String(i)}`, 95);
    }
    expect(await measureModel(forecasts, tools(NOW))).toEqual({
      ...{ foretold: 20, resolved: 0, isPublished: false },
    });
  }

  it('once a day is how far the scores agreed with what came, by the version of the model', async () => {
    await foretold();
    for (let i = 0; i < 8; i += 1) {
      await report(MEMBERS[i % 3] ?? '', `198.51.100.${String(i)}`, { at: after(2) });
    }
    const round = await measureModel(forecasts, tools(new Date('2030-03-16T23:59:00Z')));
    expect(round).toMatchObject({ resolved: 20, isPublished: false });
    expect(await measureModel(forecasts, tools(PUBLISHED))).toMatchObject({ isPublished: true });
    const published = await forecasts.published();
    expect(published).toMatchObject({ asOf: PUBLISHED });
    const [measurement, ...others] = published?.measurements ?? [];
    expect(others).toEqual([]);
    expect(measurement).toMatchObject({ modelVersion: MODEL_VERSION, forecasts: 20 });
    expect(measurement?.anyMember.rate).toBeCloseTo(0.4);
    expect(measurement?.anyMember.brierOfConstant).toBeCloseTo(0.24);
    expect(measurement?.anyMember.brier).toBeCloseTo((10 * 0.05 ** 2 + 8 * 0.05 ** 2 + 2 * 0.95 ** 2) / 20);
    expect(measurement?.bins).toMatchObject([
      { from: 0, to: 9, forecasts: 10, came: 0 },
      { from: 90, to: 100, forecasts: 10, came: 0.8, cameByAnother: 0.8 },
    ]);
    expect(measurement?.bins[1]?.foretold).toBeCloseTo(0.95);
    expect(await measureModel(forecasts, tools(new Date('2030-03-17T08:00:00Z')))).toMatchObject({
      isPublished: false,
    });
  });

  it('is nothing while fewer than k members have a part in it', async () => {
    await foretold();
    for (let i = 0; i < 8; i += 1) {
      await report(MEMBERS[i % 2] ?? '', `198.51.100.${String(i)}`, { at: after(2) });
    }
    expect(await measureModel(forecasts, tools(PUBLISHED))).toMatchObject({ isPublished: false });
    expect(await forecasts.published()).toBeUndefined();
  });

  it('has nothing from more than 14 days ago, and old forecasts are deleted', async () => {
    await foretold();
    for (let i = 0; i < 8; i += 1) {
      await report(MEMBERS[i % 3] ?? '', `198.51.100.${String(i)}`, { at: after(2) });
    }
    await forecasts.resolve(after(26));
    expect(await forecasts.publish(3, new Date('2030-03-31T12:00:00Z'))).toBe(false);
    expect(await forecasts.publish(3, new Date('2030-03-30T12:00:00Z'))).toBe(true);
    expect((await dropExpiredRows(database.dataSource, after(17 * 24))).get('forecast')).toBeUndefined();
    expect((await dropExpiredRows(database.dataSource, after(18.1 * 24))).get('forecast')).toBe(20);
  });
});

it("a person's request shows the forecasts about the subject, and deletes them", async () => {
  const ground = { caseNumber: '1', reason: 'asked in writing' };
  for (const subject of ['192.0.2.1', '192.0.2.2']) await knows(subject, 80);
  await forecasts.foretell(SEED, NOW);
  const operator = await openOperatorDatabase(readConfig({ SEKISHO_DATABASE_URL: database.url }));
  const { requests } = operator.privacy;
  const held = await requests.access(readSubject('192.0.2.1'), ground, NOW);
  expect(held.forecasts).toEqual([{ foretold_at: NOW, score: 80, listed: true, came: null }]);
  expect(await requests.delete(readSubject('192.0.2.1'), ground, NOW)).toMatchObject({ forecasts: 1 });
  expect(await rows('SELECT subject FROM forecast')).toEqual([{ subject: '192.0.2.2' }]);
  await operator.close();
});
