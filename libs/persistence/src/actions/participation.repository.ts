import {
  acknowledges,
  ActionRefused,
  CONDUCT_VERSION,
  CURRENT_RULES,
  hubTimeOf,
  skewOf,
  type Acknowledgement,
  type ActionResult,
  type Counts,
  type Participation,
} from '@sekisho/workgroup';
import type { DataSource } from 'typeorm';
import { locked, unknown } from './action.repository.js';
import { tellOwnVeto } from './effects.js';
import { announce } from './write-action.js';

export interface Participant {
  readonly memberId: string;
  readonly state: Participation;
  /** By the hub's clock, of the last report. */
  readonly at: Date | null;
  readonly clockOffsetMs: number | null;
  readonly appliedSkewMs: number | null;
  readonly removedSkewMs: number | null;
  readonly note: string;
  readonly rehearsal: StoredResult | null;
  readonly actual: StoredResult | null;
}

interface StoredResult {
  readonly days: number;
  readonly counts: Counts;
  readonly before?: Counts;
}

export interface RecordedTransition {
  readonly transition: string;
  readonly state: string;
  readonly at: Date;
  readonly by: string;
  readonly reason: string;
  /** Of the entry of the transparency log that commits to it. */
  readonly logIndex: number;
}

export interface ActionComment {
  readonly id: string;
  readonly memberId: string;
  readonly text: string;
  readonly at: Date;
}

export interface ActionDetails {
  readonly participants: readonly Participant[];
  readonly history: readonly RecordedTransition[];
  readonly comments: readonly ActionComment[];
}

/** What of an action is committed to by the transparency log, word for word. */
export interface ActionStatement {
  readonly index: number;
  readonly kind: 'action' | 'vote';
  readonly statement: string;
  /** 16 bytes; null: it was committed to before there were salts. */
  readonly salt: Buffer | null;
}

/** More than a discussion, and less than what an answer can carry. */
const MOST_COMMENTS = 500;

/** What each member does about an action, and what its people say. */
export class ParticipationRepository {
  constructor(private readonly dataSource: DataSource) {}

  async details(ids: readonly string[]): Promise<ReadonlyMap<string, ActionDetails>> {
    const read = <T>(query: string): Promise<(T & { actionId: string })[]> =>
      this.dataSource.query(query, [ids]);
    const participants = await read<Participant>(
      `SELECT action_id AS "actionId", member_id AS "memberId", state, at, clock_offset_ms AS "clockOffsetMs",
         applied_skew_ms AS "appliedSkewMs", removed_skew_ms AS "removedSkewMs", note, rehearsal, actual
       FROM action_participant WHERE action_id = ANY($1) ORDER BY member_id`,
    );
    const history = await read<RecordedTransition>(
      `SELECT action_id AS "actionId", transition, state, at, made_by AS by, reason, log_index::float8 AS "logIndex"
       FROM action_transition WHERE action_id = ANY($1) ORDER BY sequence`,
    );
    const comments = await read<ActionComment>(
      `SELECT action_id AS "actionId", id, member_id AS "memberId", text, at FROM action_comment
       WHERE action_id = ANY($1) ORDER BY at, id`,
    );
    const of = <T extends { actionId: string }>(rows: readonly T[], id: string) =>
      rows.filter(({ actionId }) => actionId === id);
    return new Map(
      ids.map((id) => [
        id,
        { participants: of(participants, id), history: of(history, id), comments: of(comments, id) },
      ]),
    );
  }

  /**
   * Takes a member's report of what it did. A veto, and its end, is told to the member's agent; what the agent did before the veto,
   * and says late, does not end it.
   * @throws {ActionRefused} action-unknown, action-state, action-malformed
   */
  async acknowledge(
    memberId: string,
    id: string,
    said: Acknowledgement & { note: string },
    now: Date,
  ): Promise<void> {
    await this.dataSource.transaction(async (sql) => {
      const action = await locked(sql, id);
      const [row]: { state: Participation; at: Date | null }[] = await sql.query(
        'SELECT state, at FROM action_participant WHERE action_id = $1 AND member_id = $2',
        [id, memberId],
      );
      if (!acknowledges(action, row?.state ?? 'silent', said)) return;
      const isVetoed = row?.state === 'vetoed';
      if (isVetoed && hubTimeOf(said) <= (row.at?.getTime() ?? 0)) return;
      const skew = skewOf(action, said) ?? null;
      const at = new Date(hubTimeOf(said));
      await sql.query(
        `INSERT INTO action_participant (action_id, member_id, state, at, clock_offset_ms, applied_skew_ms,
           removed_skew_ms, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (action_id, member_id) DO UPDATE SET state = $3, at = $4, clock_offset_ms = $5,
           applied_skew_ms = coalesce($6, action_participant.applied_skew_ms),
           removed_skew_ms = coalesce($7, action_participant.removed_skew_ms), note = $8`,
        [
          ...[id, memberId, said.state, at, said.clockOffsetMs],
          ...[said.state === 'applied' ? skew : null, said.state === 'removed' ? skew : null, said.note],
        ],
      );
      if (said.state === 'vetoed') await tellOwnVeto(sql, action, { memberId, ownVeto: said.note }, now);
      else if (isVetoed && said.state === 'ready') {
        await tellOwnVeto(sql, action, { memberId, ownVeto: null }, now);
      }
      await announce(sql, id);
    });
  }

