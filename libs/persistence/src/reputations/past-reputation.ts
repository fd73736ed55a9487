// A reputation as of a past moment, computed again from the stored sightings.
import {
  countingAfterRelease,
  protectionOf,
  scoreAsOf,
  underDecision,
  type DatedSighting,
  type WarningLists,
} from '@sekisho/reputation';
import { formatSubject, type Subject } from '@sekisho/subject';
import type { Sql } from '../database.js';
import { releasedAt } from '../appeals/releases.js';
import { decisionsInForce } from '../decisions/decisions-in-force.js';
import { standingsAt } from '../members/member-standings.js';
import type { StoredReputation } from './reputation.repository.js';

interface SightingRow extends Pick<
  DatedSighting['sighting'],
  'reporter' | 'category' | 'evidence' | 'count' | 'influenced'
> {
  readonly first_seen: number;
  readonly last_seen: number;
  readonly received_at: number;
  readonly retracted_at: number | null;
}

const milliseconds = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8 AS ${column}`;

/**
 * What the subject's own reports, as far as they were received and not retracted then, say of it at `at`, by the model of
 * this release, under the decision of people that was in force then, with the voices and probations of then. Members' trust and
 * the owners and kinds of ranges are today's: no history of them is kept.
 * @returns undefined when nothing was reported until then and nothing decided
 */
export async function reputationAsOf(
  sql: Sql,
  subject: Subject,
  at: Date,
  warningLists: WarningLists,
): Promise<StoredReputation | undefined> {
  const text = formatSubject(subject);
  const rows: SightingRow[] = await sql.query(
    `SELECT reporter, category, evidence, count, influenced, ${['first_seen', 'last_seen', 'received_at', 'retracted_at'].map(milliseconds).join(', ')}
     FROM sighting s WHERE subject = $1 AND received_at <= $2 AND NOT EXISTS (
       SELECT FROM alert a WHERE a.subject = $1 AND a.closed_at <= $2 AND s.last_seen <= a.remedied_until)`,
    [text, at],
  );
  const range = subject.type === 'ip' || subject.type === 'network' ? [text] : [];
  const decision = (await decisionsInForce(sql, [text], range, at)).get(text);
  if (rows.length === 0 && decision?.kind !== 'list') return undefined;
  const protection = protectionOf(subject, warningLists);
  const reported = scoreAsOf({
    type: subject.type,
    now: at.getTime(),
    standings: await standingsAt(sql, at),
    context: {
      ...(await contextOf(sql, subject)),
      ...(protection && { protection }),
      ...(decision && { decision: decision.kind }),
    },
    sightings: await withoutReleased(sql, text, rows.map(toDated), at),
  });
  const reputation = decision ? underDecision(subject.type, reported, decision) : reported;
  const { score, listed, categories, confidence, recommendation, memberCount, explanation } = reputation;
  return {
    ...{ subject: text, viaNetwork: undefined, score, listed, categories, confidence, recommendation },
    ...{ memberCount, explanation, firstSeen: new Date(reputation.firstSeen) },
    ...{ lastSeen: new Date(reputation.lastSeen), expiresAt: new Date(reputation.expiresAt) },
    listedUntil: reputation.listedUntil === undefined ? undefined : new Date(reputation.listedUntil),
    foretoldBy: undefined,
  };
}

/** What a release set aside until then; a later one changes nothing of the past. */
async function withoutReleased(
  sql: Sql,
  subject: string,
  dated: readonly DatedSighting[],
  at: Date,
): Promise<readonly DatedSighting[]> {
  const release = (await releasedAt(sql, [subject], at)).get(subject);
  if (release === undefined) return dated;
  const counting = new Set(
    countingAfterRelease(
      dated.map(({ sighting }) => sighting),
      release,
    ),
  );
  return dated.filter(({ sighting }) => counting.has(sighting));
}

async function contextOf(sql: Sql, { type, value }: Subject) {
  if (type !== 'ip' && type !== 'network') return { isDynamic: false, owners: new Set<string>() };
  const [row]: { owners: string[]; dynamic: boolean }[] = await sql.query(
    `SELECT ARRAY(SELECT member_id FROM member_network WHERE network >>= $1::inet) AS owners,
       EXISTS (SELECT FROM dynamic_range WHERE network >>= $1::inet)
         OR EXISTS (SELECT FROM declared_piece WHERE piece >>= $1::inet) AS dynamic`,
    [value],
  );
  return { isDynamic: row?.dynamic ?? false, owners: new Set(row?.owners) };
}

const toDated = ({
  first_seen,
  last_seen,
  received_at,
  retracted_at,
  ...rest
}: SightingRow): DatedSighting => ({
  sighting: { ...rest, firstSeen: first_seen, lastSeen: last_seen },
  receivedAt: received_at,
  ...(retracted_at !== null && { retractedAt: retracted_at }),
});
