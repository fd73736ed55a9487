import type { Sql } from '../database.js';

/** Wakes who follows appeals, when the transaction has committed. */
export async function announceAppeal(sql: Sql, id: string): Promise<void> {
  await sql.query(`SELECT pg_notify('sekisho_appeals', $1)`, [id]);
}