  /** Keeps what a member's agent counted, with its signature; a newer one replaces an older one. */
  async keepResult(memberId: string, { action, phase, ...result }: ActionResult, jws: string): Promise<void> {
    const { days, counts, before } = result;
    const column = phase === 'rehearsal' ? 'rehearsal' : 'actual';
    await this.dataSource.transaction(async (sql) => {
      const { isPublic } = await locked(sql, action);
      if (!isPublic) throw unknown(action);
      await sql.query(
        `INSERT INTO action_participant (action_id, member_id, state, ${column}, ${column}_jws)
         VALUES ($1, $2, 'silent', $3, $4)
         ON CONFLICT (action_id, member_id) DO UPDATE SET ${column} = $3, ${column}_jws = $4`,
        [action, memberId, JSON.stringify({ days, counts, ...(before && { before }) }), jws],
      );
      await announce(sql, action);
    });
  }

  /** @throws {ActionRefused} action-unknown, action-state when there are too many */
  async comment(memberId: string, id: string, text: string, now: Date): Promise<void> {
    await this.dataSource.transaction(async (sql) => {
      const { isPublic, proposedBy } = await locked(sql, id);
      if (!isPublic && proposedBy !== memberId) throw unknown(id);
      const [row]: { n: number }[] = await sql.query(
        'SELECT count(*)::int AS n FROM action_comment WHERE action_id = $1',
        [id],
      );
      if ((row?.n ?? 0) >= MOST_COMMENTS) {
        throw new ActionRefused('action-state', `the action has ${MOST_COMMENTS} comments already`);
      }
      await sql.query('INSERT INTO action_comment (action_id, member_id, text, at) VALUES ($1, $2, $3, $4)', [
        ...[id, memberId, text, now],
      ]);
      await announce(sql, id);
    });
  }

  /** Word for word what the log commits to, in its order. Of a vote that goes on, nothing. */
  async statements(id: string, { withVotes }: { withVotes: boolean }): Promise<ActionStatement[]> {
    return this.dataSource.query(
      `SELECT s.log_index::float8 AS index, s.kind, s.statement, s.salt FROM log_statement s
       JOIN (SELECT log_index FROM action_transition WHERE action_id = $1
         UNION ALL SELECT log_index FROM action_vote WHERE action_id = $1 AND $2) o USING (log_index)
       ORDER BY s.log_index`,
      [id, withVotes],
    );
  }

  /** Who votes for the member while it does not vote itself; undefined: nobody. @throws {ActionRefused} delegation-refused */
  async delegate(memberId: string, delegateId: string | undefined, now: Date): Promise<void> {
    await this.dataSource.transaction(async (sql) => {
      // One at a time, or two members could each take the last place of a delegate.
      await sql.query('LOCK TABLE action_delegate IN SHARE ROW EXCLUSIVE MODE');
      await sql.query('DELETE FROM action_delegate WHERE member_id = $1', [memberId]);
      if (delegateId === undefined) return;
      const [row]: { isActive: boolean; carried: number }[] = await sql.query(
        `SELECT status = 'active' AS "isActive", (SELECT count(*)::int FROM action_delegate WHERE delegate_id = $1)
           AS carried FROM member WHERE id = $1`,
        [delegateId],
      );
      if (!row?.isActive || delegateId === memberId) {
        throw new ActionRefused('delegation-refused', `${delegateId} is no other active member`);
      }
      if (row.carried >= CURRENT_RULES.mostDelegated) {
        throw new ActionRefused(
          'delegation-refused',
          `${delegateId} votes for ${row.carried} members already, which is as many as may be`,
        );
      }
      await sql.query('INSERT INTO action_delegate VALUES ($1, $2, $3)', [memberId, delegateId, now]);
    });
  }

  async delegateOf(memberId: string): Promise<string | undefined> {
    const [row]: { delegate_id: string }[] = await this.dataSource.query(
      'SELECT delegate_id FROM action_delegate WHERE member_id = $1',
      [memberId],
    );
    return row?.delegate_id;
  }

  async delegations(): Promise<ReadonlyMap<string, string>> {
    const rows: { member_id: string; delegate_id: string }[] = await this.dataSource.query(
      'SELECT member_id, delegate_id FROM action_delegate',
    );
    return new Map(rows.map(({ member_id, delegate_id }) => [member_id, delegate_id]));
  }

  /** The member's agent is there. */
  async noteAgent(memberId: string, clockOffsetMs: number, now: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO member_agent VALUES ($1, $2, $3)
       ON CONFLICT (member_id) DO UPDATE SET seen_at = $2, clock_offset_ms = $3`,
      [memberId, now, clockOffsetMs],
    );
  }

  /** Of the version in force; undefined while it is not accepted. */
  async conductAcceptedAt(memberId: string): Promise<Date | undefined> {
    const [row]: { accepted_at: Date }[] = await this.dataSource.query(
      'SELECT accepted_at FROM conduct_acceptance WHERE member_id = $1 AND version = $2',
      [memberId, CONDUCT_VERSION],
    );
    return row?.accepted_at;
  }

  /** The first acceptance stays. */
  async acceptConduct(memberId: string, now: Date): Promise<void> {
    await this.dataSource.query('INSERT INTO conduct_acceptance VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      ...[memberId, CONDUCT_VERSION, now],
    ]);
  }
}
