// One change of an action, in one transaction: the row, who, when and why, and the entries of the transparency log that
// commit to it. Who can write these tables can make the federation act; the log shows that it was not decided.
import { saltedEntry, SALT_BYTES } from '@sekisho/tlog';
import { nextDueAt, type Action, type CastVote, type Transition } from '@sekisho/workgroup';
import { createHash, randomBytes } from 'node:crypto';
import type { Sql } from '../database.js';
import { appendToLog } from '../log/append.js';
import type { StoredAction } from './action-row.js';

const toDate = (milliseconds: number | undefined) =>
  milliseconds === undefined ? null : new Date(milliseconds);

/** What changed of an action. */
export interface ActionChange {
  readonly action: Action;
  readonly transitions: readonly Transition[];
  readonly votes: readonly CastVote[];
}

/** @returns the version after it */
export async function writeAction(sql: Sql, stored: StoredAction, change: ActionChange): Promise<number> {
  const { action } = change;
  const [row]: [{ version: number }[], number] = await sql.query(
    `UPDATE action SET state = $2, rehearsal_ends_at = $3, voting_ends_at = $4, approved_at = $5, effective_at = $6,
       expires_at = $7, roll_back_at = $8, ended_at = $9, is_approved = $10, next_due_at = $11,
       version = version + 1
     WHERE id = $1 RETURNING version`,
    [
      ...[stored.id, action.state, toDate(action.rehearsalEndsAt), toDate(action.votingEndsAt)],
      ...[toDate(action.approvedAt), toDate(action.effectiveAt), toDate(action.expiresAt)],
      ...[toDate(action.rollBackAt), toDate(action.endedAt), action.isApproved ?? null],
      toDate(nextDueAt(action)),
    ],
  );
  if (stored.electors.length === 0 && action.electors.length > 0) {
    await sql.query(
      `INSERT INTO action_elector (action_id, member_id, is_recused)
       SELECT $1, * FROM unnest($2::text[], $3::boolean[])`,
      [
        stored.id,
        action.electors.map(({ memberId }) => memberId),
        action.electors.map((one) => one.isRecused),
      ],
    );
  }
  return row[0]?.version ?? stored.version;
}

/** Any number that only changes of actions lock. */
const REVISION_LOCK = 7_355_609;

/** Gives the action the next revision, in the order of the commits, and wakes followers. Comes last, as it lets nobody by. */
export async function announce(sql: Sql, id: string): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [REVISION_LOCK]);
  await sql.query(`UPDATE action SET revision = nextval('action_revision') WHERE id = $1`, [id]);
  await sql.query(`SELECT pg_notify('sekisho_actions', '')`);
}

interface Statement {
  readonly kind: 'action' | 'vote';
  readonly issuer: string;
  readonly text: string;
  /** Nobody may find out by trying what a member votes while others still do. */
  readonly salt: Buffer;
}

/** Puts what was decided into the log, and on record. The log's lock is held to the end: this comes last. */
export async function recordChange(sql: Sql, id: string, change: ActionChange, now: Date): Promise<void> {
  const { transitions, votes } = change;
  const statements = [
    ...votes.map(({ memberId, ...vote }) => stated('vote', memberId, { ...vote, action: id })),
    ...transitions.map(({ by, ...transition }) => stated('action', by, { ...transition, action: id })),
  ];
  if (statements.length === 0) return;
  const [row]: { recorded: number }[] = await sql.query(
    'SELECT count(*)::int AS recorded FROM action_transition WHERE action_id = $1',
    [id],
  );
  const entries = statements.map(({ kind, salt, text }) => saltedEntry(kind, salt, text));
  const first = await appendToLog(sql, entries, now);
  for (const [i, { kind, issuer, text, salt }] of statements.entries()) {
    await sql.query(
      `INSERT INTO log_statement (log_index, kind, issuer, digest, statement, salt, logged_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [first + i, kind, issuer, createHash('sha256').update(text).digest(), text, salt, now],
    );
  }
  for (const [i, { memberId, vote, reason, at }] of votes.entries()) {
    await sql.query(
      `INSERT INTO action_vote (action_id, member_id, vote, reason, at, log_index) VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, memberId, vote, reason, new Date(at), first + i],
    );
  }
  for (const [i, one] of transitions.entries()) {
    await sql.query(
      `INSERT INTO action_transition (action_id, sequence, transition, state, at, made_by, reason, log_index)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        ...[
          id,
          (row?.recorded ?? 0) + i + 1,
          one.transition,
          one.state,
          new Date(one.at),
          one.by,
          one.reason,
        ],
        first + votes.length + i,
      ],
    );
  }
}

const stated = (kind: Statement['kind'], issuer: string, said: Record<string, unknown>): Statement => ({
  ...{ kind, issuer, salt: randomBytes(SALT_BYTES) },
  text: JSON.stringify({ by: issuer, ...said }),
});
