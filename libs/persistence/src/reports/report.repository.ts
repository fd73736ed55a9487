import type { RefusalCode, Report } from '@sekisho/report';
import { formatSubject } from '@sekisho/subject';
import { reportEntry } from '@sekisho/tlog';
import type { DataSource } from 'typeorm';

export interface Refusal {
  readonly index: number;
  readonly code: RefusalCode;
  readonly message: string;
}

export interface Receipt {
  readonly receiptId: string;
  readonly accepted: number;
  readonly rejected: readonly Refusal[];
  /** Where the accepted reports are in the transparency log; absent when there are none. */
  readonly log?: LogPlace;
}

/** The accepted reports are entries `index` and following, in their order. */
export interface LogPlace {
  readonly index: number;
  /** 16 bytes: with it the reporter can tell its entries. */
  readonly salt: Buffer;
}

export interface JudgedEnvelope {
  readonly receiptId: string;
  readonly memberId: string;
  readonly jti: string;
  /** SHA-256 of the envelope as received: tells a repeat from another envelope under the same jti. */
  readonly digest: Buffer;
  /** 16 random bytes, for the log. */
  readonly salt: Buffer;
  readonly receivedAt: Date;
  /** `owner`: the member to whom the report's sealed evidence goes. */
  readonly accepted: readonly {
    readonly index: number;
    readonly report: Report;
    readonly owner?: string | undefined;
  }[];
  readonly rejected: readonly Refusal[];
}

/** Another envelope of this member carried the same jti. */
export class EnvelopeReplayed extends Error {
  override readonly name = 'EnvelopeReplayed';
  readonly code = 'envelope-replayed';
  readonly kind = 'Rejected';
  constructor(readonly jti: string) {
    super(`jti ${JSON.stringify(jti)} was used for another envelope; every envelope needs a jti of its own`);
  }
}

/** A report that is not there, not the caller's, or not to be changed. */
export class ReportNotFound extends Error {
  override readonly name = 'ReportNotFound';
  readonly code = 'report-not-found';
  readonly kind = 'Rejected';
  constructor(index: number) {
    // Not which receipt: it may be somebody else's.
    super(`no report ${index} in a receipt of that id of this member`);
  }
}

interface ReceiptRow {
  readonly id: string;
  readonly envelope_digest: Buffer;
  readonly accepted: number;
  readonly rejected: readonly Refusal[];
  readonly first_index: string | null;
  readonly salt: Buffer | null;
}

const RECEIPT_COLUMNS = 'id, envelope_digest, accepted, rejected';

// The receipt is claimed by (member, jti) and only a fresh claim stores sightings, so that one statement is both the
// replay check and the whole insert: a crash leaves all of it or nothing. The log's head is locked last, when all else is done.
const STORE = `
  WITH claimed AS (
    INSERT INTO receipt (id, member_id, jti, envelope_digest, received_at, accepted, rejected)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (member_id, jti) DO NOTHING
    RETURNING ${RECEIPT_COLUMNS}
  ), stored AS (
    INSERT INTO sighting (received_at, receipt_id, item, subject, subject_type, reporter, category, evidence, count,
      first_seen, last_seen, influenced, auth, fingerprint, url_hosts)
    SELECT $5, claimed.id, s.item, s.subject, s.subject_type, $2, s.category, s.evidence, s.count,
      to_timestamp(s.first_seen / 1000), to_timestamp(s.last_seen / 1000), s.influenced,
      s.auth, s.fingerprint, CASE WHEN s.url_hosts IS NULL THEN NULL ELSE string_to_array(s.url_hosts, ' ') END
    FROM claimed, unnest($8::int[], $9::text[], $10::subject_type[], $11::category[], $12::evidence[], $13::int[],
      $14::float8[], $15::float8[], $16::boolean[], $17::jsonb[], $18::text[], $19::text[])
      AS s(item, subject, subject_type, category, evidence, count, first_seen, last_seen, influenced, auth,
        fingerprint, url_hosts)
    RETURNING 1
  ), forwarded AS (
    INSERT INTO sealed_evidence (owner, reporter, receipt_id, item, subject, sealed, received_at)
    SELECT e.owner, $2, claimed.id, e.item, e.subject, e.sealed, $5
    FROM claimed, jsonb_to_recordset($20) AS e(owner text, item int, subject text, sealed text)
  ), head AS (
    UPDATE log_head SET size = size + n FROM (SELECT count(*)::int AS n FROM stored) AS counted WHERE n > 0
    RETURNING size - n AS first_index, n
  ), logged AS (
    INSERT INTO log_append (first_index, entry_count, entries, receipt_id, salt, appended_at)
    SELECT first_index, n, $21, $1, $22, $5 FROM head
    RETURNING receipt_id, first_index, salt
  )
  SELECT ${RECEIPT_COLUMNS}, first_index, salt, true AS fresh FROM claimed LEFT JOIN logged ON receipt_id = id
  UNION ALL
  SELECT ${RECEIPT_COLUMNS}, first_index, salt, false FROM receipt LEFT JOIN log_append ON receipt_id = id
    WHERE member_id = $2 AND jti = $3`;

