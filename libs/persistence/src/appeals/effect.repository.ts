import type { DataSource } from 'typeorm';

/** A correction that was published, and from which serial of its zone on it is in force. */
export interface PublishedCorrection {
  readonly appealId: string;
  readonly zone: string;
  readonly serial: number;
  readonly decidedAt: Date;
}

/** When corrections reached the edges. */
export class AppealEffectRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Corrections decided since a moment that are in the zones by now. */
  async published(since: Date): Promise<PublishedCorrection[]> {
    const rows: { appeal_id: string; zone: string; serial: string; decided_at: Date }[] =
      await this.dataSource.query(
        `SELECT c.appeal_id, c.zone, (SELECT min(serial) FROM zone_change h
             WHERE h.zone = c.zone AND h.serial > c.serial_before AND h.subject = a.subject) AS serial, a.decided_at
         FROM appeal a JOIN appeal_correction c ON c.appeal_id = a.id WHERE a.decided_at >= $1`,
        [since],
      );
    return rows
      .filter(({ serial }) => (serial as string | null) !== null)
      .map((row) => ({
        ...{ appealId: row.appeal_id, zone: row.zone, serial: Number(row.serial), decidedAt: row.decided_at },
      }));
  }

  /** An edge serves a correction; the first time that it says so counts. */
  async note({ appealId, zone }: PublishedCorrection, edge: string, effectiveAt: Date): Promise<void> {
    await this.dataSource.query(
      `WITH noted AS (INSERT INTO appeal_effect (appeal_id, zone, edge, effective_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING appeal_id)
       SELECT pg_notify('sekisho_appeals', appeal_id::text) FROM noted`,
      [appealId, zone, edge, effectiveAt],
    );
  }
}
