import {
  ensurePartitions,
  MemberRepository,
  ReportRepository,
  ReputationRepository,
  ScoringRepository,
  ZoneRepository,
} from '@sekisho/persistence';
import { compileWarningLists } from '@sekisho/reputation';
import type { Subject } from '@sekisho/subject';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScoringService } from '../../apps/worker/src/scoring/scoring.service.js';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const NOW = new Date('2030-03-15T12:00:00Z');
const IP: Subject = { type: 'ip', value: '203.0.113.9' };

let database: OpenTestDatabase;
beforeEach(async () => {
  database = await openTestDatabase(12);
  await ensurePartitions(database.dataSource, NOW);
  const members = new MemberRepository(database.dataSource);
  for (const id of ['isp-a', 'isp-b', 'isp-c']) {
    await members.add({ id, name: id, role: 'member', networks: [], asns: [] }, 0.5, NOW);
  }
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const worker = () => {
  const reports = new ReportRepository(database.dataSource);
  return new ScoringService(
    new ScoringRepository(database.dataSource),
    (before, limit) => reports.unscored(before, limit),
    compileWarningLists([]),
    () => NOW,
  );
};

async function report(memberId: string, subjects: readonly Subject[]): Promise<string> {
  const time = NOW.getTime();
  const { receiptId } = await new ReportRepository(database.dataSource).store({
    ...{ receiptId: randomUUID(), memberId, jti: randomUUID(), digest: Buffer.from(memberId) },
    ...{ receivedAt: NOW, rejected: [], salt: Buffer.alloc(16) },
    accepted: subjects.map((subject, index) => ({
      index,
      report: {
        ...{ subject, category: 'zombie', evidence: 'trap', count: 12, influenced: false },
        ...{ firstSeen: time, lastSeen: time },
      },
    })),
  });
  return receiptId;
}

const read = async (subject: Subject) =>
  (await new ReputationRepository(database.dataSource).find([subject])).get(subject.value);

describe('two workers with the same subject', () => {
  it('end with the score over all evidence, whoever is last', async () => {
    await worker().scoreReceipt(await report('isp-a', [IP]));
    // The first worker to write lingers after it has read its evidence, before it touches a row.
    await database.dataSource.query(`CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF pg_try_advisory_lock(42) THEN PERFORM pg_sleep(1); END IF; RETURN NULL; END $$`);
    await database.dataSource.query(
      `CREATE TRIGGER linger BEFORE UPDATE ON reputation FOR EACH STATEMENT EXECUTE FUNCTION linger()`,
    );
    const isLingering = async () => {
      const held: unknown[] = await database.dataSource.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 42
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      return held.length > 0;
    };
    const second = worker().scoreReceipt(await report('isp-b', [IP]));
    await expect.poll(isLingering, { interval: 20 }).toBe(true);
    // The third report arrives meanwhile, and another worker takes it.
    const third = worker().scoreReceipt(await report('isp-c', [IP]));
    await Promise.all([second, third]);
    expect(await read(IP)).toMatchObject({ memberCount: 3, listed: true });
  });

  it('and many subjects in different orders wait for one another, never in a circle', async () => {
    const subjects = Array.from({ length: 60 }, (_, i): Subject => ({
      type: 'ip',
      value: `198.51.100.${i}`,
    }));
    const receipts = await Promise.all(
      ['isp-a', 'isp-b', 'isp-c'].flatMap((id) => [report(id, subjects), report(id, subjects.toReversed())]),
    );
    await Promise.all(receipts.map((receipt) => worker().scoreReceipt(receipt)));
    const [row]: { n: number }[] = await database.dataSource.query(
      `SELECT count(*)::int AS n FROM reputation WHERE subject_type = 'ip' AND listed AND member_count = 3`,
    );
    expect(row?.n).toBe(60);
    const zone = await new ZoneRepository(database.dataSource).snapshot('ip');
    // The sixty and the /24 that they fill.
    expect(zone?.entries.map(({ subject }) => subject)).toContain('198.51.100.0/24');
    expect(zone?.entries).toHaveLength(61);
  });

  it('scoring a receipt again changes nothing: not a score, not a serial', async () => {
    const receipts = await Promise.all(['isp-a', 'isp-b', 'isp-c'].map((id) => report(id, [IP])));
    for (const receipt of receipts) await worker().scoreReceipt(receipt);
    const zones = new ZoneRepository(database.dataSource);
    const before = { serials: await zones.serials(), reputation: await read(IP) };
    await Promise.all(receipts.map((receipt) => worker().scoreReceipt(receipt)));
    expect({ serials: await zones.serials(), reputation: await read(IP) }).toEqual(before);
  });
});
