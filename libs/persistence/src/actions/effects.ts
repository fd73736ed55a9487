// What a transition means outside of the working group, in the transaction that makes it.
import type { Transition } from '@sekisho/workgroup';
import type { Sql } from '../database.js';
import type { StoredAction } from './action-row.js';

export async function carryOut(
  sql: Sql,
  action: StoredAction,
  transitions: readonly Transition[],
  now: Date,
): Promise<void> {
  for (const { transition } of transitions) {
    if (transition === 'scheduled' || transition === 'confirmed') await openParticipation(sql, action.id);
    if (action.kind === 'member-suspension') await suspend(sql, action, transition);
  }
  void now;
}

/** Everybody is asked to act: who does not is seen. */
async function openParticipation(sql: Sql, id: string): Promise<void> {
  await sql.query(
    `INSERT INTO action_participant (action_id, member_id, state) SELECT $1, id, 'silent' FROM member
     WHERE status = 'active' ON CONFLICT DO NOTHING`,
    [id],
  );
}

/** A member that was suspended for another reason is not touched, and stays so when the action ends. */
async function suspend(sql: Sql, { id, concerns }: StoredAction, transition: string): Promise<void> {
  if (transition === 'in-force') {
    await sql.query(
      `WITH hit AS (UPDATE member SET status = 'suspended' WHERE id = $2 AND status = 'active' RETURNING id)
       UPDATE action SET has_suspended = true WHERE id = $1 AND EXISTS (SELECT FROM hit)`,
      [id, concerns],
    );
  } else if (transition === 'expired' || transition === 'rolled-back') {
    await sql.query(
      `WITH ended AS (UPDATE action SET has_suspended = false WHERE id = $1 AND has_suspended RETURNING concerns)
       UPDATE member SET status = 'active' WHERE status = 'suspended' AND id IN (SELECT concerns FROM ended)`,
      [id],
    );
  } else return;
  await sql.query(`SELECT pg_notify('sekisho_members', '')`);
}
