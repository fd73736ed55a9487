// The outbox of what owners are told. A row is written in the transaction that changes its alert and stays until the owner's
// receiver has acknowledged it: told at least once, and the same `jti` each time, so that it is seen once.
import type { Alert, AlertChange } from '@sekisho/feedback';
import type { Category } from '@sekisho/report';
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';

/** One change of one alert. What it says never changes, so that it can be signed again for each delivery. */
export interface AlertEvent {
  readonly jti: string;
  readonly alertId: string;
  readonly subject: string;
  readonly category: Category;
  readonly change: AlertChange;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly lastSeen: number;
  readonly madeAt: Date;
}

export async function tellOwner(
  sql: Sql,
  id: string,
  { alert, change }: { alert: Alert; change: AlertChange | undefined },
  now: Date,
): Promise<void> {
  if (change === undefined) return;
  await sql.query(
    `INSERT INTO alert_event (alert_id, owner, change, message_count, last_seen, made_at)
     SELECT id, owner, $2, $3, $4, $5 FROM alert WHERE id = $1`,
    [id, change, alert.count, new Date(alert.lastSeen), now],
  );
  await sql.query(`SELECT pg_notify('sekisho_alerts', '')`);
}

export class AlertEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What an owner has not acknowledged, oldest first. */
  async pending(owner: string, limit: number): Promise<AlertEvent[]> {
    return this.dataSource.query(
      `SELECT jti, alert_id AS "alertId", subject, category, change, e.message_count::float8 AS count,
         (extract(epoch FROM e.last_seen) * 1000)::float8 AS "lastSeen", made_at AS "madeAt"
       FROM alert_event e JOIN alert a ON a.id = e.alert_id WHERE e.owner = $1 ORDER BY sequence LIMIT $2`,
      [owner, limit],
    );
  }

  /** Repeating it, or naming what is not the owner's, changes nothing. */
  async acknowledge(owner: string, jtis: readonly string[]): Promise<void> {
    await this.dataSource.query('DELETE FROM alert_event WHERE owner = $1 AND jti = ANY($2)', [owner, jtis]);
  }
}
