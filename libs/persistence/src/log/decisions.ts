// Decisions in the transparency log: what was decided, kept for those who may read it, and the entry that commits to it.
import { saltedEntry, SALT_BYTES, type DecisionKind } from '@sekisho/tlog';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';

/** Members are told no time more exactly, and a statement cannot be blurred after it is in the log. */
const TIME_STEP_MS = 10 * 60_000;

export interface DecisionToLog {
  readonly kind: DecisionKind;
  /** What it is found by: the subject of a listing, the member whose key changed, the id of an action or an appeal. */
  readonly about: string;
  /** What was decided, for those who may see it: no reporter, no person's name, no text of a case. */
  readonly decided: Readonly<Record<string, unknown>>;
}

export interface LoggedDecision {
  /** Its entry in the log. */
  readonly index: number;
  readonly salt: Buffer;
  /** JSON: `about`, `at` (to 10 minutes) and what was decided. */
  readonly statement: string;
}

/**
 * Logs decisions in the transaction of `sql` and with its fate: call it last, because other appends wait until that
 * transaction ends. Each decision becomes one entry, all of them in one statement.
 */
export async function logDecisions(sql: Sql, decisions: readonly DecisionToLog[], now: Date): Promise<void> {
  if (decisions.length === 0) return;
  const at = new Date(Math.floor(now.getTime() / TIME_STEP_MS) * TIME_STEP_MS).toISOString();
  const salts = randomBytes(decisions.length * SALT_BYTES);
  const logged = decisions.map(({ kind, about, decided }, i) => {
    const salt = salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES);
    const statement = JSON.stringify({ about, at, ...decided });
    return { kind, about, salt, statement, entry: saltedEntry(kind, salt, statement) };
  });
  await sql.query(
    `WITH head AS (UPDATE log_head SET size = size + $1::int RETURNING size - $1::int AS first_index),
     appended AS (
       INSERT INTO log_append (first_index, entry_count, entries, appended_at)
       SELECT first_index, $1::int, $2, $3 FROM head)
     INSERT INTO log_decision (log_index, kind, about, salt, statement, decided_at)
     SELECT first_index + d.place - 1, d.kind, d.about, d.salt, d.statement, $3
     FROM head, unnest($4::text[], $5::text[], $6::bytea[], $7::text[])
       WITH ORDINALITY AS d(kind, about, salt, statement, place)`,
    [
      logged.length,
      Buffer.concat(logged.map(({ entry }) => entry)),
      now,
      logged.map(({ kind }) => kind),
      logged.map(({ about }) => about),
      logged.map(({ salt }) => salt),
      logged.map(({ statement }) => statement),
    ],
  );
}

export class DecisionLog {
  constructor(private readonly dataSource: DataSource) {}

  /** The last `limit` decisions of a kind about something, in the order of the log. */
  async about(kind: DecisionKind, about: string, limit: number): Promise<LoggedDecision[]> {
    const rows: { log_index: string; salt: Buffer; statement: string }[] = await this.dataSource.query(
      `SELECT log_index, salt, statement FROM log_decision WHERE about = $2 AND kind = $1
       ORDER BY log_index DESC LIMIT $3`,
      [kind, about, limit],
    );
    return rows.map(({ log_index, ...row }) => ({ index: Number(log_index), ...row })).reverse();
  }
}
