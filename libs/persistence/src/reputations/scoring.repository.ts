// What the worker needs to score: the rows locked in one order, all evidence in one query, all results in one update.
import { formatSubject, rollUpNetworks, type Subject } from '@sekisho/subject';
import {
  countingAfterRelease,
  MODEL_VERSION,
  type ChildReputation,
  type Decision,
  type ReporterStanding,
  type Reputation,
  type Sighting,
} from '@sekisho/reputation';
import type { DataSource, EntityManager } from 'typeorm';
import type { Sql } from '../database.js';
import { releasedAt } from '../appeals/releases.js';
import { decisionsInForce } from '../decisions/decisions-in-force.js';
import { standingsAt } from '../members/member-standings.js';
import { keepAlerts, remediedUntil, type AlertObservation } from '../alerts/keep-alerts.js';
import { publish, type WantedEntry } from '../zones/zone.repository.js';

/** Everything about one subject that its score depends on. */
export interface SubjectEvidence {
  readonly subject: Subject;
  /** Listed until now, whoever said so. */
  readonly wasPublished: boolean;
  /** Listed at the last scoring by evidence alone. */
  readonly wasListed: boolean;
  /** Of people, in force now. */
  readonly decision: Decision | undefined;
  readonly isDynamic: boolean;
  readonly owners: ReadonlySet<string>;
  readonly sightings: readonly Sighting[];
  /** The owner fixed it and it stayed quiet: what was seen until then is left out of the sightings. */
  readonly isRemedied: boolean;
  /** Of a network: what is listed right below it in the roll-up. */
  readonly children: readonly ChildReputation[];
}

export interface Scored {
  /** What the owner of an address range is to know; absent for what no member owns. */
  readonly observation?: AlertObservation | undefined;
  readonly subject: Subject;
  readonly reputation: Reputation;
  readonly entries: readonly WantedEntry[];
  /** Under a decision: whether evidence alone would list it. */
  readonly undecidedListed: boolean | undefined;
  /** For a declared dynamic range: until when the declaration holds. */
  readonly dynamicUntil?: { readonly memberId: string; readonly until: Date } | undefined;
}

interface LockedRow {
  readonly subject: string;
  readonly subject_type: Subject['type'];
  readonly listed: boolean;
  readonly undecided_listed: boolean | null;
}

interface SightingRow extends Omit<Sighting, 'firstSeen' | 'lastSeen'> {
  readonly subject: string;
  readonly first_seen: number;
  readonly last_seen: number;
}

export class ScoringRepository {
  constructor(private readonly dataSource: DataSource) {}

  standings(now: Date): Promise<Map<string, ReporterStanding>> {
    return standingsAt(this.dataSource, now);
  }

  async subjectsOfReceipt(receiptId: string): Promise<Subject[]> {
    const rows: { subject: string; subject_type: Subject['type'] }[] = await this.dataSource.query(
      `SELECT DISTINCT s.subject, s.subject_type FROM receipt r
       JOIN sighting s ON s.receipt_id = r.id AND s.received_at = r.received_at WHERE r.id = $1`,
      [receiptId],
    );
    return rows.map(toSubject);
  }

  async subjectsDue(now: Date, limit: number): Promise<Subject[]> {
    const rows: { subject: string; subject_type: Subject['type'] }[] = await this.dataSource.query(
      `SELECT subject, subject_type FROM reputation WHERE next_review_at <= $1 ORDER BY next_review_at LIMIT $2`,
      [now, limit],
    );
    return rows.map(toSubject);
  }

