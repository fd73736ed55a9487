import { MAX_CASE_MESSAGES, SubscriberRefused } from '@sekisho/subscriber';
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';

export interface SubscriberCase {
  readonly id: string;
  readonly isReporter: boolean;
  readonly strength: string;
  readonly types: readonly string[];
  readonly reason: string;
  readonly state: string;
  /** The reporter's own case number and record, for the reporter alone. */
  readonly caseNumber: string | null;
  readonly terminationId: string | null;
  readonly openedAt: Date;
  /** Public keys of the side that asks and of the other one. */
  readonly ownKey: string | null;
  readonly otherKey: string | null;
  readonly messages: number;
}

export interface CaseMessage {
  readonly id: string;
  readonly isOwn: boolean;
  readonly sealed: string;
  readonly sentAt: Date;
}

/** Who can write here can drop or hold back messages; what they say, and keys that both sides believe, it cannot make. */
export class CaseRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The member's cases on either side, newest first. The other side is never named. */
  async list(memberId: string, limit: number): Promise<SubscriberCase[]> {
    return this.dataSource.query(
      `SELECT c.id, c.reporter = $1 AS "isReporter", c.strength, c.types, x.reason, x.state,
         CASE WHEN c.reporter = $1 THEN x.case_number END AS "caseNumber",
         CASE WHEN c.reporter = $1 THEN x.id END AS "terminationId", c.opened_at AS "openedAt",
         CASE WHEN c.reporter = $1 THEN c.reporter_key ELSE c.asker_key END AS "ownKey",
         CASE WHEN c.reporter = $1 THEN c.asker_key ELSE c.reporter_key END AS "otherKey",
         (SELECT count(*)::int FROM subscriber_message m WHERE m.case_id = c.id) AS messages
       FROM subscriber_case c JOIN subscriber_termination x ON x.id = c.termination_id
       WHERE c.asker = $1 OR c.reporter = $1 ORDER BY c.opened_at DESC, c.id LIMIT $2`,
      [memberId, limit],
    );
  }

  /**
   * Sets the member's key of a case, once: the other side may have believed it already.
   * @throws {SubscriberRefused} case-unknown, case-closed, case-key-fixed
   */
  async setKey(memberId: string, caseId: string, key: string): Promise<void> {
    await this.requireOpen(memberId, caseId);
    const [rows]: [unknown[], number] = await this.dataSource.query(
      `UPDATE subscriber_case SET
         reporter_key = CASE WHEN reporter = $2 THEN $3 ELSE reporter_key END,
         asker_key = CASE WHEN reporter = $2 THEN asker_key ELSE $3 END
       WHERE id = $1 AND coalesce(CASE WHEN reporter = $2 THEN reporter_key ELSE asker_key END, $3) = $3
       RETURNING id`,
      [caseId, memberId, key],
    );
    if (rows.length > 0) return;
    throw new SubscriberRefused('case-key-fixed', `your key of the case ${caseId} is another one`);
  }

  /**
   * Relays one message; the same id again is the same message.
   * @throws {SubscriberRefused} case-unknown, case-closed, case-full
   */
  async send(
    memberId: string,
    message: { caseId: string; id: string; sealed: string },
    now: Date,
  ): Promise<void> {
    const { caseId, id, sealed } = message;
    await this.dataSource.transaction(async (sql) => {
      // Messages that come at once are counted one after the other.
      await sql.query('SELECT FROM subscriber_case WHERE id = $1 FOR UPDATE', [caseId]);
      const isReporter = await this.requireOpen(memberId, caseId, sql);
      const [row]: { sent: number }[] = await sql.query(
        `SELECT count(*)::int AS sent FROM subscriber_message
         WHERE case_id = $1 AND is_from_reporter = $2 AND id <> $3`,
        [caseId, isReporter, id],
      );
      if ((row?.sent ?? 0) >= MAX_CASE_MESSAGES) {
        throw new SubscriberRefused(
          'case-full',
          `${MAX_CASE_MESSAGES} messages of one side are a case's limit`,
        );
      }
      await sql.query(
        `INSERT INTO subscriber_message (id, case_id, is_from_reporter, sealed, sent_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO NOTHING`,
        [id, caseId, isReporter, sealed, now],
      );
    });
  }

  /** Oldest first. @throws {SubscriberRefused} case-unknown */
  async messages(memberId: string, caseId: string): Promise<CaseMessage[]> {
    await this.require(memberId, caseId);
    return this.dataSource.query(
      `SELECT m.id, m.is_from_reporter = (c.reporter = $2) AS "isOwn", m.sealed, m.sent_at AS "sentAt"
       FROM subscriber_message m JOIN subscriber_case c ON c.id = m.case_id
       WHERE c.id = $1 AND (c.asker = $2 OR c.reporter = $2) ORDER BY m.sent_at, m.id`,
      [caseId, memberId],
    );
  }

  private async requireOpen(memberId: string, caseId: string, sql: Sql = this.dataSource): Promise<boolean> {
    const { isReporter, state } = await this.require(memberId, caseId, sql);
    if (state !== 'withdrawn') return isReporter;
    throw new SubscriberRefused('case-closed', `the record of the case ${caseId} is withdrawn`);
  }

  private async require(
    memberId: string,
    caseId: string,
    sql: Sql = this.dataSource,
  ): Promise<{ isReporter: boolean; state: string }> {
    const [row]: { isReporter: boolean; state: string }[] = await sql.query(
      `SELECT c.reporter = $2 AS "isReporter", x.state FROM subscriber_case c
       JOIN subscriber_termination x ON x.id = c.termination_id WHERE c.id = $1 AND (c.asker = $2 OR c.reporter = $2)`,
      [caseId, memberId],
    );
    if (row) return row;
    throw new SubscriberRefused('case-unknown', `you have no case ${caseId}`);
  }
}
