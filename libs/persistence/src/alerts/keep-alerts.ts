// Alerts change in the transaction that scores their subject, under the lock on the subject's row: no alert without the
// score that calls for it, and none twice. Who can write the table can end listings early, and hide abuse from an owner.
import { FEEDBACK, firstObserved, observed, type Alert, type Observation } from '@sekisho/feedback';
import type { Category } from '@sekisho/report';
import { formatSubject, type Subject } from '@sekisho/subject';
import type { Sql } from '../database.js';
import { tellOwner } from './tell-owner.js';
import { ALERT_COLUMNS, toAlert, type AlertRow } from './alert-row.js';

/** What a scoring says to the owner of its subject. */
export interface AlertObservation extends Observation {
  readonly owner: string;
  readonly category: Category;
}

interface Observed {
  readonly subject: Subject;
  readonly observation?: AlertObservation | undefined;
}

export async function keepAlerts(sql: Sql, scored: readonly Observed[], now: Date): Promise<void> {
  const told = scored.flatMap(({ subject, observation }) =>
    observation ? [{ subject: formatSubject(subject), observation }] : [],
  );
  if (told.length === 0) return;
  const rows: AlertRow[] = await sql.query(
    `SELECT ${ALERT_COLUMNS} FROM alert WHERE subject = ANY($1) AND closed_at IS NULL FOR UPDATE`,
    [told.map(({ subject }) => subject)],
  );
  for (const { subject, observation } of told) {
    const row = rows.find((one) => one.subject === subject && one.owner === observation.owner);
    if (row) {
      const before = toAlert(row);
      const changed = observed(before, observation, now.getTime());
      await writeAlert(sql, row.id, changed.alert, now, before);
      await tellOwner(sql, row.id, changed, now);
      continue;
    }
    const first = firstObserved(observation, now.getTime());
    if (!first) continue;
    const id = await openAlert(sql, subject, observation, first.alert, now);
    if (id !== undefined) await tellOwner(sql, id, first, now);
  }
}

/** @returns undefined when another transaction has just opened it */
async function openAlert(
  sql: Sql,
  subject: string,
  { owner, category }: AlertObservation,
  alert: Alert,
  now: Date,
): Promise<string | undefined> {
  const [row]: { id: string }[] = await sql.query(
    `INSERT INTO alert (owner, subject, category, state, message_count, last_seen, opened_at, told_at, told_magnitude,
       ends_early, failed_fixes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, 0) ON CONFLICT DO NOTHING RETURNING id`,
    [
      ...[owner, subject, category, alert.state, alert.count],
      ...[new Date(alert.lastSeen), now, alert.toldMagnitude, alert.endsEarly],
    ],
  );
  return row?.id;
}

const toDate = (milliseconds: number | undefined) =>
  milliseconds === undefined ? null : new Date(milliseconds);

/** A fix that was kept and still trusted leaves everything seen until shortly after it out of later scores. */
export async function writeAlert(
  sql: Sql,
  id: string,
  alert: Alert,
  now: Date,
  before: Alert,
): Promise<void> {
  const isRemedied = alert.outcome === 'fixed' && alert.endsEarly;
  await sql.query(
    `UPDATE alert SET state = $2, message_count = $3, last_seen = $4, told_at = $5, told_magnitude = $6, answered_at = $7,
       fixed_at = $8, quiet_at = $9, ends_early = $10, failed_fixes = $11, closed_at = $12, outcome = $13,
       remedied_until = $14, last_failed_at = coalesce($15, last_failed_at)
     WHERE id = $1`,
    [
      ...[
        id,
        alert.state,
        alert.count,
        new Date(alert.lastSeen),
        new Date(alert.toldAt),
        alert.toldMagnitude,
      ],
      ...[toDate(alert.answeredAt), toDate(alert.fixedAt), toDate(alert.quietAt), alert.endsEarly],
      ...[alert.failedFixes, toDate(alert.closedAt), alert.outcome ?? null],
      isRemedied && alert.fixedAt !== undefined ? new Date(alert.fixedAt + FEEDBACK.graceMs) : null,
      alert.failedFixes > before.failedFixes ? now : null,
    ],
  );
}

/** Until when, in milliseconds, what was seen of a subject counts no more. Only subjects that a member owns can have it. */
export async function remediedUntil(
  sql: Sql,
  contexts: readonly { readonly subject: string; readonly owner: string | null }[],
): Promise<ReadonlyMap<string, number>> {
  const owned = contexts.filter(({ owner }) => owner !== null).map(({ subject }) => subject);
  if (owned.length === 0) return new Map();
  const rows: { subject: string; until: number }[] = await sql.query(
    `SELECT subject, (extract(epoch FROM max(remedied_until)) * 1000)::float8 AS until FROM alert
     WHERE subject = ANY($1) AND remedied_until IS NOT NULL GROUP BY subject`,
    [owned],
  );
  return new Map(rows.map(({ subject, until }) => [subject, until]));
}
