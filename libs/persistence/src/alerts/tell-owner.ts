import { bucketOf, magnitudeOf, type Alert, type AlertChange } from '@sekisho/feedback';
import type { Category } from '@sekisho/report';
import type { Sql } from '../database.js';
import { tellMember } from '../events/member-event.repository.js';

/** Tells the owner of what changed in an alert; reporters stop here: the count and the time are coarse. */
export async function tellOwner(
  sql: Sql,
  id: string,
  { alert, change }: { alert: Alert; change: AlertChange | undefined },
  now: Date,
): Promise<void> {
  if (change === undefined) return;
  const [row]: { owner: string; subject: string; category: Category }[] = await sql.query(
    'SELECT owner, subject, category FROM alert WHERE id = $1',
    [id],
  );
  if (!row) return;
  const { owner: memberId, subject, category } = row;
  const details = {
    ...{ alert: id, change, category, messages: magnitudeOf(alert.count) },
    last_seen: bucketOf(alert.lastSeen) / 1_000,
  };
  await tellMember(sql, { memberId, type: 'urn:sekisho:event:alert', subject, details }, now);
  await sql.query(`SELECT pg_notify('sekisho_alerts', $1)`, [`${id} ${change} ${memberId}`]);
}
