import {
  APPEAL_TERMS,
  AppealDecisions,
  AppealRepository,
  DecisionRepository,
  dropExpiredRows,
  ensurePartitions,
  MemberRepository,
  ReportRepository,
  ReputationRepository,
  ScoringRepository,
  type StoredAppeal,
} from '@sekisho/persistence';
import { compileWarningLists } from '@sekisho/reputation';
import type { Category } from '@sekisho/report';
import type { Subject } from '@sekisho/subject';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScoringService } from '../../apps/worker/src/scoring/scoring.service.js';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const START = new Date('2030-03-15T12:00:00Z');
const IP: Subject = { type: 'ip', value: '203.0.113.9' };
const later = (ms: number) => new Date(START.getTime() + ms);
const HOUR = 3_600_000;

let database: OpenTestDatabase;
let now = START;
let appeals: AppealRepository;
let scoring: ScoringService;

beforeEach(async () => {
  database = await openTestDatabase(6);
  now = START;
  await ensurePartitions(database.dataSource, START);
  const members = new MemberRepository(database.dataSource);
  for (const id of ['isp-a', 'isp-b', 'isp-c', 'wg']) {
    await members.add({ id, name: id, role: 'reviewer', networks: [], asns: [] }, 0.8, START);
  }
  appeals = new AppealRepository(database.dataSource);
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

async function report(memberId: string, at = START, category: Category = 'zombie'): Promise<void> {
  now = at;
  const { receiptId } = await new ReportRepository(database.dataSource).store({
    ...{ receiptId: randomUUID(), memberId, jti: randomUUID(), digest: Buffer.from(memberId) },
    ...{ receivedAt: at, rejected: [], salt: Buffer.alloc(16) },
    accepted: [
      {
        index: 0,
        report: {
          ...{ subject: IP, category, evidence: 'trap', count: 12, influenced: false },
          ...{ firstSeen: at.getTime(), lastSeen: at.getTime() },
        },
      },
    ],
  });
  await scoring.scoreReceipt(receiptId);
}

const read = async () => (await new ReputationRepository(database.dataSource).find([IP])).get(IP.value);

async function confirmed(category: Category, at = START): Promise<StoredAppeal> {
  const filed = await appeals.file(
    {
      ...{ subject: IP, category, owner: undefined, language: 'en', words: 'Fixed.', mail: 'a@b.example' },
      ...{ secret: randomUUID(), proof: undefined },
    },
    at,
  );
  return appeals.confirm(filed.id, 'address', at);
}

describe('a first listing as a zombie', () => {
  it('is lifted at once, and back with the first report of new abuse', async () => {
    for (const member of ['isp-a', 'isp-b', 'isp-c']) await report(member);
    expect(await confirmed('zombie')).toMatchObject({ state: 'decided', outcome: 'released' });
    await scoring.review(100);
    expect(await read()).toMatchObject({ listed: false, score: 0 });
    await report('isp-a', later(HOUR));
    expect(await read()).toMatchObject({ listed: true });
    expect(await confirmed('zombie', later(HOUR))).toMatchObject({ state: 'open' });
  });
});

describe('an appeal', () => {
  it('that nobody decides is escalated, and then suspends the listing until somebody does', async () => {
    const { id, version } = await confirmed('spam-source');
    const due = later(APPEAL_TERMS.reviewMs);
    expect(await appeals.escalate(new Date(due.getTime() - 1))).toEqual({ escalated: 0, suspended: 0 });
    expect(await appeals.escalate(due)).toEqual({ escalated: 1, suspended: 0 });
    const long = new Date(due.getTime() + APPEAL_TERMS.escalationMs);
    expect(await appeals.escalate(long)).toEqual({ escalated: 0, suspended: 1 });
    expect(await appeals.escalate(long)).toEqual({ escalated: 0, suspended: 0 });
    const decisions = new DecisionRepository(database.dataSource);
    expect(await decisions.list({ isInForceOnly: true }, long)).toMatchObject([{ kind: 'never-list' }]);
    const ruling = { outcome: 'rejected', reason: 'It is right.', version, reviewer: 'wg' } as const;
    await new AppealDecisions(database.dataSource).decide(id, ruling, long);
    expect(await decisions.list({ isInForceOnly: true }, long)).toEqual([]);
  });

  it('is one at a time about the same subject', async () => {
    await confirmed('spam-source');
    await expect(confirmed('spam-source')).rejects.toMatchObject({ code: 'appeal-open-already' });
  });

  it('is forgotten by and by: what was written first', async () => {
    const { id, version } = await confirmed('spam-source');
    const ruling = { outcome: 'upheld', reason: 'A mistake.', version, reviewer: 'wg' } as const;
    await new AppealDecisions(database.dataSource).decide(id, ruling, START);
    await dropExpiredRows(database.dataSource, later(APPEAL_TERMS.wordsMs - HOUR));
    expect(await appeals.byId(id)).toMatchObject({ words: 'Fixed.', mail: 'a@b.example' });
    await dropExpiredRows(database.dataSource, later(APPEAL_TERMS.wordsMs + HOUR));
    expect(await appeals.byId(id)).toMatchObject({ words: undefined, mail: undefined, outcome: 'upheld' });
    await dropExpiredRows(database.dataSource, later(APPEAL_TERMS.keepMs + HOUR));
    expect(await appeals.byId(id)).toBeUndefined();
  });
});
