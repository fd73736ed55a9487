import {
  dropExpiredPartitions,
  dropExpiredRows,
  ensurePartitions,
  MemberRepository,
  ReportRepository,
  SIGHTING_RETENTION_MS,
  type JudgedEnvelope,
} from '@sekisho/persistence';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const DAY_MS = 86_400_000;
/** A Friday. */
const NOW = new Date('2030-03-15T12:00:00Z');
const at = (days: number) => new Date(NOW.getTime() + days * DAY_MS);
const RETENTION_DAYS = SIGHTING_RETENTION_MS / DAY_MS;

let database: OpenTestDatabase;
let reports: ReportRepository;
beforeEach(async () => {
  database = await openTestDatabase();
  reports = new ReportRepository(database.dataSource);
  const members = new MemberRepository(database.dataSource);
  await members.add({ id: 'isp-a', name: 'A', role: 'member', networks: [], asns: [] }, 0.5, NOW);
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const rows = async <T extends object>(query: string, parameters: unknown[] = []): Promise<T[]> =>
  database.dataSource.query(query, parameters);
const partitions = async () =>
  (
    await rows<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'sighting'::regclass ORDER BY 1`,
    )
  ).map(({ name }) => name);

async function report(value: string, receivedAt: Date): Promise<string> {
  const time = receivedAt.getTime();
  const envelope: JudgedEnvelope = {
    ...{ receiptId: randomUUID(), memberId: 'isp-a', jti: randomUUID(), digest: Buffer.from(value) },
    ...{ receivedAt, rejected: [], salt: Buffer.alloc(16) },
    accepted: [
      {
        index: 0,
        report: {
          subject: { type: 'ip', value },
          ...{ category: 'zombie', evidence: 'trap', count: 1, influenced: false },
          ...{ firstSeen: time, lastSeen: time },
        },
      },
    ],
  };
  return (await reports.store(envelope)).receiptId;
}
const subjects = async () =>
  (await rows<{ subject: string }>('SELECT subject FROM sighting ORDER BY subject')).map(
    ({ subject }) => subject,
  );

describe('the partitions of sightings', () => {
  it('are there for last week, this week and five weeks ahead, and making them again changes nothing', async () => {
    await ensurePartitions(database.dataSource, NOW);
    const made = (await partitions()).filter((name) => name >= 'sighting_2030');
    expect(made).toEqual(
      ['0304', '0311', '0318', '0325', '0401', '0408', '0415'].map((day) => `sighting_2030${day}`),
    );
    await Promise.all([1, 2, 3].map(() => ensurePartitions(database.dataSource, NOW)));
    expect((await partitions()).filter((name) => name >= 'sighting_2030')).toEqual(made);
  });

  it('meet without a gap: the first and the last instant of a week are both stored', async () => {
    await ensurePartitions(database.dataSource, NOW);
    await report('192.0.2.1', new Date('2030-03-18T00:00:00.000Z'));
    await report('192.0.2.2', new Date('2030-03-17T23:59:59.999Z'));
    const placed = await rows<{ week: string; subject: string }>(
      `SELECT tableoid::regclass::text AS week, subject FROM sighting ORDER BY subject`,
    );
    expect(placed).toEqual([
      { week: 'sighting_20300318', subject: '192.0.2.1' },
      { week: 'sighting_20300311', subject: '192.0.2.2' },
    ]);
  });

  it('past retention are dropped with their reports; what is younger is kept, to the day', async () => {
    for (const days of [-RETENTION_DAYS - 14, -RETENTION_DAYS, 0]) {
      await ensurePartitions(database.dataSource, at(days));
    }
    await report('192.0.2.1', at(-RETENTION_DAYS - 14));
    await report('192.0.2.2', at(-RETENTION_DAYS + 0.1));
    await report('192.0.2.3', at(-1));
    // The template has the weeks of today's own date.
    const dropped = await dropExpiredPartitions(database.dataSource, NOW);
    expect(dropped.at(-1)).toBe('sighting_20300107');
    expect(await subjects()).toEqual(['192.0.2.2', '192.0.2.3']);
    expect(await dropExpiredPartitions(database.dataSource, NOW)).toEqual([]);
    // 60 days later the rest goes as well.
    await dropExpiredPartitions(database.dataSource, at(RETENTION_DAYS + 7));
    expect(await subjects()).toEqual([]);
  });
});

describe('dropExpiredRows', () => {
  it('removes what has expired and keeps the rest', async () => {
    await ensurePartitions(database.dataSource, NOW);
    await ensurePartitions(database.dataSource, at(-RETENTION_DAYS - 1));
    const members = new MemberRepository(database.dataSource);
    await members.claimAssertion('isp-a', 'over', at(-0.1));
    await members.claimAssertion('isp-a', 'kept', at(0.1));
    await members.putEnrolmentCode('isp-a', 'CODE', at(-RETENTION_DAYS - 1));
    await database.dataSource.query(
      `INSERT INTO member_key VALUES ('over', 'isp-a', 'sig', '{}', $1, $1), ('overlap', 'isp-a', 'sig', '{}', $1, $2),
         ('valid', 'isp-a', 'sig', '{}', $1, NULL)`,
      [at(-RETENTION_DAYS - 1), at(1)],
    );
    await database.dataSource.query(
      `INSERT INTO dynamic_range VALUES ('192.0.2.0/25', 'isp-a', $1), ('192.0.2.128/25', 'isp-a', $2)`,
      [at(-0.1), at(0.1)],
    );
    const [old, unscored, fresh] = [
      await report('192.0.2.1', at(-RETENTION_DAYS - 1)),
      await report('192.0.2.2', at(-RETENTION_DAYS - 1)),
      await report('192.0.2.3', at(-1)),
    ];
    await database.dataSource.query(`UPDATE receipt SET scored_at = $1 WHERE id = ANY($2)`, [
      NOW,
      [old, fresh],
    ]);
    await database.dataSource.query(
      `INSERT INTO reputation (subject, subject_type, score, listed, last_seen, next_review_at) VALUES
         ('faded', 'domain', 0, false, $1, NULL), ('due', 'domain', 0, false, $1, $1), ('seen', 'domain', 0, false, $2, NULL),
         ('listed', 'domain', 80, true, $1, NULL)`,
      [at(-RETENTION_DAYS - 1), at(-1)],
    );

    await dropExpiredRows(database.dataSource, NOW);

    const column = async (query: string) =>
      (await rows<{ c: string }>(`SELECT c::text FROM (${query}) AS q(c) ORDER BY 1`)).map(({ c }) => c);
    expect(await column('SELECT jti FROM assertion_seen')).toEqual(['kept']);
    expect(await column('SELECT member_id FROM enrolment')).toEqual([]);
    expect(await column('SELECT kid FROM member_key')).toEqual(['overlap', 'valid']);
    expect(await column('SELECT network FROM dynamic_range')).toEqual(['192.0.2.128/25']);
    // A receipt that is not scored is the outbox: nothing acknowledged is lost.
    expect(await column('SELECT id FROM receipt')).toEqual([unscored, fresh].sort());
    expect(await column('SELECT subject FROM reputation')).toEqual(['due', 'listed', 'seen']);
  });
});
