import {
  dropExpiredRows,
  MemberRepository,
  openOperatorDatabase,
  ReportRepository,
  RETENTION,
  SealedEvidenceRepository,
  StatisticsRepository,
  type JudgedEnvelope,
  type OperatorDatabase,
} from '@sekisho/persistence';
import { readConfig } from '@sekisho/config';
import { readSubject } from '@sekisho/subject';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** The template's partitions are those of the weeks around today. */
const NOW = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 30 * 60_000);
const before = (ms: number) => new Date(NOW.getTime() - ms);

let database: OpenTestDatabase;
let reports: ReportRepository;
let evidence: SealedEvidenceRepository;
beforeEach(async () => {
  database = await openTestDatabase();
  reports = new ReportRepository(database.dataSource);
  evidence = new SealedEvidenceRepository(database.dataSource);
  const members = new MemberRepository(database.dataSource);
  for (const id of ['isp-a', 'isp-b', 'isp-c', 'isp-d']) {
    await members.add({ id, name: id, role: 'member', networks: [], asns: [] }, 0.5, NOW);
  }
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const rows = async <T extends object>(query: string, parameters: unknown[] = []): Promise<T[]> =>
  database.dataSource.query(query, parameters);

async function report(
  memberId: string,
  value: string,
  { receivedAt = NOW, sealed, urlHosts }: { receivedAt?: Date; sealed?: string; urlHosts?: string[] } = {},
): Promise<string> {
  const time = receivedAt.getTime();
  const envelope: JudgedEnvelope = {
    ...{
      receiptId: randomUUID(),
      memberId,
      jti: randomUUID(),
      digest: Buffer.from(value),
      salt: Buffer.alloc(16),
    },
    ...{ receivedAt, rejected: [] },
    accepted: [
      {
        index: 0,
        ...(sealed !== undefined && { owner: 'isp-d' }),
        report: {
          subject: readSubject(value),
          ...{ category: 'spam-source', evidence: 'trap', count: 1, influenced: false },
          ...{ firstSeen: time, lastSeen: time, sealed, urlHosts },
        },
      },
    ],
  };
  return (await reports.store(envelope)).receiptId;
}

describe('the retention table', () => {
  it('has a class for every table of the migrated database, and no other', async () => {
    const tables = await rows<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
         AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
    );
    expect(
      tables.map(({ name }) => name),
      'add a line to libs/persistence/src/retention/retention.ts',
    ).toEqual(RETENTION.map(({ table }) => table).sort());
  });

  it('names columns that exist: everything can be counted and expired', async () => {
    expect(await dropExpiredRows(database.dataSource, NOW)).toEqual(new Map());
    await using operator = await openOperator();
    const held = await operator.database.privacy.report();
    expect(held.map(({ table }) => table)).toEqual(RETENTION.map(({ table }) => table));
    expect(held.find(({ table }) => table === 'member')).toMatchObject({ rows: 4, oldest: NOW });
  });

  it('expires in batches all that is over, and nothing younger', async () => {
    for (let i = 0; i < 7; i += 1) {
      await report('isp-a', `192.0.2.${i}`, { receivedAt: before(15 * DAY_MS), sealed: 'old' }).catch(
        async () => {
          // Where the template has no partition that old, the row is made old.
          const receiptId = await report('isp-a', `192.0.2.${i}`, { sealed: 'old' });
          await rows('UPDATE sealed_evidence SET received_at = $2 WHERE receipt_id = $1', [
            receiptId,
            before(15 * DAY_MS),
          ]);
        },
      );
    }
    await report('isp-a', '192.0.2.99', { sealed: 'fresh' });
    const dropped = await dropExpiredRows(database.dataSource, NOW, { batchRows: 3 });
    expect(dropped.get('sealed_evidence')).toBe(7);
    expect(await rows('SELECT sealed FROM sealed_evidence')).toEqual([{ sealed: 'fresh' }]);
  });
});

describe('sealed evidence', () => {
  const waiting = (owner: string) => evidence.waiting(owner, { first: 10, now: NOW });

  it('waits for its owner alone, and names no reporter', async () => {
    await report('isp-a', '192.0.2.1', { sealed: 'one' });
    expect(await waiting('isp-a')).toEqual([]);
    const [piece, ...rest] = await waiting('isp-d');
    expect(rest).toEqual([]);
    expect(Object.keys(piece ?? {}).sort()).toEqual(['id', 'receivedAt', 'sealed', 'subject']);
  });

  it('is gone when its owner acknowledged it, and only then; repeating is harmless', async () => {
    await report('isp-a', '192.0.2.1', { sealed: 'one' });
    await report('isp-b', '192.0.2.2', { sealed: 'two' });
    const ids = (await waiting('isp-d')).map(({ id }) => id);
    await evidence.acknowledge('isp-a', ids, NOW);
    expect(await waiting('isp-d')).toHaveLength(2);
    const first = ids.slice(0, 1);
    expect(await evidence.acknowledge('isp-d', first, NOW)).toBe(1);
    expect(await evidence.acknowledge('isp-d', first, NOW)).toBe(1);
    expect((await waiting('isp-d')).map(({ id }) => id)).toEqual(ids.slice(1));
  });

  it('is not given out after 14 days, whether or not the job ran', async () => {
    await report('isp-a', '192.0.2.1', { sealed: 'one' });
    const later = new Date(NOW.getTime() + 14 * DAY_MS);
    expect(await evidence.waiting('isp-d', { first: 10, now: new Date(later.getTime() - 1) })).toHaveLength(
      1,
    );
    expect(await evidence.waiting('isp-d', { first: 10, now: later })).toEqual([]);
  });

  it('goes with a report that is taken back', async () => {
    const receiptId = await report('isp-a', '192.0.2.1', { sealed: 'one' });
    await reports.retract('isp-a', receiptId, 0, NOW);
    expect(await waiting('isp-d')).toEqual([]);
  });
});

describe('statistics', () => {
  const hour = (count: number) => new Date(NOW.getTime() + count * HOUR_MS);
  const published = (now: Date) => new StatisticsRepository(database.dataSource).published(now, 3);

  it('do not move while fewer than k members reported, so that no difference is of fewer', async () => {
    await report('isp-a', '192.0.2.1');
    await report('isp-b', '192.0.2.2');
    expect(await published(hour(1))).toMatchObject({ reports: 0, envelopes: 0 });
    await report('isp-c', '192.0.2.3', { receivedAt: hour(1) });
    // Not before the hour is over.
    expect(await published(hour(1))).toMatchObject({ reports: 0 });
    const third = await published(hour(2));
    expect(third).toMatchObject({ reports: 3, envelopes: 3 });
    await report('isp-a', '192.0.2.4', { receivedAt: hour(2) });
    expect(await published(hour(3))).toEqual(third);
    await report('isp-b', '192.0.2.5', { receivedAt: hour(3) });
    expect(await published(hour(4))).toEqual(third);
    await report('isp-c', '192.0.2.6', { receivedAt: hour(4) });
    expect(await published(hour(5))).toMatchObject({ reports: 6, envelopes: 6 });
  });

  it('of one period are the same for whoever asks, also two at once', async () => {
    for (const id of ['isp-a', 'isp-b', 'isp-c']) await report(id, '192.0.2.1');
    const [one, other] = await Promise.all([published(hour(1)), published(hour(1))]);
    expect(one).toEqual(other);
    await report('isp-d', '192.0.2.2', { receivedAt: hour(1) });
    expect(await published(hour(1))).toEqual(one);
  });

  it('stay true when the receipts have expired', async () => {
    for (const id of ['isp-a', 'isp-b', 'isp-c']) await report(id, '192.0.2.1');
    await published(hour(1));
    await rows('DELETE FROM receipt');
    for (const id of ['isp-a', 'isp-b', 'isp-c']) await report(id, '192.0.2.2', { receivedAt: hour(1) });
    expect(await published(hour(2))).toMatchObject({ reports: 6 });
  });
});

async function openOperator(): Promise<AsyncDisposable & { database: OperatorDatabase }> {
  const opened = await openOperatorDatabase(readConfig({ SEKISHO_DATABASE_URL: database.url }));
  return { database: opened, [Symbol.asyncDispose]: () => opened.close() };
}

describe("a person's request", () => {
  const GROUND = { caseNumber: '2026-17', reason: 'asked in writing' };
  const subject = readSubject('192.0.2.1');
  beforeEach(async () => {
    await report('isp-a', '192.0.2.1', { sealed: 'one' });
    await report('isp-b', '192.0.2.1');
    await report('isp-b', '192.0.2.2', { urlHosts: ['shop.example', 'other.example'] });
    await rows(
      `INSERT INTO reputation (subject, subject_type, score, listed) VALUES ('192.0.2.1', 'ip', 80, true), ('192.0.2.2', 'ip', 1, false)`,
    );
    await rows(
      `INSERT INTO zone_entry VALUES ('ip', '192.0.2.1', '{127.0.80.3}'), ('ip', '192.0.2.2', '{127.0.1.3}')`,
    );
    await rows(
      `INSERT INTO alert (owner, subject, category, state, message_count, last_seen, opened_at, told_at, told_magnitude,
         ends_early, failed_fixes)
       SELECT 'isp-a', subject, 'zombie', 'open', 10, $1, $1, $1, 10, true, 0 FROM reputation`,
      [NOW],
    );
    await rows('UPDATE receipt SET scored_at = $1', [NOW]);
  });

  it('for access shows all that is held and not who reported it, and is logged without the subject', async () => {
    await using operator = await openOperator();
    const held = await operator.database.privacy.requests.access(subject, GROUND, NOW);
    expect(held).toMatchObject({
      subject: '192.0.2.1',
      zoneEntries: [{ zone: 'ip' }],
      reputation: [{ score: 80 }],
    });
    expect([held.sightings.length, held.sealedEvidence.length, held.alerts.length]).toEqual([2, 1, 1]);
    expect(JSON.stringify(held)).not.toMatch(/isp-[ab]/);
    const [logged] = await operator.database.privacy.requests.list(10);
    expect(logged).toMatchObject({ ...GROUND, kind: 'access', doneAt: NOW, rowCounts: { sightings: 2 } });
    expect(JSON.stringify(await rows('SELECT * FROM privacy_request'))).not.toContain('192.0.2.1');
  });

  it('for correction takes reports back and has the subject scored again', async () => {
    await using operator = await openOperator();
    const { requests } = operator.database.privacy;
    expect(await requests.correct(subject, { category: 'zombie' }, GROUND, NOW)).toEqual({ sightings: 0 });
    expect(await requests.correct(subject, {}, GROUND, NOW)).toEqual({ sightings: 2 });
    expect(await rows('SELECT subject FROM sighting WHERE retracted_at IS NULL')).toEqual([
      { subject: '192.0.2.2' },
    ]);
    expect(await reports.unscored(new Date(NOW.getTime() + 1), 10)).toHaveLength(2);
    expect(await rows('SELECT subject FROM reputation WHERE next_review_at = $1', [NOW])).toEqual([
      { subject: '192.0.2.1' },
    ]);
  });

  it('for deletion leaves nothing of the subject, tells the edges, and touches nothing else', async () => {
    await using operator = await openOperator();
    const counts = await operator.database.privacy.requests.delete(subject, GROUND, NOW);
    expect(counts).toMatchObject({
      sightings: 2,
      sealedEvidence: 1,
      alerts: 1,
      reputation: 1,
      zoneEntries: 1,
    });
    const left = await rows<{ subject: string }>(
      `SELECT subject FROM sighting UNION ALL SELECT subject FROM reputation UNION ALL SELECT subject FROM zone_entry
       UNION ALL SELECT subject FROM sealed_evidence UNION ALL SELECT subject FROM alert`,
    );
    expect(left.map((row) => row.subject)).toEqual(['192.0.2.2', '192.0.2.2', '192.0.2.2', '192.0.2.2']);
    expect(await rows('SELECT zone, codes FROM zone_change WHERE subject = $1', ['192.0.2.1'])).toEqual([
      { zone: 'ip', codes: null },
    ]);
  });

  it('also finds and deletes a domain where reports about others name it', async () => {
    await using operator = await openOperator();
    const { requests } = operator.database.privacy;
    const domain = readSubject('shop.example');
    expect((await requests.access(domain, GROUND, NOW)).mentions).toHaveLength(1);
    expect(await requests.delete(domain, GROUND, NOW)).toMatchObject({ mentions: 1, sightings: 0 });
    expect(await rows('SELECT url_hosts FROM sighting WHERE url_hosts IS NOT NULL')).toEqual([
      { url_hosts: ['other.example'] },
    ]);
  });
});
