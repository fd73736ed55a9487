// The outbox of what members are told. A row is written in the transaction that makes it true and stays until the member's
// receiver has acknowledged it: told at least once, and the same `jti` each time, so that it is seen once. Who can write
// the table can have the hub sign what never happened.
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';

/** None of the registered event types (RFC 8417) is about reputation: these are our own. */
export type MemberEventType =
  | 'urn:sekisho:event:alert'
  | 'urn:sekisho:event:action'
  | 'urn:sekisho:event:appeal'
  | 'urn:sekisho:event:correction';

/** Section 8.1.4 of the Shared Signals Framework: that a receiver asked for, to see that it is reached. */
export const VERIFICATION_EVENT = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

/** What a member is to be told. */
export interface NewMemberEvent {
  readonly memberId: string;
  readonly type: MemberEventType | typeof VERIFICATION_EVENT;
  /** As formatSubject writes it; undefined: it is about no subject. */
  readonly subject?: string | undefined;
  /** Told as it is: no reporter, counts and times as coarse as docs/privacy.md demands. Values that JSON can hold. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What it says never changes, so that it can be signed again for each delivery. */
export interface MemberEvent {
  readonly jti: string;
  readonly type: NewMemberEvent['type'];
  readonly subject: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly madeAt: Date;
}

/** One that was set aside because its receiver could not use it. */
export interface RefusedEvent extends MemberEvent {
  readonly refused: string;
}

/** In the caller's transaction: the member is told exactly when that commits. */
export async function tellMember(
  sql: Sql,
  { memberId, type, subject, details }: NewMemberEvent,
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO member_event (member_id, type, subject, details, made_at, is_mail_due)
     VALUES ($1, $2, $3, $4, $5, $6
       AND EXISTS (SELECT FROM event_stream s WHERE s.member_id = $1 AND s.mail_address IS NOT NULL))`,
    [memberId, type, subject ?? null, JSON.stringify(details), now, type !== VERIFICATION_EVENT],
  );
  await sql.query(`SELECT pg_notify('sekisho_events', $1)`, [memberId]);
}

export const EVENT_COLUMNS = 'jti, type, subject, details, made_at AS "madeAt"';
const IS_PENDING = 'member_id = $1 AND settled_at IS NULL AND refused IS NULL';

export class MemberEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What a member has not acknowledged, of these types or of all, oldest first. */
  async pending(memberId: string, limit: number, types?: readonly string[]): Promise<MemberEvent[]> {
    return this.dataSource.query(
      `SELECT ${EVENT_COLUMNS} FROM member_event WHERE ${IS_PENDING} AND ($3::text[] IS NULL OR type = ANY($3)) ORDER BY sequence LIMIT $2`,
      [memberId, limit, types ?? null],
    );
  }

  /** Repeating it, or naming what is not the member's, changes nothing. */
  async acknowledge(memberId: string, jtis: readonly string[], now: Date): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query(
        `UPDATE member_event SET settled_at = $3 WHERE member_id = $1 AND jti = ANY($2) AND settled_at IS NULL`,
        [memberId, jtis, now],
      );
      await manager.query(
        'DELETE FROM member_event WHERE member_id = $1 AND jti = ANY($2) AND NOT is_mail_due',
        [memberId, jtis],
      );
    });
  }

  /** Sets one aside that the receiver cannot use, so that those after it arrive. */
  async refuse(memberId: string, jti: string, reason: string): Promise<void> {
    await this.dataSource.query('UPDATE member_event SET refused = $3 WHERE member_id = $1 AND jti = $2', [
      ...[memberId, jti, reason],
    ]);
  }

  /** What was set aside, oldest first. */
  async refused(memberId: string, limit: number): Promise<RefusedEvent[]> {
    return this.dataSource.query(
      `SELECT ${EVENT_COLUMNS}, refused FROM member_event WHERE member_id = $1 AND refused IS NOT NULL
       ORDER BY sequence LIMIT $2`,
      [memberId, limit],
    );
  }

  /** Takes up again what was set aside. @returns how many */
  async takeUp(memberId: string): Promise<number> {
    const [, count] = await this.dataSource.query<[unknown[], number]>(
      `UPDATE member_event SET refused = NULL, first_tried_at = NULL WHERE member_id = $1 AND refused IS NOT NULL`,
      [memberId],
    );
    await this.dataSource.query(`SELECT pg_notify('sekisho_events', $1)`, [memberId]);
    return count;
  }

  /** When its delivery was first tried, this time at the latest. */
  async tried(memberId: string, jti: string, now: Date): Promise<Date> {
    const [[row]] = await this.dataSource.query<[{ at: Date }[], number]>(
      `UPDATE member_event SET first_tried_at = coalesce(first_tried_at, $3) WHERE member_id = $1 AND jti = $2
       RETURNING first_tried_at AS at`,
      [memberId, jti, now],
    );
    return row?.at ?? now;
  }
}