  /**
   * Scores the subjects and publishes the results. Rows are locked before the evidence is read, so of two workers with the
   * same subject the later one sees all that the earlier one saw. Subjects that another worker has locked are scored in a
   * transaction of their own, so that the many do not wait for the few that everybody reports.
   * @returns the networks to be scored next: those right above subjects that are listed or were until now
   */
  async score(
    subjects: readonly Subject[],
    now: Date,
    scorer: (evidence: SubjectEvidence) => Scored,
  ): Promise<Subject[]> {
    if (subjects.length === 0) return [];
    await makeRows(this.dataSource, subjects);
    const scored = await this.scoreLocked(subjects, now, scorer, 'SKIP LOCKED');
    const done = new Set(scored.map(({ subject }) => subject));
    const rest = subjects.filter((subject) => !done.has(formatSubject(subject)));
    if (rest.length > 0) scored.push(...(await this.scoreLocked(rest, now, scorer, 'WAIT')));
    // An expiry that ran at the same moment took a row away: the job comes again and makes it anew.
    if (scored.length < subjects.length) throw new Error('rows to be scored are gone; score them again');
    const parents = new Set(scored.flatMap(({ parent }) => parent ?? []));
    return Array.from(parents, (value): Subject => ({ type: 'network', value }));
  }

  /** @returns the subjects that were scored, each with the network above it if that is to be scored too */
  private scoreLocked(
    subjects: readonly Subject[],
    now: Date,
    scorer: (evidence: SubjectEvidence) => Scored,
    locking: 'SKIP LOCKED' | 'WAIT',
  ): Promise<{ subject: string; parent: string | null }[]> {
    return this.byIndex(async (manager) => {
      const locked = await lock(manager, subjects, locking);
      if (locked.length === 0) return [];
      const evidence = await gather(manager, locked, now);
      const scored = evidence.map(scorer);
      await save(manager, scored, now);
      await declareRanges(manager, scored, now);
      await keepAlerts(manager, scored, now);
      await publish(
        manager,
        scored.flatMap(({ entries }) => entries),
        now,
      );
      return scored.map(({ subject, reputation }, i) => ({
        subject: formatSubject(subject),
        parent: reputation.listed || evidence[i]?.wasPublished ? parentOf(subject) : null,
      }));
    });
  }

  /**
   * A transaction that looks rows up by index only. Until a table has been analysed, which a week's new partition has not
   * been, the planner expects one row in 200 to be of any one subject and reads the whole table for each batch.
   */
  private byIndex<T>(run: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SET LOCAL enable_seqscan = off');
      return run(manager);
    });
  }

  async markScored(receiptId: string, now: Date): Promise<void> {
    await this.dataSource.query('UPDATE receipt SET scored_at = $2 WHERE id = $1', [receiptId, now]);
  }
}

const toSubject = ({
  subject,
  subject_type: type,
}: {
  subject: string;
  subject_type: Subject['type'];
}): Subject => ({
  type,
  value: subject.slice(subject.startsWith(`${type}:`) ? type.length + 1 : 0),
});

/** The next wider network of the roll-up: address to /24 or /64, /64 to /48. */
function parentOf({ type, value }: Subject): string | null {
  if (type === 'ip') return rollUpNetworks(value)[0] ?? null;
  if (type === 'network' && value.endsWith('/64')) return rollUpNetworks(value.slice(0, -3))[1] ?? null;
  return null;
}

/** Outside the scoring transaction: a row that is only begun would make others wait until its score is committed. */
async function makeRows(sql: Sql, subjects: readonly Subject[]): Promise<void> {
  await sql.query(
    `INSERT INTO reputation (subject, subject_type, parent, network)
     SELECT s.subject, s.type, s.parent, CASE WHEN s.type = 'network' THEN s.subject::cidr END
     FROM unnest($1::text[], $2::subject_type[], $3::text[]) AS s(subject, type, parent) ORDER BY s.subject
     ON CONFLICT (subject) DO NOTHING`,
    [subjects.map(formatSubject), subjects.map(({ type }) => type), subjects.map(parentOf)],
  );
}

async function lock(
  sql: Sql,
  subjects: readonly Subject[],
  locking: 'SKIP LOCKED' | 'WAIT',
): Promise<LockedRow[]> {
  // One order for everybody, so that workers wait for one another and never in a circle.
  return sql.query(
    `SELECT subject, subject_type, listed, undecided_listed FROM reputation WHERE subject = ANY($1) ORDER BY subject
     FOR UPDATE ${locking === 'WAIT' ? '' : locking}`,
    [subjects.map(formatSubject)],
  );
}

