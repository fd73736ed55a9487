// How members are told: one stream each. Who can write the table can send a member's events elsewhere; who can read it has
// the passwords of members' receivers.
import { FEEDBACK } from '@sekisho/feedback';
import type { DataSource } from 'typeorm';
import {
  EVENT_COLUMNS,
  tellMember,
  VERIFICATION_EVENT,
  type MemberEvent,
} from './member-event.repository.js';

export type MailFormat = 'arf' | 'xarf';
export type MailLanguage = 'en' | 'ja';

export interface MailPreference {
  readonly address: string;
  readonly format: MailFormat;
  readonly language: MailLanguage;
}

export interface EventStream {
  readonly memberId: string;
  /** undefined: the member polls. */
  readonly endpoint: string | undefined;
  readonly authorization: string | undefined;
  readonly status: 'enabled' | 'paused';
  /** Attempts that failed since the last that did not. */
  readonly failures: number;
  readonly nextAttemptAt: Date | undefined;
  readonly lastError: string | undefined;
  readonly mail: MailPreference | undefined;
}

interface StreamRow {
  readonly member_id: string;
  readonly endpoint: string | null;
  readonly authorization_header: string | null;
  readonly status: EventStream['status'];
  readonly failures: number;
  readonly next_attempt_at: Date | null;
  readonly last_error: string | null;
  readonly mail_address: string | null;
  readonly mail_format: MailFormat | null;
  readonly mail_language: MailLanguage | null;
}

const toStream = (row: StreamRow): EventStream => ({
  ...{ memberId: row.member_id, status: row.status, failures: row.failures },
  ...{ endpoint: row.endpoint ?? undefined, authorization: row.authorization_header ?? undefined },
  ...{ nextAttemptAt: row.next_attempt_at ?? undefined, lastError: row.last_error ?? undefined },
  mail:
    row.mail_address !== null && row.mail_format !== null && row.mail_language !== null
      ? { address: row.mail_address, format: row.mail_format, language: row.mail_language }
      : undefined,
});

/** What a member has that never said how it wants to be told: it polls. */
const unset = (memberId: string): EventStream => ({
  ...{ memberId, status: 'enabled', failures: 0, endpoint: undefined, authorization: undefined },
  ...{ nextAttemptAt: undefined, lastError: undefined, mail: undefined },
});

export class EventStreamRepository {
  constructor(private readonly dataSource: DataSource) {}

  async find(memberId: string): Promise<EventStream> {
    const [row]: StreamRow[] = await this.dataSource.query(
      'SELECT * FROM event_stream WHERE member_id = $1',
      [memberId],
    );
    return row ? toStream(row) : unset(memberId);
  }

  /** A new receiver is tried at once, whatever became of the one before. undefined: back to polling. */
  async setEndpoint(
    memberId: string,
    receiver: { endpoint: string; authorization: string | undefined } | undefined,
    now: Date,
  ): Promise<EventStream> {
    await this.write(
      memberId,
      now,
      'endpoint = $3, authorization_header = $4, failures = 0, next_attempt_at = NULL, last_error = NULL',
      [receiver?.endpoint ?? null, receiver?.authorization ?? null],
    );
    return this.find(memberId);
  }

  async setStatus(memberId: string, status: EventStream['status'], now: Date): Promise<EventStream> {
    await this.write(memberId, now, 'status = $3, failures = 0, next_attempt_at = NULL', [status]);
    return this.find(memberId);
  }

  /** Mail begins with what happens from now on. */
  async setMail(memberId: string, mail: MailPreference | undefined, now: Date): Promise<EventStream> {
    await this.write(memberId, now, 'mail_address = $3, mail_format = $4, mail_language = $5', [
      ...[mail?.address ?? null, mail?.format ?? null, mail?.language ?? null],
    ]);
    if (!mail) {
      await this.dataSource.query(
        'DELETE FROM member_event WHERE member_id = $1 AND is_mail_due AND settled_at IS NOT NULL',
        [memberId],
      );
      await this.dataSource.query(
        'UPDATE member_event SET is_mail_due = false WHERE member_id = $1 AND is_mail_due',
        [memberId],
      );
    }
    return this.find(memberId);
  }

