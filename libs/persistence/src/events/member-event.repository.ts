// The outbox of what members are told. A row is written in the transaction that makes it true and stays until the member's
// receiver has acknowledged it: told at least once, and the same `jti` each time, so that it is seen once. Who can write
// the table can have the hub sign what never happened.
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';

/** None of the registered event types (RFC 8417) is about reputation: these are our own. */
export type MemberEventType =
  'urn:sekisho:event:alert' | 'urn:sekisho:event:action' | 'urn:sekisho:event:correction';

/** What a member is to be told. */
export interface NewMemberEvent {
  readonly memberId: string;
  readonly type: MemberEventType;
  /** As formatSubject writes it; undefined: it is about no subject. */
  readonly subject?: string | undefined;
  /** Told as it is: no reporter, counts and times as coarse as docs/privacy.md demands. Values that JSON can hold. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What it says never changes, so that it can be signed again for each delivery. */
export interface MemberEvent {
  readonly jti: string;
  readonly type: MemberEventType;
  readonly subject: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly madeAt: Date;
}

/** In the caller's transaction: the member is told exactly when that commits. */
export async function tellMember(
  sql: Sql,
  { memberId, type, subject, details }: NewMemberEvent,
  now: Date,
): Promise<void> {
  await sql.query(
    'INSERT INTO member_event (member_id, type, subject, details, made_at) VALUES ($1, $2, $3, $4, $5)',
    [memberId, type, subject ?? null, JSON.stringify(details), now],
  );
  await sql.query(`SELECT pg_notify('sekisho_events', $1)`, [memberId]);
}

export class MemberEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What a member has not acknowledged, oldest first. */
  async pending(memberId: string, limit: number): Promise<MemberEvent[]> {
    return this.dataSource.query(
      `SELECT jti, type, subject, details, made_at AS "madeAt" FROM member_event WHERE member_id = $1
       ORDER BY sequence LIMIT $2`,
      [memberId, limit],
    );
  }

  /** Repeating it, or naming what is not the member's, changes nothing. */
  async acknowledge(memberId: string, jtis: readonly string[]): Promise<void> {
    await this.dataSource.query('DELETE FROM member_event WHERE member_id = $1 AND jti = ANY($2)', [
      memberId,
      jtis,
    ]);
  }
}
