import { SubscriberRefused, type TerminationState } from '@sekisho/subscriber';
import type { DataSource, EntityManager } from 'typeorm';
import { EnvelopeReplayed } from '../reports/report.repository.js';

/** One token as the hub keeps it. */
export interface TokenDigest {
  readonly epoch: string;
  readonly type: string;
  readonly digest: Buffer;
}

export interface NewTermination {
  readonly id: string;
  readonly memberId: string;
  readonly jti: string;
  /** SHA-256 of the envelope as received. */
  readonly envelopeDigest: Buffer;
  readonly isCanary: boolean;
  readonly reason: string;
  readonly evidence: string;
  readonly terminatedOn: string;
  readonly caseNumber: string;
  readonly epoch: string;
  readonly registeredAt: Date;
  readonly expiresAt: Date;
  readonly tokens: readonly TokenDigest[];
}

export interface StoredTermination {
  readonly terminationId: string;
  readonly expiresAt: Date;
}

const STORE = `
  WITH claimed AS (
    INSERT INTO subscriber_termination (id, member_id, jti, envelope_digest, is_canary, reason, evidence, terminated_on,
      case_number, state, epoch, registered_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'active', $10, $11, $12)
    ON CONFLICT (member_id, jti) DO NOTHING RETURNING id, envelope_digest, expires_at
  ), stored AS (
    INSERT INTO subscriber_token (epoch, type, digest, termination_id)
    SELECT $10, t.type, t.digest, claimed.id FROM claimed, unnest($13::text[], $14::bytea[]) AS t(type, digest)
  )
  SELECT * FROM claimed UNION ALL
  SELECT id, envelope_digest, expires_at FROM subscriber_termination WHERE member_id = $2 AND jti = $3`;

/** Who can write these tables can have a member's applicants looked at, or a spammer pass; nobody learns who anybody is. */
export class TerminationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Stores a record once; the same envelope again resolves to the first record.
   * @throws {EnvelopeReplayed} another envelope under the same jti
   */
  async store(one: NewTermination): Promise<StoredTermination> {
    const [row]: { id: string; envelope_digest: Buffer; expires_at: Date }[] = await this.dataSource.query(
      STORE,
      [
        ...[one.id, one.memberId, one.jti, one.envelopeDigest, one.isCanary, one.reason, one.evidence],
        ...[one.terminatedOn, one.caseNumber, one.epoch, one.registeredAt, one.expiresAt],
        one.tokens.map(({ type }) => type),
        one.tokens.map(({ digest }) => digest),
      ],
    );
    if (!row) throw new Error('a termination is neither stored nor found');
    if (!row.envelope_digest.equals(one.envelopeDigest)) throw new EnvelopeReplayed(one.jti);
    return { terminationId: row.id, expiresAt: row.expires_at };
  }

  /**
   * Takes the member's own living records into an epoch. @returns the ids that were renewed; a withdrawn, expired or
   * foreign one is not among them
   */
  async renew(
    memberId: string,
    epoch: string,
    tokens: readonly (TokenDigest & { readonly terminationId: string })[],
    now: Date,
  ): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `WITH living AS (
         SELECT id FROM subscriber_termination
         WHERE member_id = $1 AND state <> 'withdrawn' AND expires_at > $3 AND id = ANY($4::uuid[])
         FOR UPDATE
       ), stored AS (
         INSERT INTO subscriber_token (epoch, type, digest, termination_id)
         SELECT $2, t.type, t.digest, t.id FROM unnest($4::uuid[], $5::text[], $6::bytea[]) AS t(id, type, digest)
         JOIN living USING (id) ON CONFLICT DO NOTHING
       ), moved AS (
         UPDATE subscriber_termination x SET epoch = greatest(x.epoch, $2) FROM living WHERE x.id = living.id
       )
       SELECT id FROM living`,
      [
        ...[memberId, epoch, now, tokens.map(({ terminationId }) => terminationId)],
        ...[tokens.map(({ type }) => type), tokens.map(({ digest }) => digest)],
      ],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * The record answers no more, and its tokens are gone. Again, it changes nothing.
   * @throws {SubscriberRefused} termination-unknown
   */
  async withdraw(memberId: string, terminationId: string, now: Date): Promise<void> {
    await this.dataSource.transaction(async (sql) => {
      const [withdrawn]: unknown[] = await sql.query(
        `SELECT FROM subscriber_termination WHERE id = $1 AND member_id = $2 AND state = 'withdrawn'`,
        [terminationId, memberId],
      );
      if (withdrawn) return;
      await changeState(sql, terminationId, 'withdrawn', `AND member_id = $3`, [memberId, now]);
      // A statement of its own: it sees the tokens of a correction that held the record's lock until now.
      await sql.query('DELETE FROM subscriber_token WHERE termination_id = $1', [terminationId]);
    });
  }

  /**
   * A contested record does not answer. Its reporter or a reviewer says so; only a reviewer who did not report it says
   * that it answers again.
   * @throws {SubscriberRefused} termination-unknown, also when the caller has no say in it
   */
  async setContested(
    caller: { memberId: string; isReviewer: boolean },
    terminationId: string,
    isContested: boolean,
    now: Date,
  ): Promise<void> {
    const rule = isContested ? `(member_id = $3 OR $5)` : `(member_id <> $3 AND $5)`;
    await changeState(this.dataSource, terminationId, isContested ? 'contested' : 'active', `AND ${rule}`, [
      ...[caller.memberId, now, caller.isReviewer],
    ]);
  }

  /** Epochs under which a living record has tokens: checks ask under these. */
  async searchedEpochs(now: Date): Promise<string[]> {
    const rows: { epoch: string }[] = await this.dataSource.query(
      `SELECT DISTINCT epoch FROM subscriber_termination WHERE state <> 'withdrawn' AND expires_at > $1`,
      [now],
    );
    return rows.map(({ epoch }) => epoch);
  }

  /** The tokens of a destroyed epoch are useless and are not kept. */
  async dropEpoch(epoch: string): Promise<void> {
    await this.dataSource.query('DELETE FROM subscriber_token WHERE epoch = $1', [epoch]);
  }
}

async function changeState(
  sql: Pick<EntityManager, 'query'>,
  id: string,
  state: TerminationState,
  rule: string,
  parameters: readonly unknown[],
): Promise<void> {
  const rows: unknown[] = await sql.query(
    `WITH changed AS (
       UPDATE subscriber_termination SET state = $2 WHERE id = $1 AND state <> 'withdrawn' ${rule}
       RETURNING id, version
     )
     INSERT INTO subscriber_change (termination_id, version, kind, member_id, note, changed_at)
     SELECT id, version, CASE WHEN $2 = 'active' THEN 'upheld' ELSE $2 END, $3, '', $4 FROM changed
     RETURNING termination_id`,
    [id, state, ...parameters],
  );
  if (rows.length === 0) {
    throw new SubscriberRefused('termination-unknown', `no record ${id} that you may change like this`);
  }
}
