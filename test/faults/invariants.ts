// What has to hold when the faults are over, asked of the database, the log, the edges and an offline computation.
import { HubSession, systemRuntime, verifyLog, type BatchReceipt } from '@sekisho/client';
import type { FederationMember } from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';
import { ask, type ChangeSubscriber } from './watchers.ts';

const run = promisify(execFile);
const SEKISHO = join(import.meta.dirname, '../../apps/cli/bin/sekisho.mjs');

export interface Acknowledged {
  readonly member: FederationMember;
  readonly receipt: BatchReceipt;
  readonly subjects: readonly string[];
}

/** Every acknowledged report is stored once, and what it says is what was sent. */
export async function checkStored(sql: pg.Client, acknowledged: readonly Acknowledged[]): Promise<string> {
  const { rows } = await sql.query<{ receipt_id: string; subjects: string[] }>(
    'SELECT receipt_id, array_agg(subject ORDER BY item) AS subjects FROM sighting GROUP BY receipt_id',
  );
  const stored = new Map(rows.map((row) => [row.receipt_id, row.subjects]));
  const { rows: twice } = await sql.query(
    'SELECT FROM receipt GROUP BY member_id, envelope_digest HAVING count(*) > 1',
  );
  if (twice.length > 0) throw new Error(`${String(twice.length)} envelopes are stored twice`);
  let reports = 0;
  for (const { receipt, subjects } of acknowledged) {
    reports += subjects.length;
    if (receipt.accepted !== subjects.length) throw new Error(`receipt ${receipt.receiptId} refuses reports`);
    const found = stored.get(receipt.receiptId)?.join(' ');
    if (found !== subjects.join(' ')) {
      throw new Error(`receipt ${receipt.receiptId}: sent ${subjects.join(' ')}, stored ${String(found)}`);
    }
  }
  return `${String(reports)} reports in ${String(acknowledged.length)} envelopes`;
}

/** Each member proves all of its own receipts in the log. */
export async function checkLogged(acknowledged: readonly Acknowledged[]): Promise<string> {
  let proved = 0;
  for (const [member, own] of Map.groupBy(acknowledged, (one) => one.member)) {
    const { hub } = await HubSession.open(member.enrolled);
    const result = await verifyLog({ directory: member.directory, hub, runtime: systemRuntime, isAll: true });
    const expected = own.reduce((sum, { subjects }) => sum + subjects.length, 0);
    if (result.pendingReceipts > 0 || result.provedReports !== expected) {
      const { provedReports, pendingReceipts } = result;
      throw new Error(
        `proved ${String(provedReports)} of ${String(expected)}, ${String(pendingReceipts)} pending`,
      );
    }
    proved += result.provedReports;
  }
  return `${String(proved)} reports proved`;
}

interface Scored {
  readonly subject: string;
  readonly score: number;
  readonly confidence: number;
  readonly listed: boolean;
  readonly contributions: readonly { factor: string; contribution: number }[];
}

/** What nobody owns: the offline computation knows no owners. */
const UNOWNED = `subject LIKE '5.%'`;

/** The scores are those that `sekisho backtest` computes of the same reports, as of the same moments. */
export async function checkScores(sql: pg.Client, directory: string): Promise<string> {
  const { rows } = await sql.query<Scored & { at: number }>(
    `SELECT subject, score, confidence, listed, (extract(epoch FROM scored_at) * 1000)::float8 AS at,
       (SELECT coalesce(json_agg(json_build_object('factor', e->'factor', 'contribution', e->'contribution')), '[]')
          FROM json_array_elements(explanation) AS e) AS contributions
     FROM reputation WHERE subject_type = 'ip' AND first_seen IS NOT NULL AND ${UNOWNED} ORDER BY subject`,
  );
  const { rows: lines } = await sql.query<{ subject: string }>(
    `SELECT (extract(epoch FROM received_at) * 1000)::float8 AS time, reporter, subject, category, evidence, count,
       (extract(epoch FROM first_seen) * 1000)::float8 AS "firstSeen",
       (extract(epoch FROM last_seen) * 1000)::float8 AS "lastSeen", influenced FROM sighting WHERE ${UNOWNED}`,
  );
  const linesOf = Map.groupBy(lines, ({ subject }) => subject);
  const file = join(directory, 'reports.jsonl');
  // Subjects are scored at some hundred moments: of each only the reports that count there.
  for (const [at, scored] of Map.groupBy(rows, (row) => row.at)) {
    const counted = scored.flatMap(({ subject }) => linesOf.get(subject) ?? []);
    await writeFile(file, counted.map((line) => JSON.stringify(line)).join('\n'));
    const { stdout } = await run(
      process.execPath,
      [SEKISHO, 'backtest', '--reports', file, '--at', new Date(at).toISOString()],
      { maxBuffer: 1 << 28 },
    );
    const offline = new Map(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Scored)
        .map((one) => [one.subject, textOf(one)]),
    );
    for (const one of scored) {
      if (offline.get(one.subject) !== textOf(one)) {
        throw new Error(`${textOf(one)} as of ${String(at)}; offline ${String(offline.get(one.subject))}`);
      }
    }
  }
  const listed = rows.filter((row) => row.listed).length;
  return `${String(rows.length)} subjects, ${String(listed)} listed`;
}

const textOf = ({ subject, score, confidence, listed, contributions }: Scored) =>
  JSON.stringify([subject, score, confidence, listed, contributions.map((c) => [c.factor, c.contribution])]);

const entriesOf = async (sql: pg.Client) => {
  const { rows } = await sql.query<{ subject: string; codes: string[] }>(
    `SELECT subject, codes FROM zone_entry WHERE zone = 'ip' ORDER BY subject`,
  );
  return new Map(rows.map(({ subject, codes }) => [subject, [...codes].sort().join(' ')]));
};

/** Each edge answers each subject as the hub's zone has it. */
export async function checkEdges(
  sql: pg.Client,
  ports: readonly number[],
  subjects: readonly string[],
): Promise<string> {
  const entries = await entriesOf(sql);
  for (const port of ports) {
    for (const subject of subjects) {
      const answer = (await ask([port], `${subject.split('.').reverse().join('.')}.ip.z.example`)).join(' ');
      const expected = entries.get(subject) ?? '';
      if (answer !== expected) {
        throw new Error(`edge ${String(port)}: ${subject} is '${answer}', the hub has '${expected}'`);
      }
    }
  }
  return `${String(ports.length)} edges, ${String(subjects.length)} subjects each`;
}

/** The subscriber was sent each change once, and they add up to the zone. */
export async function checkSubscriber(sql: pg.Client, subscriber: ChangeSubscriber): Promise<string> {
  if (subscriber.violations.length > 0) throw new Error(subscriber.violations.join('; '));
  const entries = await entriesOf(sql);
  const held = new Map(
    [...subscriber.listed].map(([subject, codes]) => [subject, [...codes].sort().join(' ')]),
  );
  const differing = [...new Set([...entries.keys(), ...held.keys()])].filter(
    (subject) => entries.get(subject) !== held.get(subject),
  );
  if (differing.length > 0) throw new Error(`differs in ${differing.slice(0, 5).join(', ')}`);
  return `${String(subscriber.changes)} changes up to serial ${String(subscriber.serial)}`;
}
