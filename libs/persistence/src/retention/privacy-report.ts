import type { DataSource } from 'typeorm';
import { RETENTION, type RetentionClass } from './retention.js';

/** What one table holds now. */
export interface HeldRows {
  readonly table: string;
  readonly class: RetentionClass;
  readonly holds: string;
  readonly basis: string;
  readonly until: string;
  readonly rows: number;
  /** The age of the oldest row; null where rows have none, and when there is none. */
  readonly oldest: Date | null;
}

/** Counts exactly, table by table: for the operator, seldom. */
export async function heldRows(dataSource: DataSource): Promise<readonly HeldRows[]> {
  const held: HeldRows[] = [];
  for (const { table, class: retentionClass, holds, basis, until, agedBy } of RETENTION) {
    const [row]: { rows: string; oldest: Date | null }[] = await dataSource.query(
      `SELECT count(*) AS rows, ${agedBy ? `min(${agedBy})` : 'NULL::timestamptz'} AS oldest FROM ${table}`,
    );
    held.push({
      ...{ table, class: retentionClass, holds, basis, until },
      ...{ rows: Number(row?.rows ?? 0), oldest: row?.oldest ?? null },
    });
  }
  return held;
}
