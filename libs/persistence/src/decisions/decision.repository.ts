// Decisions of people about listings. Who can write here lists and delists without evidence; therefore each is an entry of
// the transparency log, in the transaction that makes it.
import type { Category } from '@sekisho/report';
import { DECIDABLE_CATEGORIES, type Decision } from '@sekisho/reputation';
import { formatSubject, readSubject, type Subject } from '@sekisho/subject';
import { saltedEntry, SALT_BYTES } from '@sekisho/tlog';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';
import { appendToLog } from '../log/append.js';
import { DecisionRefused } from './errors.js';

export interface DecisionSource {
  readonly type: 'action' | 'appeal' | 'operator';
  readonly id: string;
}

export interface NewDecision {
  readonly subject: Subject;
  readonly kind: Decision['kind'];
  /** Only of `list`; absent: what the evidence says most. */
  readonly category?: Category | undefined;
  readonly from: Date;
  readonly until: Date;
  readonly source: DecisionSource;
  /** For the record; no name of a person. */
  readonly reason?: string | undefined;
}

export interface StoredDecision extends Omit<NewDecision, 'category' | 'reason'> {
  readonly id: string;
  readonly category: Category | undefined;
  readonly reason: string;
  readonly madeAt: Date;
  readonly endedAt: Date | undefined;
  /** What the transparency log commits to, first the decision, then its end. */
  readonly entries: readonly { readonly index: number; readonly salt: string; readonly statement: string }[];
}

interface Row {
  readonly id: string;
  readonly subject: string;
  readonly kind: Decision['kind'];
  readonly category: Category | null;
  readonly valid_from: Date;
  readonly valid_until: Date;
  readonly source_type: DecisionSource['type'];
  readonly source_id: string;
  readonly reason: string;
  readonly made_at: Date;
  readonly ended_at: Date | null;
}

const COLUMNS =
  'id, subject, kind, category, valid_from, valid_until, source_type, source_id, reason, made_at, ended_at';

/**
 * Makes a decision, in the transaction of `sql`; the worker scores its subject within a second of the commit, again when
 * `from` comes if that is later, and when `until` has passed. Of one source and subject the last decision counts; the same
 * once more changes nothing, also after it was ended. The log's lock is held from here to the commit, so this comes last.
 * @returns whether anything changed
 * @throws {DecisionRefused}
 */
