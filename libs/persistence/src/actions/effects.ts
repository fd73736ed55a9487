// What a transition means outside of the working group, in the transaction that makes it.
import type { Category } from '@sekisho/report';
import { readSubject } from '@sekisho/subject';
import type { ActionOrder, Transition } from '@sekisho/workgroup';
import type { Sql } from '../database.js';
import { endDecision, setDecision } from '../decisions/decision.repository.js';
import { tellMember } from '../events/member-event.repository.js';
import type { StoredAction } from './action-row.js';
import { writeReport } from './after-action.js';

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
  if (transitions.some(({ transition }) => transition === 'reported')) {
    const report = JSON.stringify(await writeReport(sql, action, now));
    await sql.query('UPDATE action SET report = $2 WHERE id = $1', [action.id, report]);
  }
  const last = transitions.at(-1)?.transition;
  if (last !== undefined && action.isPublic) await tellMembers(sql, action, last, now);
  // Last, because it holds the log's lock from here on.
  for (const { transition } of transitions) await decide(sql, action, transition, now);
}

/** Each active member gets the order as it is after this change; an agent goes by the newest version that it has. */
async function tellMembers(sql: Sql, action: StoredAction, transition: string, now: Date): Promise<void> {
  const members: { id: string }[] = await sql.query(
    `SELECT id FROM member WHERE status = 'active' ORDER BY id`,
  );
  const details = orderOf(action, transition);
  for (const { id } of members) {
    await tellMember(sql, { memberId: id, type: 'urn:sekisho:event:action', details }, now);
  }
}

const orderOf = (action: StoredAction, transition: string): ActionOrder => ({
  ...{ action: action.id, version: action.version, transition, kind: action.kind, state: action.state },
  ...{ title: action.title, subjects: [...action.subjects], category: action.category ?? null },
  ...{ parameters: action.parameters, effectiveAt: action.effectiveAt ?? null },
  ...{ expiresAt: action.expiresAt ?? null, rollBackAt: action.rollBackAt ?? null },
});

/** The member's own agent hears of a veto, or of its end, wherever it was said. */
export function tellOwnVeto(
  sql: Sql,
  action: StoredAction,
  { memberId, ownVeto }: { memberId: string; ownVeto: string | null },
  now: Date,
): Promise<void> {
  const transition = ownVeto === null ? 'veto-ended' : 'vetoed';
  const details: ActionOrder = { ...orderOf(action, transition), ownVeto };
  return tellMember(sql, { memberId, type: 'urn:sekisho:event:action', details }, now);
}

/** A joint listing is a decision from T0 to its end: the zones of the federation say it to everybody. */
async function decide(sql: Sql, action: StoredAction, transition: string, now: Date): Promise<void> {
  if (action.kind !== 'joint-listing') return;
  const source = { type: 'action', id: action.id } as const;
  if (transition === 'rolled-back') await endDecision(sql, source, now, 'rolled back');
  const { effectiveAt, expiresAt } = action;
  if (transition !== 'scheduled' && transition !== 'confirmed') return;
  for (const text of action.subjects) {
    const from = new Date(effectiveAt ?? 0);
    const until = new Date(expiresAt ?? 0);
    const { title: reason } = action;
    const category = action.category as Category;
    await setDecision(
      sql,
      { subject: readSubject(text), kind: 'list', category, from, until, source, reason },
      now,
    );
  }
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
