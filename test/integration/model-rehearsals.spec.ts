import { ensurePartitions, MemberRepository, ModelRehearsals, ReportRepository } from '@sekisho/persistence';
import { MODEL_VERSION } from '@sekisho/reputation';
import { createHash, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const NOW = new Date('2030-03-15T12:00:00Z');
const hoursAgo = (count: number) => new Date(NOW.getTime() - count * 3_600_000);

let database: OpenTestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
  for (const at of [NOW, hoursAgo(40)]) await ensurePartitions(database.dataSource, at);
  const members = new MemberRepository(database.dataSource);
  for (const id of ['isp-a', 'isp-b']) {
    await members.add({ id, name: id, role: 'member', networks: [], asns: [] }, 0.8, NOW);
  }
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

async function report(memberId: string, value: string, receivedAt: Date): Promise<string> {
  const { receiptId } = await new ReportRepository(database.dataSource).store({
    ...{ receiptId: randomUUID(), memberId, jti: randomUUID(), digest: Buffer.from(memberId) },
    ...{ receivedAt, rejected: [], salt: Buffer.alloc(32) },
    accepted: [
      {
        index: 0,
        report: {
          ...{ category: 'zombie', evidence: 'trap', count: 12, influenced: false },
          ...{
            subject: { type: 'ip', value },
            firstSeen: receivedAt.getTime(),
            lastSeen: receivedAt.getTime(),
          },
        },
      },
    ],
  });
  return receiptId;
}

async function markListed(value: string): Promise<void> {
  await database.dataSource.query(
    `INSERT INTO reputation (subject, subject_type, listed, score) VALUES ($1, 'ip', true, 90)`,
    [value],
  );
}

describe('a rehearsal on the stored reports', () => {
  it('compares with what is listed, counts contested changes and is recorded', async () => {
    for (const member of ['isp-a', 'isp-b']) await report(member, '198.51.100.1', hoursAgo(1));
    for (const member of ['isp-a', 'isp-b']) await report(member, '203.0.113.9', hoursAgo(0.1));
    const takenBack = await report('isp-a', '203.0.113.77', hoursAgo(0.1));
    await new ReportRepository(database.dataSource).retract('isp-a', takenBack, 0, hoursAgo(0.05));
    await report('isp-a', '203.0.113.78', hoursAgo(30));
    // Listed by nothing that the reports of this day say.
    await markListed('203.0.113.200');
    await database.dataSource.query(
      `INSERT INTO privacy_request (kind, subject_digest, case_number, reason, row_counts, done_at)
       VALUES ('correction', $1, '1', 'test', '{}', $2)`,
      [createHash('sha256').update('203.0.113.200').digest(), hoursAgo(2)],
    );
    const rehearsals = new ModelRehearsals(database.dataSource);
    const rehearsed = await rehearsals.rehearse(1, NOW);
    expect(rehearsed).toMatchObject({
      ...{ model: 'learned', inForce: MODEL_VERSION, reportsFrom: hoursAgo(24) },
      outcome: { reports: 4, subjects: 2, listedNow: 1, listedLess: 1, appealsAffected: 1 },
    });
    expect(rehearsed.outcome.listedThen).toBe(rehearsed.outcome.listedMore);
    expect(rehearsed.outcome.listedMore).toBeGreaterThanOrEqual(1);
    expect(await rehearsals.list()).toEqual([rehearsed]);
  });

  it('changes no reputation', async () => {
    for (const member of ['isp-a', 'isp-b']) await report(member, '203.0.113.9', hoursAgo(1));
    await markListed('203.0.113.200');
    const reputations = () => database.dataSource.query('SELECT * FROM reputation ORDER BY subject');
    const before: unknown = await reputations();
    await new ModelRehearsals(database.dataSource).rehearse(14, NOW);
    expect(await reputations()).toEqual(before);
  });
});
