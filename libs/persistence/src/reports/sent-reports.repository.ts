// What a member sent, told to that member: its receipts, and the reports of each.
import type { DataSource } from 'typeorm';
import type { Refusal } from './report.repository.js';

export interface SentEnvelope {
  readonly receiptId: string;
  readonly receivedAt: Date;
  readonly accepted: number;
  readonly rejected: readonly Refusal[];
  /** Whether its reports are in the scores by now. */
  readonly isScored: boolean;
}

export interface SentReport {
  readonly index: number;
  readonly subject: string;
  readonly category: string;
  readonly evidence: string;
  readonly count: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly isInfluenced: boolean;
  readonly retractedAt: Date | null;
}

/** The last receipt of the page before. */
export interface SentBefore {
  readonly receivedAt: Date;
  readonly receiptId: string;
}

export class SentReportsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The member's receipts, newest first. One more than `first` tells that there is a next page. */
  async list(
    memberId: string,
    {
      first,
      before,
      isRefusedOnly,
    }: { first: number; before: SentBefore | undefined; isRefusedOnly: boolean },
  ): Promise<SentEnvelope[]> {
    return this.dataSource.query<SentEnvelope[]>(
      `SELECT id AS "receiptId", received_at AS "receivedAt", accepted, rejected, scored_at IS NOT NULL AS "isScored"
       FROM receipt
       WHERE member_id = $1 AND ($2::timestamptz IS NULL OR (received_at, id) < ($2, $3))
         AND (NOT $4 OR jsonb_array_length(rejected) > 0)
       ORDER BY received_at DESC, id DESC LIMIT $5`,
      [memberId, before?.receivedAt ?? null, before?.receiptId ?? null, isRefusedOnly, first + 1],
    );
  }

  /** The accepted reports of one of the member's own receipts, in their order; undefined for what is not its own. */
  async reports(memberId: string, receiptId: string): Promise<SentReport[] | undefined> {
    const [receipt]: { received_at: Date }[] = await this.dataSource.query(
      'SELECT received_at FROM receipt WHERE id = $1 AND member_id = $2',
      [receiptId, memberId],
    );
    if (!receipt) return undefined;
    // The time names the one partition to look in.
    return this.dataSource.query<SentReport[]>(
      `SELECT item AS index, subject, category, evidence, count, first_seen AS "firstSeen", last_seen AS "lastSeen",
         influenced AS "isInfluenced", retracted_at AS "retractedAt"
       FROM sighting WHERE receipt_id = $1 AND received_at = $2 ORDER BY item`,
      [receiptId, receipt.received_at],
    );
  }
}
