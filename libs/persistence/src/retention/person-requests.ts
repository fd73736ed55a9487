// Requests of a person about an identifier that is theirs: what is held, correct it, delete it. What was done is logged;
// the log has a digest of the subject, so that deleting something does not write it down anew.
import { formatSubject, type Subject } from '@sekisho/subject';
import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { forgetInCampaigns } from '../campaigns/forget.js';
import { publish } from '../zones/zone.repository.js';

type RequestKind = 'access' | 'correction' | 'deletion';

export interface RequestGround {
  /** The operator's own reference. */
  readonly caseNumber: string;
  readonly reason: string;
}

type HeldRecord = Readonly<Record<string, unknown>>;

/** Everything held about one subject, without who reported it. */
export interface HeldAboutSubject {
  readonly subject: string;
  readonly sightings: readonly HeldRecord[];
  /** Reports about other subjects that name this one as host of a link or as fingerprint. */
  readonly mentions: readonly HeldRecord[];
  readonly reputation: readonly HeldRecord[];
  /** What its score was at moments of the last weeks, and whether abuse was reported in the day after. */
  readonly forecasts: readonly HeldRecord[];
  /** What a model in shadow made of it at the same moments; nobody was told. */
  readonly shadowForecasts: readonly HeldRecord[];
  /** What became of reports about it. */
  readonly reportChecks: readonly HeldRecord[];
  readonly zoneEntries: readonly HeldRecord[];
  readonly zoneChanges: readonly HeldRecord[];
  /** Ciphertext that waits for the owner of the network; the hub cannot read it. */
  readonly sealedEvidence: readonly HeldRecord[];
  /** What the owner of the network was told, and what it answered. */
  readonly alerts: readonly HeldRecord[];
  readonly events: readonly HeldRecord[];
  /** What people decided of it. */
  readonly decisions: readonly HeldRecord[];
  /** When it was listed and delisted, as the transparency log committed to it. */
  readonly loggedDecisions: readonly HeldRecord[];
  /** Appeals about it, with what was written. */
  readonly appeals: readonly HeldRecord[];
}

export type RowCounts = Readonly<Record<string, number>>;

export interface LoggedRequest extends RequestGround {
  readonly id: string;
  readonly kind: RequestKind;
  /** Hexadecimal SHA-256 of the subject as the hub writes it. */
  readonly subjectDigest: string;
  readonly rowCounts: RowCounts;
  readonly doneAt: Date;
}

/** Where a subject's own text is the key; the reporter is left out on purpose. */
const HELD = {
  sightings: `SELECT received_at, category, evidence, count, first_seen, last_seen, influenced, retracted_at, auth, fingerprint,
    url_hosts FROM sighting WHERE subject = $1 ORDER BY received_at`,
  mentions: `SELECT received_at, category, evidence FROM sighting
    WHERE subject <> $1 AND (url_hosts @> ARRAY[$2] OR fingerprint = $2) ORDER BY received_at`,
  reputation: `SELECT score, listed, confidence, recommendation, categories, explanation, first_seen, last_seen, expires_at
    FROM reputation WHERE subject = $1`,
  forecasts: `SELECT foretold_at, score, listed, came FROM forecast WHERE subject = $1 ORDER BY foretold_at`,
  shadowForecasts: `SELECT foretold_at, model_version, score FROM shadow_forecast WHERE subject = $1
    ORDER BY foretold_at, model_version`,
  reportChecks: `SELECT received_at, category, evidence, is_echoed, is_owned_up, ruling FROM report_check
    WHERE subject = $1 ORDER BY received_at`,
  zoneEntries: 'SELECT zone, codes FROM zone_entry WHERE subject = $1 ORDER BY zone',
  zoneChanges: 'SELECT zone, codes, changed_at FROM zone_change WHERE subject = $1 ORDER BY changed_at',
  sealedEvidence: `SELECT received_at, length(sealed) AS characters FROM sealed_evidence WHERE subject = $1 ORDER BY received_at`,
  loggedDecisions: `SELECT log_index, statement FROM log_decision WHERE kind = 'listing' AND about = $1 ORDER BY log_index`,
  alerts: `SELECT opened_at, category, state, message_count, last_seen, answered_at, fixed_at, quiet_at, failed_fixes, closed_at,
    outcome FROM alert WHERE subject = $1 ORDER BY opened_at`,
  events: 'SELECT type, details, made_at FROM member_event WHERE subject = $1 ORDER BY sequence',
  decisions: `SELECT kind, category, valid_from, valid_until, source_type, made_at, ended_at FROM decision
    WHERE subject = $1 ORDER BY made_at`,
  appeals: `SELECT a.state, a.filed_at, a.confirmed_by, a.confirmed_at, a.outcome, a.reason, a.decided_at, w.words, w.mail
    FROM appeal a LEFT JOIN appeal_words w ON w.appeal_id = a.id WHERE a.subject = $1 ORDER BY a.filed_at`,
} as const;