const NOBODY: ReadonlySet<string> = new Set();

async function gather(sql: Sql, locked: readonly LockedRow[], now: Date): Promise<SubjectEvidence[]> {
  const sightings: SightingRow[] = await sql.query(
    `SELECT subject, reporter, category, evidence, count, influenced,
       (extract(epoch FROM first_seen) * 1000)::float8 AS first_seen,
       (extract(epoch FROM last_seen) * 1000)::float8 AS last_seen
     FROM sighting WHERE subject = ANY($1) AND retracted_at IS NULL`,
    [locked.map(({ subject }) => subject)],
  );
  const ranges = locked
    .filter(({ subject_type: type }) => type === 'ip' || type === 'network')
    .map(({ subject }) => subject);
  // Only what matches comes back: most subjects are strangers' addresses on no declared range.
  const contexts: { subject: string; owner: string | null }[] = await sql.query(
    `SELECT s AS subject, member_id AS owner FROM unnest($1::text[]) AS s JOIN member_network ON network >>= s::inet
     UNION ALL
     SELECT s, NULL FROM unnest($1::text[]) AS s WHERE EXISTS (SELECT FROM dynamic_range WHERE network >>= s::inet)
       OR EXISTS (SELECT FROM declared_piece WHERE piece >>= s::inet)`,
    [ranges],
  );
  const remedies = await remediedUntil(sql, contexts);
  const children = await gatherChildren(sql, locked);
  const subjects = locked.map(({ subject }) => subject);
  const decisions = await decisionsInForce(sql, subjects, ranges, now);
  const releases = await releasedAt(sql, subjects, now);
  const bySubject = Map.groupBy(sightings, ({ subject }) => subject);
  const ownersOf = new Map<string, Set<string>>();
  const dynamic = new Set<string>();
  for (const { subject, owner } of contexts) {
    if (owner === null) dynamic.add(subject);
    else ownersOf.set(subject, (ownersOf.get(subject) ?? new Set()).add(owner));
  }
  return locked.map((row) => ({
    subject: toSubject(row),
    wasPublished: row.listed,
    wasListed: row.undecided_listed ?? row.listed,
    decision: decisions.get(row.subject),
    isDynamic: dynamic.has(row.subject),
    owners: ownersOf.get(row.subject) ?? NOBODY,
    isRemedied: remedies.has(row.subject),
    sightings: countingSightings(
      bySubject.get(row.subject),
      remedies.get(row.subject),
      releases.get(row.subject),
    ),
    children: children.get(row.subject) ?? [],
  }));
}

function countingSightings(
  rows: readonly SightingRow[] = [],
  remedy = -Infinity,
  release?: number,
): readonly Sighting[] {
  const sightings = rows
    .filter(({ last_seen }) => last_seen > remedy)
    .map(({ reporter, category, evidence, count, influenced, first_seen, last_seen }) => ({
      ...{ reporter, category, evidence, count, influenced },
      ...{ firstSeen: first_seen, lastSeen: last_seen },
    }));
  return release === undefined ? sightings : countingAfterRelease(sightings, release);
}

async function gatherChildren(
  sql: Sql,
  locked: readonly LockedRow[],
): Promise<Map<string, ChildReputation[]>> {
  const networks = locked
    .filter(({ subject_type: type }) => type === 'network')
    .map(({ subject }) => subject);
  if (networks.length === 0) return new Map();
  const rows: {
    parent: string;
    score: number;
    member_count: number;
    categories: Reputation['categories'];
    first_seen: Date;
    last_seen: Date;
    expires_at: Date;
    listed_until: Date | null;
  }[] = await sql.query(
    `SELECT parent, score, member_count, categories, first_seen, last_seen, expires_at, listed_until
     FROM reputation WHERE parent = ANY($1) AND listed`,
    [networks],
  );
  const children = new Map<string, ChildReputation[]>();
  for (const row of rows) {
    const siblings = children.get(row.parent) ?? [];
    siblings.push({
      score: row.score,
      reporters: row.member_count,
      categories: row.categories,
      firstSeen: row.first_seen.getTime(),
      lastSeen: row.last_seen.getTime(),
      expiresAt: row.expires_at.getTime(),
      listedUntil: row.listed_until?.getTime(),
    });
    children.set(row.parent, siblings);
  }
  return children;
}

