import type { CheckUse, IdentifierType, Strength } from '@sekisho/subscriber';
import { CHECKS_PER_SIGN_UP, RATIO_DAYS, UNDECLARED_CHECKS } from '@sekisho/subscriber';
import type { DataSource } from 'typeorm';
import { EnvelopeReplayed } from '../reports/report.repository.js';
import type { TokenDigest } from './termination.repository.js';

const DAY_MS = 86_400_000;

/** A record that shares at least one identifier with what was asked. */
export interface Hit {
  readonly terminationId: string;
  readonly reporter: string;
  readonly reason: string;
  readonly isCanary: boolean;
  readonly types: readonly IdentifierType[];
}

export interface JudgedCheck {
  readonly id: string;
  readonly memberId: string;
  readonly jti: string;
  readonly envelopeDigest: Buffer;
  readonly checkedAt: Date;
  readonly purpose: string;
  readonly noticeVersion: string;
  readonly legalBasis: string;
  readonly identifiers: number;
  /** What is answered, and answered again to a repetition. */
  readonly answer: unknown;
  readonly cases: readonly (Hit & { readonly caseId: string; readonly strength: Strength })[];
  readonly alarms: readonly Hit[];
}

export interface CanaryAlarm {
  readonly checkId: string;
  readonly terminationId: string;
  readonly memberId: string;
  readonly raisedAt: Date;
}

