// Ciphertext between a reporter and the owner of a network. Who can read this table learns who reported something about
// whose network and when, and nothing of the content; who can write it can drop evidence or put noise in an owner's way.
import type { DataSource } from 'typeorm';

/** What the owner has not fetched by then is deleted (DESIGN C2). */
export const EVIDENCE_RETENTION_MS = 14 * 24 * 3_600_000;
/**
 * What one reporter may have waiting for one owner: 16 MB of full-size evidence. A member cannot fill the hub, and cannot
 * stop the evidence of others, because each has its own allowance.
 */
export const MAX_WAITING_PER_REPORTER = 1_000;

/** As the owner gets it: the reporter stops here. */
export interface WaitingEvidence {
  readonly id: string;
  readonly subject: string;
  readonly sealed: string;
  readonly receivedAt: Date;
}

interface Row {
  readonly id: string;
  readonly subject: string;
  readonly sealed: string;
  readonly received_at: Date;
}

export class SealedEvidenceRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first. One more than `first` tells that there is a next page. */
  async waiting(
    owner: string,
    { first, after, now }: { first: number; after?: { receivedAt: Date; id: string } | undefined; now: Date },
  ): Promise<WaitingEvidence[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT id, subject, sealed, received_at FROM sealed_evidence
       WHERE owner = $1 AND received_at > $2
         AND ($3::timestamptz IS NULL OR (received_at, id) > ($3, $4::uuid))
       ORDER BY received_at, id LIMIT $5`,
      [
        owner,
        new Date(now.getTime() - EVIDENCE_RETENTION_MS),
        after?.receivedAt ?? null,
        after?.id ?? null,
        first + 1,
      ],
    );
    return rows.map(({ id, subject, sealed, received_at }) => ({
      id,
      subject,
      sealed,
      receivedAt: received_at,
    }));
  }

  /**
   * Deletes what the owner has. Ids of others, unknown ones and repeated ones change nothing.
   * @returns how many still wait for this owner
   */
  async acknowledge(owner: string, ids: readonly string[], now: Date): Promise<number> {
    await this.dataSource.query('DELETE FROM sealed_evidence WHERE owner = $1 AND id = ANY($2::uuid[])', [
      owner,
      ids,
    ]);
    const [row]: { n: number }[] = await this.dataSource.query(
      'SELECT count(*)::int AS n FROM sealed_evidence WHERE owner = $1 AND received_at > $2',
      [owner, new Date(now.getTime() - EVIDENCE_RETENTION_MS)],
    );
    return row?.n ?? 0;
  }

  /** How many of this reporter's wait, by owner; owners for whom none does are not in the map. */
  async waitingOf(reporter: string, owners: readonly string[]): Promise<Map<string, number>> {
    const rows: { owner: string; n: number }[] = await this.dataSource.query(
      `SELECT owner, count(*)::int AS n FROM sealed_evidence WHERE reporter = $1 AND owner = ANY($2) GROUP BY owner`,
      [reporter, owners],
    );
    return new Map(rows.map(({ owner, n }) => [owner, n]));
  }
}