export class PersonRequests {
  constructor(private readonly dataSource: DataSource) {}

  /** What is held, all from one moment. */
  async access(subject: Subject, ground: RequestGround, now: Date): Promise<HeldAboutSubject> {
    return this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const text = formatSubject(subject);
      const read = (query: string): Promise<HeldRecord[]> => manager.query(query, [text]);
      const held: HeldAboutSubject = {
        subject: text,
        sightings: await read(HELD.sightings),
        mentions: await manager.query(HELD.mentions, [text, subject.value]),
        reputation: await read(HELD.reputation),
        forecasts: await read(HELD.forecasts),
        shadowForecasts: await read(HELD.shadowForecasts),
        reportChecks: await read(HELD.reportChecks),
        zoneEntries: await read(HELD.zoneEntries),
        zoneChanges: await read(HELD.zoneChanges),
        sealedEvidence: await read(HELD.sealedEvidence),
        alerts: await read(HELD.alerts),
        events: await read(HELD.events),
        decisions: await read(HELD.decisions),
        loggedDecisions: await read(HELD.loggedDecisions),
        appeals: await read(HELD.appeals),
      };
      const counts = Object.fromEntries(
        Object.entries(held).flatMap(([name, rows]) => (Array.isArray(rows) ? [[name, rows.length]] : [])),
      );
      await log(manager, { kind: 'access', text, counts }, ground, now);
      return held;
    });
  }

  /**
   * Reports about the subject count no more, all of them or those of one category; the worker scores it again within
   * seconds and takes it out of the zones. The rows stay until their retention ends, marked as taken back.
   */
  async correct(
    subject: Subject,
    { category }: { category?: string | undefined },
    ground: RequestGround,
    now: Date,
  ): Promise<RowCounts> {
    return this.dataSource.transaction(async (manager) => {
      const text = formatSubject(subject);
      // Scoring locks this row: a score from before is written before, and this one's review comes after it.
      await manager.query('SELECT FROM reputation WHERE subject = $1 FOR UPDATE', [text]);
      const [touched] = await manager.query<[{ receipt_id: string }[], number]>(
        `UPDATE sighting SET retracted_at = $2 WHERE subject = $1 AND retracted_at IS NULL
           AND ($3::category IS NULL OR category = $3) RETURNING receipt_id`,
        [text, now, category ?? null],
      );
      await manager.query('UPDATE reputation SET next_review_at = $2 WHERE subject = $1', [text, now]);
      await scoreAgain(manager, touched);
      const counts = { sightings: touched.length };
      await log(manager, { kind: 'correction', text, counts }, ground, now);
      return counts;
    });
  }

  /**
   * Everything held about the subject is deleted, and the zones lose it with the next change that edges fetch. That it
   * left a zone stays in the zone's history for 24 hours, because edges learn it from there.
   */
  async delete(subject: Subject, ground: RequestGround, now: Date): Promise<RowCounts> {
    return this.dataSource.transaction(async (manager) => {
      const text = formatSubject(subject);
      const remove = async (query: string): Promise<number> =>
        (await manager.query<[unknown[], number]>(query, [text]))[1];
      // The same lock as scoring takes, in the same order: no worker writes a score from what is being deleted.
      await manager.query('SELECT FROM reputation WHERE subject = $1 FOR UPDATE', [text]);
      const counts = {
        sightings: await remove('DELETE FROM sighting WHERE subject = $1'),
        mentions: (
          await manager.query<[unknown[], number]>(
            `UPDATE sighting SET url_hosts = array_remove(url_hosts, $1), fingerprint = nullif(fingerprint, $1)
             WHERE url_hosts @> ARRAY[$1] OR fingerprint = $1`,
            [subject.value],
          )
        )[1],
        sealedEvidence: await remove('DELETE FROM sealed_evidence WHERE subject = $1'),
        alerts: await remove('DELETE FROM alert WHERE subject = $1'),
        events: await remove('DELETE FROM member_event WHERE subject = $1'),
        decisions: await remove('DELETE FROM decision WHERE subject = $1'),
        appeals: await remove('DELETE FROM appeal WHERE subject = $1'),
        releases: await remove('DELETE FROM evidence_release WHERE subject = $1'),
        campaigns: await forgetInCampaigns(manager, subject),
        forecasts: await remove('DELETE FROM forecast WHERE subject = $1'),
        reportChecks: await remove('DELETE FROM report_check WHERE subject = $1'),
        reputation: await remove('DELETE FROM reputation WHERE subject = $1'),
      };
      const entries: { zone: string }[] = await manager.query(
        'SELECT zone FROM zone_entry WHERE subject = $1 ORDER BY zone',
        [text],
      );
      // All of them before the log's head, which the first of the two publications locks.
      await manager.query('SELECT FROM zone_state WHERE zone = ANY($1) ORDER BY zone FOR UPDATE', [
        entries.map(({ zone }) => zone),
      ]);
      await log(
        manager,
        { kind: 'deletion', text, counts: { ...counts, zoneEntries: entries.length } },
        ground,
        now,
      );
      const withdrawn = entries.map(({ zone }) => ({ zone, subject: text, codes: [] }));
      await publish(manager, withdrawn, now);
      await publish(manager, withdrawn, now, 'campaign');
      // Also what was just logged of its end: without salt and statement the commitments say nothing of anybody.
      const loggedDecisions = await remove(`DELETE FROM log_decision WHERE kind = 'listing' AND about = $1`);
      return { ...counts, zoneEntries: entries.length, loggedDecisions };
    });
  }

  /** The log, newest first. */
  async list(limit: number): Promise<readonly LoggedRequest[]> {
    const rows: {
      id: string;
      kind: RequestKind;
      subject_digest: Buffer;
      case_number: string;
      reason: string;
      row_counts: RowCounts;
      done_at: Date;
    }[] = await this.dataSource.query('SELECT * FROM privacy_request ORDER BY done_at DESC, id LIMIT $1', [
      limit,
    ]);
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      subjectDigest: row.subject_digest.toString('hex'),
      caseNumber: row.case_number,
      reason: row.reason,
      rowCounts: row.row_counts,
      doneAt: row.done_at,
    }));
  }
}

/** The receipt is the outbox of scoring: the worker's review finds there what has no reputation yet. */
async function scoreAgain(manager: EntityManager, touched: readonly { receipt_id: string }[]): Promise<void> {
  await manager.query('UPDATE receipt SET scored_at = NULL WHERE id = ANY($1)', [
    [...new Set(touched.map(({ receipt_id }) => receipt_id))],
  ]);
}

async function log(
  manager: EntityManager,
  { kind, text, counts }: { kind: RequestKind; text: string; counts: RowCounts },
  { caseNumber, reason }: RequestGround,
  now: Date,
): Promise<void> {
  await manager.query(
    `INSERT INTO privacy_request (kind, subject_digest, case_number, reason, row_counts, done_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [kind, createHash('sha256').update(text).digest(), caseNumber, reason, JSON.stringify(counts), now],
  );
}
