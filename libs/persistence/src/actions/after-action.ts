// Gathers what a report says. What members reported is counted for all of them together and kept to the order of magnitude.
import { afterActionReport, currentTally, type AfterActionReport, type Counts } from '@sekisho/workgroup';
import { maskBytes, formatBytes, parseIp, parseNetwork, readSubject } from '@sekisho/subject';
import type { Sql } from '../database.js';
import type { StoredAction } from './action-row.js';
import { factsFor } from './facts.js';
import type { Participant } from './participation.repository.js';

/** What lies around a subject: where a spammer finds the next address at the same provider. */
const AROUND = { 4: 16, 16: 32 } as const;

export async function writeReport(sql: Sql, action: StoredAction, now: Date): Promise<AfterActionReport> {
  const { effectiveAt = 0, endedAt = 0 } = action;
  const length = endedAt - effectiveAt;
  const networks = action.subjects.filter((text) => ['ip', 'network'].includes(readSubject(text).type));
  const subjects = action.subjects.filter((text) => !networks.includes(text));
  const [row]: Record<'before' | 'during' | 'aroundBefore' | 'aroundDuring', number>[] = await sql.query(
    `WITH seen AS (
       SELECT count, last_seen >= $1 AS is_during,
         (subject_type IN ('ip', 'network') AND EXISTS (SELECT FROM unnest($3::inet[]) n WHERE s.subject::inet <<= n))
           OR subject = ANY($4) AS is_hit
       FROM sighting s
       WHERE last_seen >= $5 AND last_seen < $2 AND received_at >= $5 AND retracted_at IS NULL AND category <> 'ham'
         AND (subject = ANY($4) OR (subject_type IN ('ip', 'network')
           AND EXISTS (SELECT FROM unnest($6::inet[]) n WHERE s.subject::inet <<= n))))
     SELECT coalesce(sum(count) FILTER (WHERE is_hit AND NOT is_during), 0)::float8 AS before,
       coalesce(sum(count) FILTER (WHERE is_hit AND is_during), 0)::float8 AS during,
       coalesce(sum(count) FILTER (WHERE NOT is_hit AND NOT is_during), 0)::float8 AS "aroundBefore",
       coalesce(sum(count) FILTER (WHERE NOT is_hit AND is_during), 0)::float8 AS "aroundDuring" FROM seen`,
    [
      ...[new Date(effectiveAt), new Date(endedAt), networks, subjects, new Date(effectiveAt - length)],
      networks.map(around),
    ],
  );
  const { before = 0, during = 0, aroundBefore = 0, aroundDuring = 0 } = row ?? {};
  const participants: Participant[] = await sql.query(
    `SELECT member_id AS "memberId", state, applied_skew_ms AS "appliedSkewMs", removed_skew_ms AS "removedSkewMs",
       rehearsal, actual FROM action_participant WHERE action_id = $1 ORDER BY member_id`,
    [action.id],
  );
  const [end]: { state: 'expired' | 'rolled-back'; reason: string }[] = await sql.query(
    `SELECT state, reason FROM action_transition
     WHERE action_id = $1 AND transition IN ('expired', 'rolled-back', 'roll-back-ordered') ORDER BY sequence LIMIT 1`,
    [action.id],
  );
  const countsOf = (result: { counts: Counts } | null) => result?.counts;
  const { delegations } = await factsFor(sql, action, now);
  return afterActionReport({
    action,
    end: { state: action.rollBackAt === endedAt ? 'rolled-back' : 'expired', reason: end?.reason ?? '' },
    tally: currentTally(action, delegations),
    volume: { before, during },
    elsewhere: { before: aroundBefore, during: aroundDuring },
    participants: participants.map(
      ({ memberId, state, appliedSkewMs, removedSkewMs, rehearsal, actual }) => ({
        ...{ memberId, state, skewMs: appliedSkewMs, removalSkewMs: removedSkewMs },
        ...{ rehearsal: countsOf(rehearsal), actual: countsOf(actual) },
      }),
    ),
  });
}

function around(text: string): string {
  const bytes = text.includes('/') ? parseNetwork(text).bytes : parseIp(text).bytes;
  const length = AROUND[bytes.length === 4 ? 4 : 16];
  return `${formatBytes(maskBytes(bytes, length))}/${length}`;
}
