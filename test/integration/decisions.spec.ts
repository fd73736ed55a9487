import {
  DecisionRepository,
  ensurePartitions,
  MemberRepository,
  openNotifications,
  reputationAsOf,
  ReportRepository,
  ReputationRepository,
  ScoringRepository,
  setDecision,
  ZoneRepository,
  type NewDecision,
} from '@sekisho/persistence';
import { compileWarningLists } from '@sekisho/reputation';
import type { Subject } from '@sekisho/subject';
import { saltedEntry } from '@sekisho/tlog';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DecisionClock } from '../../apps/worker/src/decisions/decision-clock.js';
import { ScoringService } from '../../apps/worker/src/scoring/scoring.service.js';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const START = new Date('2030-03-15T12:00:00Z');
const HOUR = 3_600_000;
const IP: Subject = { type: 'ip', value: '203.0.113.9' };
const AROUND: Subject = { type: 'network', value: '203.0.112.0/23' };

let database: OpenTestDatabase;
let now = START;
let decisions: DecisionRepository;
let scoring: ScoringService;

beforeEach(async () => {
  database = await openTestDatabase(12);
  now = START;
  await ensurePartitions(database.dataSource, START);
  const members = new MemberRepository(database.dataSource);
  for (const id of ['isp-a', 'isp-b', 'isp-c']) {
    await members.add({ id, name: id, role: 'member', networks: [], asns: [] }, 0.8, START);
  }
  decisions = new DecisionRepository(database.dataSource);
  const reports = new ReportRepository(database.dataSource);
  scoring = new ScoringService(
    new ScoringRepository(database.dataSource),
    (before, limit) => reports.unscored(before, limit),
    compileWarningLists([]),
    () => now,
  );
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const later = (hours: number) => new Date(START.getTime() + hours * HOUR);
const decision = (change: Partial<NewDecision> = {}): NewDecision => ({
  ...{ subject: IP, kind: 'list', category: 'phishing', from: START, until: later(2) },
  ...{ source: { type: 'action', id: 'action-1' }, ...change },
});

/** What the worker does with all that is due at a moment. */
async function seeToAll(at: Date): Promise<void> {
  now = at;
  const failures: unknown[] = [];
  const clock = new DecisionClock(
    decisions,
    { score: (subjects) => scoring.scoreSubjects(subjects), reviewDependents: () => scoring.review(100) },
    () => now,
    (error) => failures.push(error),
  );
  clock.wake();
  await clock.close();
  expect(failures).toEqual([]);
}

async function report(memberId: string, receivedAt = START): Promise<void> {
  const { receiptId } = await new ReportRepository(database.dataSource).store({
    ...{ receiptId: randomUUID(), memberId, jti: randomUUID(), digest: Buffer.from(memberId) },
    ...{ receivedAt, rejected: [], salt: Buffer.alloc(16) },
    accepted: [
      {
        index: 0,
        report: {
          ...{ subject: IP, category: 'zombie', evidence: 'trap', count: 12, influenced: false },
          ...{ firstSeen: receivedAt.getTime(), lastSeen: receivedAt.getTime() },
        },
      },
    ],
  });
  await scoring.scoreReceipt(receiptId);
}

const published = async (zone: string) =>
  Object.fromEntries(
    (await new ZoneRepository(database.dataSource).snapshot(zone))?.entries.map(({ subject, codes }) => [
      subject,
      codes,
    ]) ?? [],
  );
const read = async (subject: Subject = IP) =>
  (await new ReputationRepository(database.dataSource).find([subject])).get(subject.value);
const asOf = (at: Date) => reputationAsOf(database.dataSource, IP, at, compileWarningLists([]));

describe('a decision', () => {
  it('to list is in the zones without any evidence, and gone when its time is over', async () => {
    expect(await decisions.set(decision(), START)).toBe(true);
    await seeToAll(START);
    expect(await published('ip')).toEqual({ [IP.value]: ['127.0.70.7'] });
    expect(await published('high.ip')).toEqual({ [IP.value]: ['127.0.70.7'] });
    expect(await read()).toMatchObject({ listed: true, listedUntil: later(2) });
    expect(await decisions.nextDue()).toEqual(later(2));
    await seeToAll(later(2));
    expect(await published('ip')).toEqual({});
    expect(await decisions.nextDue()).toBeUndefined();
  });

  it('leaves a listing by evidence its own end, which comes when it was foretold', async () => {
    for (const member of ['isp-a', 'isp-b', 'isp-c']) await report(member);
    const until = (await read())?.listedUntil ?? new Date(NaN);
    expect(await asOf(START)).toMatchObject({ listedUntil: until });
    await decisions.set(decision(), START);
    await seeToAll(START);
    const foretold = (await read())?.listedUntil?.getTime() ?? NaN;
    expect(Math.abs(foretold - until.getTime())).toBeLessThan((until.getTime() - START.getTime()) / 500);
    await seeToAll(later(2));
    now = new Date(until.getTime() - HOUR);
    await scoring.review(100);
    expect(await read()).toMatchObject({ listed: true });
    now = until;
    await scoring.review(100);
    expect(await read()).toMatchObject({ listed: false, listedUntil: undefined });
    expect(await published('ip')).toEqual({});
  });

  it('that begins later changes nothing before', async () => {
    await decisions.set(decision({ from: later(1) }), START);
    await seeToAll(START);
    expect(await published('ip')).toEqual({});
    expect(await decisions.nextDue()).toEqual(later(1));
    await seeToAll(later(1));
    expect(await published('ip')).toEqual({ [IP.value]: ['127.0.70.7'] });
  });

  it('never to list takes an address out at once, and evidence counts again after it', async () => {
    for (const member of ['isp-a', 'isp-b', 'isp-c']) await report(member);
    expect(await read()).toMatchObject({ listed: true });
    await decisions.set(decision({ kind: 'never-list', category: undefined }), START);
    await seeToAll(START);
    expect(await read()).toMatchObject({ listed: false, recommendation: 'TAG' });
    expect(await published('ip')).toEqual({});
    await report('isp-a');
    expect(await read()).toMatchObject({ listed: false });
    await decisions.end({ type: 'action', id: 'action-1' }, START, 'it was wrong');
    await seeToAll(START);
    expect(await read()).toMatchObject({ listed: true });
  });

  it('never to list a network holds for every address in it', async () => {
    for (const member of ['isp-a', 'isp-b', 'isp-c']) await report(member);
    await decisions.set(decision({ subject: AROUND, kind: 'never-list', category: undefined }), START);
    await seeToAll(START);
    expect(await read()).toMatchObject({ listed: false });
    await seeToAll(later(2));
    expect(await read()).toMatchObject({ listed: true });
  });

  it('leaves no hysteresis: what evidence alone would not list is not listed after it', async () => {
    // Two reporters of this trust give less than a listing needs and more than it needs to stay.
    await database.dataSource.query('UPDATE member SET trust = 0.45');
    await report('isp-a');
    await report('isp-b');
    const before = await read();
    expect(before).toMatchObject({ listed: false });
    expect(before?.score).toBeGreaterThanOrEqual(55);
    await decisions.set(decision(), START);
    await seeToAll(START);
    expect(await read()).toMatchObject({ score: 70, listed: true });
    await scoring.scoreSubjects([IP]);
    await decisions.end({ type: 'action', id: 'action-1' }, START, '');
    await seeToAll(START);
    expect(await read()).toMatchObject({ score: before?.score, listed: false });
  });

  it('of one source counts once, the last one, and does not come back after its end', async () => {
    const source = { type: 'action', id: 'action-1' } as const;
    expect(await decisions.set(decision(), START)).toBe(true);
    expect(await decisions.set(decision(), START)).toBe(false);
    expect(await decisions.set(decision({ until: later(3) }), START)).toBe(true);
    expect(await decisions.list({ isInForceOnly: true }, START)).toMatchObject([{ until: later(3) }]);
    await decisions.end(source, START, 'rolled back');
    expect(await decisions.set(decision({ until: later(3) }), START)).toBe(false);
    expect(await decisions.list({ isInForceOnly: true }, START)).toEqual([]);
    await expect(decisions.end(source, START, '')).rejects.toMatchObject({ code: 'decision-unknown' });
  });

  it('made by two at the same moment is one', async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => decisions.set(decision(), START)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await decisions.list({ isInForceOnly: true }, START)).toHaveLength(1);
  });

  it.each([
    ['decision-category', { category: 'spam-domain' }],
    ['decision-category', { kind: 'never-list' }],
    ['decision-times', { until: START }],
    ['decision-times', { from: later(3) }],
    ['decision-subject', { subject: { type: 'subscriber', value: 'x'.repeat(43) }, category: undefined }],
  ] as const)('is refused as %s when nothing could come of it', async (code, change) => {
    await expect(decisions.set(decision(change), START)).rejects.toMatchObject({ code });
    expect(await decisions.list({ isInForceOnly: false }, START)).toEqual([]);
  });

  it('is an entry of the transparency log, and its end another; without the salts they say nothing', async () => {
    await decisions.set(decision(), START);
    await decisions.end({ type: 'action', id: 'action-1' }, START, 'rolled back');
    const [one] = await decisions.list({ isInForceOnly: false }, START);
    expect(one?.entries.map(({ statement }) => (JSON.parse(statement) as { change: string }).change)).toEqual(
      [...['made', 'ended']],
    );
    const rows: { first_index: string; entries: Buffer }[] = await database.dataSource.query(
      'SELECT first_index, entries FROM log_append ORDER BY first_index',
    );
    for (const { index, salt, statement } of one?.entries ?? []) {
      const logged = rows.find((row) => Number(row.first_index) === index);
      expect(logged?.entries).toEqual(
        Buffer.from(saltedEntry('listing', Buffer.from(salt, 'hex'), statement)),
      );
    }
  });

  it('is not made when the transaction that made it fails, nor in the log', async () => {
    await expect(
      database.dataSource.transaction(async (sql) => {
        await setDecision(sql, decision(), START);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await decisions.list({ isInForceOnly: false }, START)).toEqual([]);
    expect(await database.dataSource.query('SELECT FROM log_append')).toEqual([]);
  });

  it('is known to a past score of its time, and to no other', async () => {
    await report('isp-a', later(0));
    await decisions.set(decision({ from: later(1), until: later(4) }), later(1));
    await decisions.end({ type: 'action', id: 'action-1' }, later(3), '');
    expect(await asOf(later(0.5))).toMatchObject({ listed: false });
    expect(await asOf(later(2))).toMatchObject({ listed: true, score: 70 });
    expect(await asOf(later(3.5))).toMatchObject({ listed: false });
    await seeToAll(later(2));
    expect(await read()).toMatchObject({ score: 62, listed: false });
  });

  it('tells the worker by a notification', async () => {
    let told = 0;
    const notifications = await openNotifications(database.url, () => undefined);
    notifications.on('sekisho_decisions', () => told++);
    await decisions.set(decision(), START);
    await expect.poll(() => told).toBe(1);
    await notifications.close();
  });
});
