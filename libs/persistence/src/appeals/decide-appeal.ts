// A reviewer's decision and all that follows from it, in one transaction.
import { formatSubject } from '@sekisho/subject';
import type { DataSource, EntityManager } from 'typeorm';
import { endDecision, setDecision } from '../decisions/decision.repository.js';
import { followTrustRule } from '../members/member-trust.js';
import { SELECT_APPEAL, toAppeal, type AppealRow, type StoredAppeal } from './appeal-row.js';
import { AppealRepository, unknown } from './appeal.repository.js';
import { correct, noteOutcome } from './corrections.js';
import { AppealRefused } from './errors.js';

/**
 * After an upheld appeal nothing lists the subject for this time: what is reported meanwhile rests on the same mistake as a
 * rule, and campaigns remember two days. Then whatever was seen since the decision counts.
 */
const PROTECTED_MS = 72 * 3_600_000;

export interface AppealRuling {
  readonly outcome: 'upheld' | 'rejected';
  /** For the appellant and the record. */
  readonly reason: string;
  /** The one that the reviewer saw. */
  readonly version: number;
  readonly reviewer: string;
}

export class AppealDecisions {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Of two reviewers with the same appeal before them one decides, and the other is told so.
   * @throws {AppealRefused} appeal-unknown, appeal-state, appeal-changed, appeal-reviewer-concerned
   */
  async decide(id: string, ruling: AppealRuling, now: Date): Promise<StoredAppeal> {
    await this.dataSource.transaction(async (sql) => {
      const [row]: AppealRow[] = await sql.query(`${SELECT_APPEAL} WHERE a.id = $1 FOR UPDATE OF a`, [id]);
      if (!row) throw unknown();
      if (row.state !== 'open') {
        throw new AppealRefused('appeal-state', `only an open appeal is decided; this one is ${row.state}`);
      }
      if (row.version !== ruling.version) {
        throw new AppealRefused('appeal-changed', 'somebody changed it meanwhile; look at it again');
      }
      const appeal = toAppeal(row);
      if (await new AppealRepository(this.dataSource).isConcerned(ruling.reviewer, appeal)) {
        throw new AppealRefused(
          'appeal-reviewer-concerned',
          'your member reported or owns the subject: somebody independent has to decide',
        );
      }
      await this.carryOut(sql, appeal, ruling, now);
    });
    const decided = await new AppealRepository(this.dataSource).byId(id);
    if (!decided) throw unknown();
    return decided;
  }

  private async carryOut(
    sql: EntityManager,
    appeal: StoredAppeal,
    { outcome, reason, reviewer }: AppealRuling,
    now: Date,
  ): Promise<void> {
    const { id, subject } = appeal;
    if (outcome === 'upheld') await correct(sql, appeal, now);
    const reporters = await reportersOf(sql, formatSubject(subject));
    await adjudicate(sql, id, reporters, outcome === 'rejected', now);
    if (outcome === 'upheld') {
      await sql.query(
        `UPDATE sighting SET retracted_at = $2
         WHERE subject = $1 AND retracted_at IS NULL AND category NOT IN ('ham', 'dynamic-range')`,
        [formatSubject(subject), now],
      );
    }
    await noteOutcome(sql, appeal, { outcome, reason, by: reviewer }, now);
    await endDecision(sql, { type: 'appeal', id: `${id}/undecided` }, now, 'the appeal was decided');
    if (outcome === 'rejected') return;
    const until = new Date(now.getTime() + PROTECTED_MS);
    await setDecision(
      sql,
      {
        subject,
        kind: 'never-list',
        from: now,
        until,
        source: { type: 'appeal', id },
        reason: 'appeal upheld',
      },
      now,
    );
  }
}

/** Whose sightings count against the subject, or against what its listing rests on. */
async function reportersOf(sql: EntityManager, subject: string): Promise<string[]> {
  const rows: { reporter: string }[] = await sql.query(
    `SELECT DISTINCT reporter FROM sighting
     WHERE (subject = $1 OR subject IN (SELECT subject FROM reputation WHERE parent = $1 AND listed))
       AND retracted_at IS NULL AND NOT influenced AND category NOT IN ('ham', 'dynamic-range') ORDER BY reporter`,
    [subject],
  );
  return rows.map(({ reporter }) => reporter);
}

/** Counts for or against each reporter, once an appeal. */
async function adjudicate(
  sql: EntityManager,
  appealId: string,
  reporters: readonly string[],
  isRight: boolean,
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO adjudication (appeal_id, member_id, is_right, adjudicated_at)
     SELECT $1, id, $3, $4 FROM member WHERE id = ANY($2) ON CONFLICT DO NOTHING`,
    [appealId, reporters, isRight, now],
  );
  if (reporters.length > 0) await followTrustRule(sql, now, reporters);
}