export class ReportRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Stores a judged envelope and its receipt in one round trip; durable when it resolves.
   * The same envelope again resolves to the first receipt with `isFresh` false.
   * @throws {EnvelopeReplayed}
   */
  async store(envelope: JudgedEnvelope): Promise<Receipt & { isFresh: boolean }> {
    const reports = envelope.accepted.map(({ report }) => report);
    const forwarded = envelope.accepted.flatMap(({ index, owner, report: { subject, sealed } }) =>
      owner !== undefined && sealed !== undefined
        ? [{ owner, item: index, subject: formatSubject(subject), sealed }]
        : [],
    );
    let [row]: (ReceiptRow & { fresh: boolean })[] = await this.dataSource.query(STORE, [
      envelope.receiptId,
      envelope.memberId,
      envelope.jti,
      envelope.digest,
      envelope.receivedAt,
      reports.length,
      JSON.stringify(envelope.rejected),
      envelope.accepted.map(({ index }) => index),
      reports.map(({ subject }) => formatSubject(subject)),
      reports.map(({ subject }) => subject.type),
      reports.map(({ category }) => category),
      reports.map(({ evidence }) => evidence),
      reports.map(({ count }) => count),
      reports.map(({ firstSeen }) => firstSeen),
      reports.map(({ lastSeen }) => lastSeen),
      reports.map(({ influenced }) => influenced),
      reports.map(({ auth }) => auth ?? null),
      reports.map(({ fingerprint }) => fingerprint ?? null),
      reports.map(({ urlHosts }) => urlHosts?.join(' ') ?? null),
      JSON.stringify(forwarded),
      Buffer.concat(envelope.accepted.map(({ index }) => reportEntry(envelope.salt, envelope.digest, index))),
      envelope.salt,
    ]);
    // The other one committed after this statement took its snapshot: it is visible now.
    row ??= await this.find(envelope.memberId, envelope.jti);
    if (!row) throw new Error('a receipt is neither stored nor found');
    if (!row.envelope_digest.equals(envelope.digest)) throw new EnvelopeReplayed(envelope.jti);
    if (row.fresh && forwarded.length > 0) await this.announceEvidence(forwarded);
    const log = row.salt && { log: { index: Number(row.first_index), salt: row.salt } };
    return { receiptId: row.id, accepted: row.accepted, rejected: row.rejected, ...log, isFresh: row.fresh };
  }

  /** To owners who follow their alerts. Whoever misses it sees the count of evidence in the list of alerts. */
  private async announceEvidence(
    forwarded: readonly { readonly owner: string; readonly subject: string }[],
  ): Promise<void> {
    await this.dataSource.query(
      `SELECT pg_notify('sekisho_alerts', alert.id || ' evidence ' || alert.owner) FROM alert
       JOIN jsonb_to_recordset($1) AS e(owner text, subject text) USING (owner, subject) WHERE closed_at IS NULL`,
      [JSON.stringify(forwarded.map(({ owner, subject }) => ({ owner, subject })))],
    );
  }

  private async find(memberId: string, jti: string): Promise<(ReceiptRow & { fresh: boolean }) | undefined> {
    const rows: (ReceiptRow & { fresh: boolean })[] = await this.dataSource.query(
      `SELECT ${RECEIPT_COLUMNS}, first_index, salt, false AS fresh
       FROM receipt LEFT JOIN log_append ON receipt_id = id WHERE member_id = $1 AND jti = $2`,
      [memberId, jti],
    );
    return rows[0];
  }

  /**
   * Takes one report back: it counts no more. Repeating it is harmless.
   * @returns the subject, to be scored again
   * @throws {ReportNotFound}
   */
  async retract(memberId: string, receiptId: string, index: number, now: Date): Promise<string> {
    return this.dataSource.transaction(async (manager) => {
      // The receipt tells when: it names the one partition to look in.
      const [row]: { subject: string }[] = (
        await manager.query<[{ subject: string }[], number]>(
          `UPDATE sighting s SET retracted_at = coalesce(s.retracted_at, $4)
           FROM receipt r WHERE r.id = $2 AND r.member_id = $1
             AND s.receipt_id = r.id AND s.item = $3 AND s.received_at = r.received_at
           RETURNING s.subject`,
          [memberId, receiptId, index, now],
        )
      )[0];
      if (!row) throw new ReportNotFound(index);
      await manager.query(`UPDATE receipt SET scored_at = NULL WHERE id = $1`, [receiptId]);
      // What proved a report that is taken back proves nothing; the owner has it or never gets it.
      await manager.query('DELETE FROM sealed_evidence WHERE receipt_id = $1 AND item = $2', [
        receiptId,
        index,
      ]);
      return row.subject;
    });
  }

  /** Receipts that were acknowledged before `before` and are still not scored: the queue lost them, or is behind. */
  async unscored(before: Date, limit: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM receipt WHERE scored_at IS NULL AND received_at < $1 ORDER BY received_at LIMIT $2`,
      [before, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Acknowledged receipts that wait to be scored, and how long the oldest has waited; 0 when none waits. */
  async backlog(): Promise<{ receipts: number; oldestSeconds: number }> {
    const [row]: { receipts: string; seconds: number }[] = await this.dataSource.query(
      `SELECT count(*) AS receipts, coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 AS seconds
         FROM receipt WHERE scored_at IS NULL`,
    );
    return { receipts: Number(row?.receipts ?? 0), oldestSeconds: row?.seconds ?? 0 };
  }
}
