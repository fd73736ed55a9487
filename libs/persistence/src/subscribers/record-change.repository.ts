import { SubscriberRefused, type AppealDecision } from '@sekisho/subscriber';
import type { DataSource, EntityManager } from 'typeorm';
import type { TokenDigest } from './termination.repository.js';

export interface OwnTermination {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly reason: string;
  readonly evidence: string;
  readonly caseNumber: string;
  readonly expiresAt: Date;
  readonly changes: readonly {
    readonly version: number;
    readonly kind: string;
    readonly isByReporter: boolean;
    readonly note: string;
    readonly changedAt: string;
  }[];
}

export interface CorrectedTermination {
  readonly terminationId: string;
  /** The one that the correction makes: one more than the record has. */
  readonly version: number;
  readonly envelopeDigest: Buffer;
  readonly reason: string;
  readonly evidence: string;
  readonly terminatedOn: string;
  readonly caseNumber: string;
  readonly epoch: string;
  readonly expiresAt: Date;
  readonly tokens: readonly TokenDigest[];
}

export interface AppealRuling {
  readonly decision: AppealDecision;
  /** The working group's own number of the appeal, opaque. */
  readonly note: string;
  /** Of a corrected record; undefined: as it is. */
  readonly corrected?: { readonly reason: string; readonly expiresAt: Date } | undefined;
}

/** Changes of a record, each on record itself: what it was changed to, when, and on which side. */
export class RecordChangeRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The member's own records with their changes, newest first. A reviewer is not named. */
  async own(memberId: string, limit: number): Promise<OwnTermination[]> {
    return this.dataSource.query(
      `SELECT x.id, x.version, x.state, x.reason, x.evidence, x.case_number AS "caseNumber", x.expires_at AS "expiresAt",
         coalesce((SELECT json_agg(json_build_object('version', c.version, 'kind', c.kind, 'note', c.note,
             'isByReporter', c.member_id = $1, 'changedAt', c.changed_at) ORDER BY c.id)
           FROM subscriber_change c WHERE c.termination_id = x.id), '[]') AS changes
       FROM subscriber_termination x WHERE x.member_id = $1 ORDER BY x.registered_at DESC, x.id LIMIT $2`,
      [memberId, limit],
    );
  }

  /**
   * Puts a new version in a record's place, with its tokens; the id and the state stay. The same envelope again changes
   * nothing.
   * @throws {SubscriberRefused} termination-unknown; termination-state when it is not the next version
   */
  async correct(memberId: string, one: CorrectedTermination, now: Date): Promise<void> {
    await this.dataSource.transaction(async (sql) => {
      const [row]: { version: number }[] = await sql.query(
        `SELECT version FROM subscriber_termination
         WHERE id = $1 AND member_id = $2 AND state <> 'withdrawn' AND expires_at > $3 FOR UPDATE`,
        [one.terminationId, memberId, now],
      );
      if (!row) throw unknown(one.terminationId);
      const [done]: unknown[] = await sql.query(
        `SELECT FROM subscriber_change WHERE termination_id = $1 AND envelope_digest = $2`,
        [one.terminationId, one.envelopeDigest],
      );
      if (done) return;
      if (one.version !== row.version + 1) {
        throw new SubscriberRefused(
          'termination-state',
          `the record has version ${row.version}; a correction makes ${row.version + 1}`,
        );
      }
      await sql.query(
        `UPDATE subscriber_termination SET version = $2, reason = $3, evidence = $4, terminated_on = $5,
           case_number = $6, epoch = $7, expires_at = $8 WHERE id = $1`,
        [
          ...[one.terminationId, one.version, one.reason, one.evidence, one.terminatedOn],
          ...[one.caseNumber, one.epoch, one.expiresAt],
        ],
      );
      await sql.query('DELETE FROM subscriber_token WHERE termination_id = $1', [one.terminationId]);
      await sql.query(
        `INSERT INTO subscriber_token (epoch, type, digest, termination_id)
         SELECT $2, t.type, t.digest, $1 FROM unnest($3::text[], $4::bytea[]) AS t(type, digest)`,
        [
          ...[one.terminationId, one.epoch, one.tokens.map(({ type }) => type)],
          one.tokens.map(({ digest }) => digest),
        ],
      );
      await note(sql, { ...one, kind: 'corrected', memberId, note: one.reason, changedAt: now });
    });
  }

  /** What a ruling on an appeal has to know of a contested record. @throws {SubscriberRefused} termination-unknown */
  async contested(
    reviewer: string,
    terminationId: string,
  ): Promise<{ reason: string; terminatedOn: string }> {
    const [row]: { reason: string; terminatedOn: string }[] = await this.dataSource.query(
      `SELECT reason, terminated_on::text AS "terminatedOn" FROM subscriber_termination
       WHERE id = $1 AND member_id <> $2 AND state = 'contested'`,
      [terminationId, reviewer],
    );
    if (!row) throw unknown(terminationId);
    return row;
  }

  /**
   * Ends the contest of a record that the reviewer did not report: it answers again, corrected or as it was, or never.
   * @throws {SubscriberRefused} termination-unknown, also for a record that nobody contests
   */
  async rule(reviewer: string, terminationId: string, ruling: AppealRuling, now: Date): Promise<void> {
    const { decision, corrected } = ruling;
    await this.dataSource.transaction(async (sql) => {
      const [[row]]: [{ version: number }[], number] = await sql.query(
        `UPDATE subscriber_termination SET state = $3, version = version + $4,
           reason = coalesce($5, reason), expires_at = coalesce($6, expires_at)
         WHERE id = $1 AND member_id <> $2 AND state = 'contested' RETURNING version`,
        [
          ...[terminationId, reviewer, decision === 'withdrawn' ? 'withdrawn' : 'active'],
          ...[decision === 'corrected' ? 1 : 0, corrected?.reason ?? null, corrected?.expiresAt ?? null],
        ],
      );
      if (!row) throw unknown(terminationId);
      if (decision === 'withdrawn') {
        await sql.query('DELETE FROM subscriber_token WHERE termination_id = $1', [terminationId]);
      }
      await note(sql, {
        ...{ terminationId, version: row.version, kind: decision, memberId: reviewer },
        ...{ note: ruling.note, changedAt: now },
      });
    });
  }
}

const unknown = (id: string) =>
  new SubscriberRefused('termination-unknown', `no record ${id} that you may change like this`);

async function note(
  sql: EntityManager,
  change: {
    terminationId: string;
    version: number;
    kind: string;
    memberId: string;
    note: string;
    changedAt: Date;
    envelopeDigest?: Buffer;
  },
): Promise<void> {
  await sql.query(
    `INSERT INTO subscriber_change (termination_id, version, kind, member_id, note, envelope_digest, changed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      ...[change.terminationId, change.version, change.kind, change.memberId, change.note],
      ...[change.envelopeDigest ?? null, change.changedAt],
    ],
  );
}
