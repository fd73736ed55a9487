import { openDatabase } from '@sekisho/persistence';
import { EVIDENCE, type ReportInput } from '@sekisho/report';
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

const run = promisify(execFile);
const SEKISHO = join(import.meta.dirname, '../../apps/cli/bin/sekisho.mjs');
const HOUR_MS = 3_600_000;
const CATEGORIES = ['zombie', 'spam-source', 'malware-sender', 'backscatter-source', 'ham'] as const;
/** Of the range's owner only; nobody in this test owns a range. */
const THIRD_PARTY = EVIDENCE.filter((evidence) => evidence !== 'owner');

let database: TestDatabase;
let federation: Federation;
beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
});
afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface ScoredRow {
  readonly subject: string;
  readonly score: number;
  readonly confidence: number;
  readonly listed: boolean;
  readonly contributions: { factor: string; contribution: number }[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Each in a /24 of its own; many categories, classes, ages and numbers of members, the same in every run. */
function reportsOf(member: number, count: number): ReportInput[] {
  return Array.from({ length: count }, (_, i) => i)
    .filter((i) => (i * 7 + member) % 5 <= i % 5)
    .map((i) => {
      const lastSeen = Date.now() - ((i * 5 + member * 3) % 200) * HOUR_MS;
      return reportOf(`5.1.${String(i)}.9`, {
        category: CATEGORIES[(i + (i % 3 === 0 ? member : 0)) % CATEGORIES.length] ?? 'zombie',
        evidence: THIRD_PARTY[(i * 3 + member) % THIRD_PARTY.length] ?? 'trap',
        count: 1 + ((i * member) % 20),
        firstSeen: new Date(lastSeen - (i % 9) * HOUR_MS).toISOString(),
        lastSeen: new Date(lastSeen).toISOString(),
        influenced: (i + member) % 11 === 0,
      });
    });
}

it('reports replayed through the running system end with the scores of a backtest of the same reports', async () => {
  const members: FederationMember[] = [];
  for (const id of ['isp-a', 'isp-b', 'isp-c', 'isp-d']) members.push(await federation.member(id));
  for (const [i, member] of members.entries()) await member.submit(...reportsOf(i + 1, 120));
  const dataSource = await openDatabase(database.url, { poolSize: 1 });
  try {
    const unscored = async () => {
      const rows: unknown[] = await dataSource.query('SELECT FROM receipt WHERE scored_at IS NULL');
      return rows.length;
    };
    await expect.poll(unscored, { timeout: 30_000 }).toBe(0);
    const scored: ScoredRow[] = await dataSource.query(
      `SELECT subject, score, confidence, listed, (extract(epoch FROM scored_at) * 1000)::float8 AS at,
         (SELECT coalesce(json_agg(json_build_object('factor', e->'factor', 'contribution', e->'contribution')), '[]')
            FROM json_array_elements(explanation) AS e) AS contributions
       FROM reputation WHERE subject_type = 'ip' AND first_seen IS NOT NULL ORDER BY subject`,
    );
    const lines: object[] = await dataSource.query(
      `SELECT (extract(epoch FROM received_at) * 1000)::float8 AS time, reporter, subject, category, evidence, count,
         (extract(epoch FROM first_seen) * 1000)::float8 AS "firstSeen",
         (extract(epoch FROM last_seen) * 1000)::float8 AS "lastSeen", influenced FROM sighting`,
    );
    const file = join(federation.directory, 'reports.jsonl');
    await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'));

    // A score is as of the moment at which the worker computed it, and whole batches share one.
    for (const [at, rows] of Map.groupBy(scored, (row) => row.at)) {
      const { stdout } = await run(process.execPath, [
        ...[SEKISHO, 'backtest', '--reports', file],
        ...['--at', new Date(at).toISOString()],
      ]);
      const offline = new Map(
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Omit<ScoredRow, 'at'>)
          .map((result) => [result.subject, result]),
      );
      for (const row of rows) expect({ ...offline.get(row.subject), at }).toEqual(row);
    }
    expect(scored.length).toBeGreaterThan(80);
    expect(scored.filter(({ listed }) => listed).length).toBeGreaterThan(5);
    expect(new Set(scored.map(({ score }) => score)).size).toBeGreaterThan(20);
  } finally {
    await dataSource.destroy();
  }
});

it('a member can ask for the past, not for the future', async () => {
  const member = await federation.member('isp-past');
  const subject = { type: 'ip', value: '5.2.0.9' } as const;
  await member.submit(reportOf(subject.value));
  const session = await member.session();
  expect(await session.lookupAsOf(subject, new Date(Date.now() - HOUR_MS))).toBeUndefined();
  for (const hours of [1, -61 * 24]) {
    const asOf = new Date(Date.now() + hours * HOUR_MS);
    await expect(session.lookupAsOf(subject, asOf)).rejects.toMatchObject({ code: 'as-of-out-of-range' });
  }
});