export async function setDecision(sql: Sql, decision: NewDecision, now: Date): Promise<boolean> {
  refuseImpossible(decision, now);
  const { subject, kind, source, from, until, reason = '' } = decision;
  const category = decision.category ?? null;
  const text = formatSubject(subject);
  const before: Row[] = await sql.query(
    `SELECT ${COLUMNS} FROM decision WHERE source_type = $1 AND source_id = $2 AND subject = $3 FOR UPDATE`,
    [source.type, source.id, text],
  );
  const isSame = (row: Row) =>
    row.kind === kind &&
    row.category === category &&
    row.valid_from.getTime() === from.getTime() &&
    row.valid_until.getTime() === until.getTime();
  if (before.some(isSame)) return false;
  for (const row of before.filter(({ ended_at: endedAt }) => endedAt === null)) {
    await end(sql, row, 'replaced', now);
  }
  const [made]: Row[] = await sql.query(
    `INSERT INTO decision (subject, subject_type, network, kind, category, valid_from, valid_until, source_type, source_id,
       reason, made_at, due_at)
     VALUES ($1, $2, $11::cidr, $3, $4, $5::timestamptz, $6, $7, $8, $9, $10::timestamptz, greatest($5::timestamptz, $10::timestamptz))
     ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [
      ...[text, subject.type, kind, category, from, until, source.type, source.id, reason, now],
      subject.type === 'network' ? text : null,
    ],
  );
  // Somebody else made the same at the same moment.
  if (!made) return false;
  await commit(sql, made, { change: 'made' }, now);
  return true;
}

/**
 * Ends all decisions of a source, in the transaction of `sql`; what comes of it is published within a second of the commit.
 * Once more changes nothing. Like setDecision it comes last.
 * @returns how many were in force or still to come
 */
export async function endDecision(sql: Sql, source: DecisionSource, now: Date, reason = ''): Promise<number> {
  const rows: Row[] = await sql.query(
    `SELECT ${COLUMNS} FROM decision
     WHERE source_type = $1 AND source_id = $2 AND ended_at IS NULL AND valid_until > $3 ORDER BY subject FOR UPDATE`,
    [source.type, source.id, now],
  );
  for (const row of rows) await end(sql, row, reason, now);
  return rows.length;
}

async function end(sql: Sql, row: Row, reason: string, now: Date): Promise<void> {
  await sql.query('UPDATE decision SET ended_at = $2, end_reason = $3, due_at = $2 WHERE id = $1', [
    row.id,
    now,
    reason,
  ]);
  await commit(sql, row, { change: 'ended' }, now);
}

async function commit(
  sql: Sql,
  row: Row,
  { change }: { readonly change: 'made' | 'ended' },
  now: Date,
): Promise<void> {
  const salt = randomBytes(SALT_BYTES);
  const statement = JSON.stringify({
    ...{ decision: row.id, change, at: now, subject: row.subject, kind: row.kind, category: row.category },
    ...{ from: row.valid_from, until: row.valid_until, source: { type: row.source_type, id: row.source_id } },
  });
  const index = await appendToLog(sql, [saltedEntry('listing', salt, statement)], now);
  await sql.query(
    'INSERT INTO decision_entry (log_index, decision_id, salt, statement) VALUES ($1, $2, $3, $4)',
    [index, row.id, salt, statement],
  );
  await sql.query(`SELECT pg_notify('sekisho_decisions', '')`);
}

/** A decision that would never count, or that no zone could say, is a mistake of whoever makes it. */
function refuseImpossible({ subject, kind, category, from, until }: NewDecision, now: Date): void {
  const categories: readonly Category[] = DECIDABLE_CATEGORIES[subject.type];
  if (categories.length === 0) {
    throw new DecisionRefused(
      'decision-subject',
      'a subscriber is never listed: a match is for a person to review',
    );
  }
  if (category !== undefined && (kind !== 'list' || !categories.includes(category))) {
    throw new DecisionRefused(
      'decision-category',
      `${category} is no category for ${kind} of this type of subject. Possible with list: ${categories.join(', ')}`,
    );
  }
  if (!(until.getTime() > Math.max(from.getTime(), now.getTime()))) {
    throw new DecisionRefused('decision-times', 'until: has to be after from, and in the future');
  }
}

export interface DueDecision {
  readonly id: string;
  readonly dueAt: Date;
  readonly kind: Decision['kind'];
  readonly subject: Subject;
}

export class DecisionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** In its own transaction. @throws {DecisionRefused} */
  set(decision: NewDecision, now: Date): Promise<boolean> {
    return this.dataSource.transaction((sql) => setDecision(sql, decision, now));
  }

  /** In its own transaction. @throws {DecisionRefused} decision-unknown */
  async end(source: DecisionSource, now: Date, reason: string): Promise<void> {
    const ended = await this.dataSource.transaction((sql) => endDecision(sql, source, now, reason));
    if (ended > 0) return;
    throw new DecisionRefused('decision-unknown', `no decision of ${source.type} ${source.id} is in force`);
  }

  /** Newest first, up to 1,000. */
  async list(options: { readonly isInForceOnly: boolean }, now: Date): Promise<StoredDecision[]> {
    const rows: (Row & { entries: StoredDecision['entries'] })[] = await this.dataSource.query(
      `SELECT ${COLUMNS}, (SELECT coalesce(json_agg(json_build_object('index', log_index, 'salt', encode(salt, 'hex'),
           'statement', statement) ORDER BY log_index), '[]') FROM decision_entry e WHERE e.decision_id = d.id) AS entries
       FROM decision d WHERE NOT $1 OR (ended_at IS NULL AND valid_until > $2)
       ORDER BY made_at DESC, id LIMIT 1000`,
      [options.isInForceOnly, now],
    );
    return rows.map((row) => ({
      ...{
        id: row.id,
        subject: readSubject(row.subject),
        kind: row.kind,
        category: row.category ?? undefined,
      },
      ...{ from: row.valid_from, until: row.valid_until, reason: row.reason, entries: row.entries },
      ...{ source: { type: row.source_type, id: row.source_id }, madeAt: row.made_at },
      endedAt: row.ended_at ?? undefined,
    }));
  }

  /** Decisions that begin or end to count and were not seen to, earliest first. */
  async due(now: Date, limit: number): Promise<DueDecision[]> {
    const rows: { id: string; due_at: Date; kind: Decision['kind']; subject: string }[] =
      await this.dataSource.query(
        `SELECT id, due_at, kind, subject FROM decision WHERE due_at <= $1 ORDER BY due_at LIMIT $2`,
        [now, limit],
      );
    return rows.map(({ id, due_at: dueAt, kind, subject }) => ({
      ...{ id, dueAt, kind, subject: readSubject(subject) },
    }));
  }

  /** When the next decision begins or ends to count. */
  async nextDue(): Promise<Date | undefined> {
    const [row]: { due_at: Date }[] = await this.dataSource.query(
      'SELECT due_at FROM decision WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1',
    );
    return row?.due_at;
  }

  /** Its subject was scored: what is next is its end, if that is still to come. */
  async seenTo(due: readonly DueDecision[], now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE decision d SET due_at = CASE WHEN ended_at IS NULL AND valid_until > $3 THEN valid_until END
       FROM unnest($1::uuid[], $2::timestamptz[]) AS seen(id, due_at) WHERE d.id = seen.id AND d.due_at = seen.due_at`,
      [due.map(({ id }) => id), due.map(({ dueAt }) => dueAt), now],
    );
  }

  /** What else a `never-list` changes: addresses inside a network, and what campaigns claim. @returns how many rows */
  async makeDependentsDue(due: readonly DueDecision[], now: Date): Promise<number> {
    const exempt = due.filter(({ kind }) => kind === 'never-list').map(({ subject }) => subject);
    if (exempt.length === 0) return 0;
    const networks = exempt.filter(({ type }) => type === 'network').map(({ value }) => value);
    const [, inside] = await this.dataSource.query<[unknown[], number]>(
      `UPDATE reputation SET next_review_at = $2
       WHERE subject_type = 'ip' AND next_review_at IS NOT NULL AND subject::inet <<= ANY($1::inet[])`,
      [networks, now],
    );
    const [, claims] = await this.dataSource.query<[unknown[], number]>(
      'UPDATE campaign_claim SET review_at = $2 WHERE subject = ANY($1)',
      [exempt.map(formatSubject), now],
    );
    // Fingerprints follow their campaign: it is asked again what it says of them.
    const fingerprints = exempt.filter(({ type }) => type === 'fingerprint').map(({ value }) => value);
    const [, published] = await this.dataSource.query<[unknown[], number]>(
      `WITH unsaid AS (
         UPDATE campaign_fingerprint SET is_published = false WHERE exact = ANY($1) RETURNING campaign_id)
       UPDATE campaign SET is_stale = true WHERE id IN (SELECT campaign_id FROM unsaid)`,
      [fingerprints],
    );
    return inside + claims + published;
  }
}
