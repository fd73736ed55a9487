// Members that may decide an appeal are told of it by event, and so by mail where they asked for mail. The event names the
// appeal and its deadline; the subject is only for who has signed in as a reviewer.
import type { Sql } from '../database.js';
import { tellMember } from '../events/member-event.repository.js';

/** `near`: the deadline is. `escalated`: it is over. */
export type AppealStep = 'filed' | 'near' | 'escalated';

/** Whether a member reported what an appeal is about, or addresses in it: with its own reports it is no judge. */
export const HAS_REPORTED = (member: string, subject: string): string =>
  `EXISTS (SELECT FROM sighting WHERE reporter = ${member} AND (subject = ${subject}
     OR subject IN (SELECT subject FROM reputation WHERE parent = ${subject} AND listed)))`;

/** What is decided or withdrawn is no longer mailed. */
export async function mailNoLonger(sql: Sql, appealId: string): Promise<void> {
  const of = `is_mail_due AND type = 'urn:sekisho:event:appeal' AND details->>'appeal' = $1`;
  await sql.query(`DELETE FROM member_event WHERE ${of} AND settled_at IS NOT NULL`, [appealId]);
  await sql.query(`UPDATE member_event SET is_mail_due = false WHERE ${of}`, [appealId]);
}

/** Times are told to ten minutes. */
const BUCKET_SECONDS = 600;

/** In the caller's transaction, once an appeal and step: the caller sees to that. */
export async function tellReviewers(
  sql: Sql,
  appeal: { readonly id: string; readonly dueAt: Date },
  step: AppealStep,
  now: Date,
): Promise<void> {
  const members: { id: string }[] = await sql.query(
    `SELECT m.id FROM appeal a, member m
     WHERE a.id = $1 AND m.status = 'active' AND m.id IS DISTINCT FROM a.owner
       AND (m.role = 'reviewer'
         OR EXISTS (SELECT FROM person p WHERE p.member_id = m.id AND p.role IN ('reviewer', 'officer')))
       AND NOT ${HAS_REPORTED('m.id', 'a.subject')} ORDER BY m.id`,
    [appeal.id],
  );
  const due = Math.floor(appeal.dueAt.getTime() / 1_000 / BUCKET_SECONDS) * BUCKET_SECONDS;
  for (const { id: memberId } of members) {
    const details = { appeal: appeal.id, step, due_at: due };
    await tellMember(sql, { memberId, type: 'urn:sekisho:event:appeal', details }, now);
  }
}