async function save(manager: EntityManager, scored: readonly Scored[], now: Date): Promise<void> {
  const rows = scored.map(({ subject, reputation: r, undecidedListed }) => ({
    subject: formatSubject(subject),
    score: r.score,
    listed: r.listed,
    high_confidence: r.highConfidence,
    confidence: r.confidence,
    recommendation: r.recommendation,
    member_count: r.memberCount,
    categories: r.categories,
    explanation: r.explanation,
    first_seen: toTime(r.firstSeen),
    last_seen: toTime(r.lastSeen),
    expires_at: toTime(r.expiresAt),
    listed_until: r.listedUntil === undefined ? null : toTime(r.listedUntil),
    next_review_at: r.nextReviewAt === undefined ? null : toTime(r.nextReviewAt),
    model_version: MODEL_VERSION,
    undecided_listed: undecidedListed ?? null,
  }));
  await manager.query(
    `UPDATE reputation SET score = n.score, listed = n.listed, high_confidence = n.high_confidence,
       confidence = n.confidence, recommendation = n.recommendation, member_count = n.member_count,
       categories = n.categories, explanation = n.explanation, first_seen = n.first_seen, last_seen = n.last_seen,
       expires_at = n.expires_at, listed_until = n.listed_until, next_review_at = n.next_review_at, model_version = n.model_version,
       undecided_listed = n.undecided_listed, scored_at = $2
     FROM json_to_recordset($1) AS n(subject text, score smallint, listed boolean, high_confidence boolean,
       confidence smallint, recommendation text, member_count integer, categories json, explanation json,
       first_seen timestamptz, last_seen timestamptz, expires_at timestamptz, listed_until timestamptz,
       next_review_at timestamptz, model_version text, undecided_listed boolean)
     WHERE reputation.subject = n.subject`,
    [JSON.stringify(rows), now],
  );
}

const toTime = (milliseconds: number) => new Date(milliseconds).toISOString();

/** Keeps the declared dynamic ranges; addresses inside a range that changed are due for review: they decay otherwise. */
async function declareRanges(sql: Sql, scored: readonly Scored[], now: Date): Promise<void> {
  const networks = scored
    .filter(({ subject }) => subject.type === 'network')
    .map(({ subject }) => subject.value);
  if (networks.length === 0) return;
  const declared = scored.flatMap(({ subject, dynamicUntil }) =>
    dynamicUntil
      ? [{ network: subject.value, member_id: dynamicUntil.memberId, expires_at: dynamicUntil.until }]
      : [],
  );
  const changed: { network: string }[] = await sql.query(
    `WITH wanted AS (
       SELECT * FROM jsonb_to_recordset($1) AS d(network cidr, member_id text, expires_at timestamptz)),
     ended AS (
       DELETE FROM dynamic_range d WHERE d.network = ANY($2::cidr[])
         AND NOT EXISTS (SELECT FROM wanted w WHERE w.network = d.network AND w.member_id = d.member_id)
       RETURNING network),
     begun AS (
       INSERT INTO dynamic_range SELECT network, member_id, expires_at FROM wanted
       ON CONFLICT (network, member_id) DO UPDATE SET expires_at = excluded.expires_at
       RETURNING network)
     SELECT network FROM ended UNION SELECT network FROM begun`,
    [JSON.stringify(declared), networks],
  );
  if (changed.length === 0) return;
  await sql.query(
    `UPDATE reputation SET next_review_at = $2
     WHERE subject_type = 'ip' AND next_review_at IS NOT NULL AND subject::inet <<= ANY($1::inet[])`,
    [changed.map(({ network }) => network), now],
  );
}