  /** Takes the place of an earlier verification that has not arrived. */
  async verify(memberId: string, state: string, now: Date): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query('DELETE FROM member_event WHERE member_id = $1 AND type = $2', [
        ...[memberId, VERIFICATION_EVENT],
      ]);
      await tellMember(manager, { memberId, type: VERIFICATION_EVENT, details: { state } }, now);
    });
  }

  /** Members with something to push now, and nobody at it. */
  async due(now: Date): Promise<string[]> {
    const rows: { member_id: string }[] = await this.dataSource.query(
      `SELECT member_id FROM event_stream s WHERE endpoint IS NOT NULL AND status = 'enabled'
         AND (next_attempt_at IS NULL OR next_attempt_at <= $1) AND (lease_until IS NULL OR lease_until <= $1)
         AND EXISTS (SELECT FROM member_event e WHERE e.member_id = s.member_id AND settled_at IS NULL AND refused IS NULL)`,
      [now],
    );
    return rows.map(({ member_id }) => member_id);
  }

  /**
   * For one deliverer at a time, so that order holds; a hub that died lets go when the lease ends.
   * @returns undefined when there is nothing to push to now, or another has it
   */
  async lease(memberId: string, now: Date, until: Date): Promise<EventStream | undefined> {
    const [[row]] = await this.dataSource.query<[StreamRow[], number]>(
      `UPDATE event_stream SET lease_until = $3 WHERE member_id = $1 AND endpoint IS NOT NULL AND status = 'enabled'
         AND (next_attempt_at IS NULL OR next_attempt_at <= $2) AND (lease_until IS NULL OR lease_until <= $2)
       RETURNING *`,
      [memberId, now, until],
    );
    return row && toStream(row);
  }

  /** Goes on after a success; also ends the pause that failures brought. @returns false when the member changed its mind */
  async renewLease({ memberId, endpoint }: EventStream, until: Date): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown[], number]>(
      `UPDATE event_stream SET lease_until = $3, failures = 0, next_attempt_at = NULL, last_error = NULL
       WHERE member_id = $1 AND endpoint = $2 AND status = 'enabled'`,
      [memberId, endpoint, until],
    );
    return count > 0;
  }

  async release(
    { memberId, endpoint }: EventStream,
    failure?: { failures: number; nextAttemptAt: Date; error: string },
  ): Promise<void> {
    await this.dataSource.query('UPDATE event_stream SET lease_until = NULL WHERE member_id = $1', [
      memberId,
    ]);
    if (!failure) return;
    await this.dataSource.query(
      `UPDATE event_stream SET failures = $3, next_attempt_at = $4, last_error = $5
       WHERE member_id = $1 AND endpoint = $2`,
      [memberId, endpoint, failure.failures, failure.nextAttemptAt, failure.error],
    );
  }

  /** Members that a mail is due to: something has waited for it long enough, and the last one is long enough ago. */
  async mailDue(now: Date): Promise<string[]> {
    const rows: { member_id: string }[] = await this.dataSource.query(
      `SELECT DISTINCT member_id FROM member_event JOIN event_stream s USING (member_id)
       WHERE is_mail_due AND made_at <= $1 AND s.mail_address IS NOT NULL
         AND (s.mailed_at IS NULL OR s.mailed_at <= $2)`,
      [new Date(now.getTime() - FEEDBACK.mailGatherMs), new Date(now.getTime() - FEEDBACK.mailEveryMs)],
    );
    return rows.map(({ member_id }) => member_id);
  }

  /**
   * Takes the next mail of a member for one worker; one that dies is followed by another when the next mail is due.
   * @returns undefined when another worker has taken it
   */
  async takeMail(
    memberId: string,
    now: Date,
  ): Promise<{ to: MailPreference; events: readonly MemberEvent[] } | undefined> {
    const [[row]] = await this.dataSource.query<[StreamRow[], number]>(
      `UPDATE event_stream SET mailed_at = $2 WHERE member_id = $1 AND mail_address IS NOT NULL
         AND (mailed_at IS NULL OR mailed_at <= $3) RETURNING *`,
      [memberId, now, new Date(now.getTime() - FEEDBACK.mailEveryMs)],
    );
    const to = row && toStream(row).mail;
    if (!to) return undefined;
    const events: MemberEvent[] = await this.dataSource.query(
      `SELECT ${EVENT_COLUMNS} FROM member_event WHERE member_id = $1 AND is_mail_due ORDER BY sequence LIMIT 5000`,
      [memberId],
    );
    return { to, events };
  }

  /** What the mail server has taken is not mailed again; what a receiver has acknowledged too is gone. */
  async mailed(memberId: string, jtis: readonly string[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query(
        'DELETE FROM member_event WHERE member_id = $1 AND jti = ANY($2) AND settled_at IS NOT NULL',
        [memberId, jtis],
      );
      await manager.query(
        'UPDATE member_event SET is_mail_due = false WHERE member_id = $1 AND jti = ANY($2)',
        [memberId, jtis],
      );
    });
  }

  /** A mail that was not taken is tried again when the next events were gathered. */
  async mailFailed(memberId: string, now: Date): Promise<void> {
    const mailedAt = new Date(now.getTime() - FEEDBACK.mailEveryMs + FEEDBACK.mailGatherMs);
    await this.dataSource.query('UPDATE event_stream SET mailed_at = $2 WHERE member_id = $1', [
      ...[memberId, mailedAt],
    ]);
  }

  private async write(memberId: string, now: Date, set: string, values: readonly unknown[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query(
        'INSERT INTO event_stream (member_id, updated_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        [memberId, now],
      );
      await manager.query(`UPDATE event_stream SET updated_at = $2, ${set} WHERE member_id = $1`, [
        ...[memberId, now, ...values],
      ]);
      await manager.query(`SELECT pg_notify('sekisho_events', $1)`, [memberId]);
    });
  }
}