export class CheckRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** How much the member asked, and its earlier answer to the same envelope. @throws {EnvelopeReplayed} */
  async use(
    memberId: string,
    { jti, envelopeDigest }: { jti: string; envelopeDigest: Buffer },
    now: Date,
  ): Promise<CheckUse & { earlier: unknown }> {
    const [row]: {
      today: string;
      period: string;
      declared: string;
      answer: unknown;
      digest: Buffer | null;
    }[] = await this.dataSource.query(
      `SELECT
           (SELECT coalesce(sum(checks), 0) FROM subscriber_check_count WHERE member_id = $1 AND day = $2) AS today,
           (SELECT coalesce(sum(checks), 0) FROM subscriber_check_count WHERE member_id = $1 AND day >= $3) AS period,
           (SELECT coalesce(sum(sign_ups), 0) FROM subscriber_sign_ups WHERE member_id = $1 AND day >= $3) AS declared,
           (SELECT answer FROM subscriber_check WHERE member_id = $1 AND jti = $4) AS answer,
           (SELECT envelope_digest FROM subscriber_check WHERE member_id = $1 AND jti = $4) AS digest`,
      [memberId, dayOf(now), periodOf(now), jti],
    );
    if (row?.digest && !row.digest.equals(envelopeDigest)) throw new EnvelopeReplayed(jti);
    return {
      checksToday: Number(row?.today),
      checksOfPeriod: Number(row?.period),
      declaredOfPeriod: Number(row?.declared),
      earlier: row?.answer ?? undefined,
    };
  }

  /** Living, uncontested records of other members that share a token. One statement, whatever it finds. */
  async find(memberId: string, tokens: readonly TokenDigest[], now: Date): Promise<Hit[]> {
    return this.dataSource.query(
      `SELECT x.id AS "terminationId", x.member_id AS reporter, x.reason, x.is_canary AS "isCanary",
         array_agg(DISTINCT t.type) AS types
       FROM unnest($2::text[], $3::bytea[], $4::text[]) AS asked(epoch, digest, type)
       JOIN subscriber_token t USING (epoch, digest, type)
       JOIN subscriber_termination x ON x.id = t.termination_id
       WHERE x.state = 'active' AND x.expires_at > $5 AND x.member_id <> $1
       GROUP BY x.id ORDER BY count(DISTINCT t.type) DESC, x.id LIMIT 10`,
      [
        ...[memberId, tokens.map(({ epoch }) => epoch), tokens.map(({ digest }) => digest)],
        ...[tokens.map(({ type }) => type), now],
      ],
    );
  }

  /**
   * Puts the check on record with the cases and alarms that it gave rise to, in one statement, if it is within the budget:
   * the row of the day is locked, so that checks that come at once are counted one after the other. Nothing is answered
   * that is not `recorded`.
   */
  async record(check: JudgedCheck, quota: number): Promise<'recorded' | 'repeated' | 'over-budget'> {
    const [row]: { counted: string; noted: string }[] = await this.dataSource.query(
      `WITH period AS (
         SELECT coalesce(sum(checks) FILTER (WHERE day <> $17), 0) AS earlier,
           (SELECT coalesce(sum(sign_ups), 0) FROM subscriber_sign_ups WHERE member_id = $2 AND day >= $18) AS declared
         FROM subscriber_check_count WHERE member_id = $2 AND day >= $18
       ), allowed AS (
         SELECT least($19::bigint, $20 + $21 * declared - earlier) AS today FROM period
       ), counted AS (
         INSERT INTO subscriber_check_count AS c (member_id, day, checks)
         SELECT $2, $17, 1 FROM allowed WHERE today >= 1
         ON CONFLICT (member_id, day) DO UPDATE SET checks = c.checks + 1
           WHERE c.checks < (SELECT today FROM allowed)
         RETURNING 1
       ), noted AS (
         INSERT INTO subscriber_check (id, member_id, jti, envelope_digest, checked_at, purpose, notice_version,
           legal_basis, identifiers, answer)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM counted
         ON CONFLICT (member_id, jti) DO NOTHING RETURNING id
       ), opened AS (
         INSERT INTO subscriber_case (id, check_id, termination_id, asker, reporter, strength, types, opened_at)
         SELECT c.id, noted.id, c.termination_id, $2, c.reporter, c.strength, string_to_array(c.types, ' '), $5
         FROM noted, unnest($11::uuid[], $12::uuid[], $13::text[], $14::text[], $15::text[])
           AS c(id, termination_id, reporter, strength, types)
       ), alarmed AS (
         INSERT INTO subscriber_alarm (check_id, termination_id, member_id, raised_at)
         SELECT noted.id, a.id, $2, $5 FROM noted, unnest($16::uuid[]) AS a(id)
       )
       SELECT (SELECT count(*) FROM counted) AS counted, (SELECT count(*) FROM noted) AS noted`,
      [
        ...[check.id, check.memberId, check.jti, check.envelopeDigest, check.checkedAt, check.purpose],
        ...[check.noticeVersion, check.legalBasis, check.identifiers, JSON.stringify(check.answer)],
        check.cases.map(({ caseId }) => caseId),
        check.cases.map(({ terminationId }) => terminationId),
        check.cases.map(({ reporter }) => reporter),
        check.cases.map(({ strength }) => strength),
        check.cases.map(({ types }) => types.join(' ')),
        check.alarms.map(({ terminationId }) => terminationId),
        ...[dayOf(check.checkedAt), periodOf(check.checkedAt), quota, UNDECLARED_CHECKS, CHECKS_PER_SIGN_UP],
      ],
    );
    if (Number(row?.counted) === 0) return 'over-budget';
    return Number(row?.noted) === 0 ? 'repeated' : 'recorded';
  }

  /** Replaces what was declared for that day. */
  async declareSignUps(memberId: string, day: string, signUps: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO subscriber_sign_ups VALUES ($1, $2, $3)
       ON CONFLICT (member_id, day) DO UPDATE SET sign_ups = excluded.sign_ups`,
      [memberId, day, signUps],
    );
  }

  async alarms(limit: number): Promise<CanaryAlarm[]> {
    return this.dataSource.query(
      `SELECT check_id AS "checkId", termination_id AS "terminationId", member_id AS "memberId",
         raised_at AS "raisedAt" FROM subscriber_alarm ORDER BY raised_at DESC LIMIT $1`,
      [limit],
    );
  }

  async noteEvaluation(
    one: { memberId: string; jti: string; purpose: string; epoch: string; elements: number },
    now: Date,
  ): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO oprf_evaluation (member_id, at, jti, purpose, epoch, elements) VALUES ($1, $2, $3, $4, $5, $6)`,
      [one.memberId, now, one.jti, one.purpose, one.epoch, one.elements],
    );
  }

  /** What each member had evaluated today. */
  async evaluatedToday(now: Date): Promise<{ memberId: string; elements: number }[]> {
    return this.dataSource.query(
      `SELECT member_id AS "memberId", sum(elements)::int AS elements FROM oprf_evaluation
       WHERE at >= $1 GROUP BY member_id`,
      [new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS)],
    );
  }
}

/** YYYY-MM-DD in UTC. */
const dayOf = (time: Date): string => time.toISOString().slice(0, 10);
/** The first day of the period over which checks are held against sign-ups. */
const periodOf = (now: Date): string => dayOf(new Date(now.getTime() - (RATIO_DAYS - 1) * DAY_MS));
