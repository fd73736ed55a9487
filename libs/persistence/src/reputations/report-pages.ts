// Stored reports as the learning model takes them: in the order in which they came, without those that were taken back,
// without owners' word and without networks, which are listed for their addresses.
import type { Observation } from '@sekisho/reputation';
import type { Sql } from '../database.js';

/** Reports at a time. */
const PAGE = 20_000;
/** The index by time knows where reports of an hour lie, not their order: a page sorts no more than these. */
const SLICE_MS = 3_600_000;

/** What of stored reports the learning model is given. */
export const GIVEN = `retracted_at IS NULL AND evidence <> 'owner' AND subject_type <> 'network'`;

/** A place in the order of reports; the time with its microseconds, which a number would lose. */
export type ReportPosition = readonly [receivedAt: string, receiptId: string, item: number];

/** Before all that was received at this moment. */
export const positionBefore = (at: Date): ReportPosition => [
  at.toISOString(),
  '00000000-0000-0000-0000-000000000000',
  -1,
];

/** After all that was received at this moment. */
export const positionAfter = (at: Date): ReportPosition => [
  at.toISOString(),
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  2 ** 31 - 1,
];

/** Tells one set of reports from another, whatever their order. */
export interface ReportSet {
  readonly count: number;
  /** Of the reports' identities, each hashed by the database, all of them XORed. */
  readonly digest: bigint;
}

export const NO_REPORTS: ReportSet = { count: 0, digest: 0n };

export interface ReportPage {
  readonly reports: readonly Observation[];
  readonly set: ReportSet;
}

interface Row extends Observation {
  readonly received_at: string;
  readonly receipt_id: string;
  readonly item: number;
  readonly hash: string;
}

/** What was received after a position and not after `until`. */
export async function* reportPages(
  sql: Sql,
  from: ReportPosition,
  until: Date,
  atOnce = PAGE,
): AsyncGenerator<ReportPage> {
  let after = from;
  let end = new Date(from[0]).getTime();
  while (end < until.getTime()) {
    end = Math.min(end + SLICE_MS, until.getTime());
    for (let isWhole = false; !isWhole;) {
      const rows: Row[] = await sql.query(
        `SELECT subject, reporter, category, evidence, count, influenced, receipt_id, item,
           received_at::text AS received_at, (extract(epoch FROM received_at) * 1000)::float8 AS time,
           uuid_hash_extended(receipt_id, item)::text AS hash
         FROM sighting
         WHERE (received_at, receipt_id, item) > ($1::timestamptz, $2::uuid, $3) AND received_at >= $1 AND received_at <= $4
           AND ${GIVEN}
         ORDER BY received_at, receipt_id, item LIMIT $5`,
        [...after, new Date(end), atOnce],
      );
      isWhole = rows.length < atOnce;
      const last = rows.at(-1);
      if (last === undefined) continue;
      after = [last.received_at, last.receipt_id, last.item];
      yield { reports: rows.map(toObservation), set: rows.reduce(including, NO_REPORTS) };
    }
  }
}

/** What is stored of that now: other than it was read when something was taken back, deleted, or committed late. */
export async function reportSet(sql: Sql, from: ReportPosition, until: Date): Promise<ReportSet> {
  const [{ count = 0, digest = '0' } = {}]: { count?: number; digest?: string }[] = await sql.query(
    `SELECT count(*)::float8 AS count, coalesce(bit_xor(uuid_hash_extended(receipt_id, item)), 0)::text AS digest
     FROM sighting
     WHERE (received_at, receipt_id, item) > ($1::timestamptz, $2::uuid, $3) AND received_at >= $1 AND received_at <= $4
       AND ${GIVEN}`,
    [...from, until],
  );
  return { count, digest: BigInt(digest) };
}

/** Two sets that have nothing in common. */
export const joinedSet = (a: ReportSet, b: ReportSet): ReportSet => ({
  count: a.count + b.count,
  digest: a.digest ^ b.digest,
});

const including = (set: ReportSet, { hash }: Row): ReportSet =>
  joinedSet(set, { count: 1, digest: BigInt(hash) });

const toObservation = ({
  time,
  reporter,
  subject,
  category,
  evidence,
  count,
  influenced,
}: Row): Observation => ({
  ...{ time, reporter, subject, category, evidence, count },
  ...(influenced === true && { influenced }),
});
