import { ensurePartitions, MemberRepository, reputationAsOf, ReportRepository } from '@sekisho/persistence';
import { compileWarningLists } from '@sekisho/reputation';
import type { Subject } from '@sekisho/subject';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const NOW = new Date('2030-03-15T12:00:00Z');
const hours = (count: number) => new Date(NOW.getTime() + count * 3_600_000);
const IP: Subject = { type: 'ip', value: '203.0.113.9' };

let database: OpenTestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
  await ensurePartitions(database.dataSource, NOW);
  const members = new MemberRepository(database.dataSource);
  for (const id of ['isp-a', 'isp-b']) {
    await members.add({ id, name: id, role: 'member', networks: [], asns: [] }, 0.8, NOW);
  }
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

async function report(memberId: string, receivedAt: Date): Promise<string> {
  const { receiptId } = await new ReportRepository(database.dataSource).store({
    ...{ receiptId: randomUUID(), memberId, jti: randomUUID(), digest: Buffer.from(memberId) },
    ...{ receivedAt, rejected: [], salt: Buffer.alloc(32) },
    accepted: [
      {
        index: 0,
        report: {
          ...{ subject: IP, category: 'zombie', evidence: 'trap', count: 12, influenced: false },
          // Seen long before it was reported: what was not received yet was not known.
          ...{ firstSeen: NOW.getTime(), lastSeen: NOW.getTime() },
        },
      },
    ],
  });
  return receiptId;
}
const asOf = (at: Date, lists = compileWarningLists([])) =>
  reputationAsOf(database.dataSource, IP, at, lists);

describe('a reputation as of a past moment', () => {
  it('knows the reports received until then and no later one', async () => {
    await report('isp-a', hours(1));
    await report('isp-b', hours(3));
    expect(await asOf(hours(0))).toBeUndefined();
    expect(await asOf(hours(2))).toMatchObject({ listed: false, memberCount: 1 });
    expect(await asOf(hours(4))).toMatchObject({ listed: true, memberCount: 2, subject: IP.value });
  });

  it('still counts a report that was retracted afterwards', async () => {
    await report('isp-a', hours(1));
    const receiptId = await report('isp-b', hours(1));
    await new ReportRepository(database.dataSource).retract('isp-b', receiptId, 0, hours(5));
    expect(await asOf(hours(4))).toMatchObject({ listed: true, memberCount: 2 });
    expect(await asOf(hours(6))).toMatchObject({ listed: false, memberCount: 1 });
  });

  it('protects what a warning list protects', async () => {
    await report('isp-a', hours(1));
    await report('isp-b', hours(1));
    const list = { name: 'providers', description: '', origin: '', licence: '', type: 'cidr' } as const;
    const lists = compileWarningLists([{ ...list, entries: ['203.0.113.0/24'] }]);
    expect(await asOf(hours(2), lists)).toMatchObject({ listed: false });
  });
});
