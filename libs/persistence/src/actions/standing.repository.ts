import {
  memberStanding,
  STANDING_WINDOW_MS,
  type MemberStanding,
  type StandingCounts,
} from '@sekisho/workgroup';
import type { DataSource } from 'typeorm';

export interface StandingOfMember extends MemberStanding {
  readonly memberId: string;
}

/** Votes and actions count once they are over; an alert once it is a working day old or answered. */
const COUNTS = `SELECT m.id AS "memberId",
  (SELECT count(*)::int FROM action_elector e JOIN action a ON a.id = e.action_id
    WHERE e.member_id = m.id AND NOT e.is_recused AND a.is_approved IS NOT NULL AND a.proposed_at > $1) AS "votesAsked",
  (SELECT count(*)::int FROM action_vote v JOIN action a ON a.id = v.action_id
    WHERE v.member_id = m.id AND a.is_approved IS NOT NULL AND a.proposed_at > $1) AS "votesCast",
  (SELECT count(*)::int FROM action_participant p JOIN action a ON a.id = p.action_id
    WHERE p.member_id = m.id AND a.state = 'reported' AND a.proposed_at > $1) AS "actionsAsked",
  (SELECT count(*)::int FROM action_participant p JOIN action a ON a.id = p.action_id
    WHERE p.member_id = m.id AND a.state = 'reported' AND a.proposed_at > $1
      AND p.state IN ('applied', 'removed', 'vetoed')) AS "actionsAnswered",
  (SELECT count(*)::int FROM alert WHERE owner = m.id AND opened_at > $1
    AND (answered_at IS NOT NULL OR opened_at < $2)) AS "alertsAsked",
  (SELECT count(*)::int FROM alert WHERE owner = m.id AND opened_at > $1 AND answered_at IS NOT NULL) AS "alertsAnswered",
  (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - opened_at) * 1000)
    FROM alert WHERE owner = m.id AND opened_at > $1 AND answered_at IS NOT NULL)::float8 AS "medianAnswerMs"
FROM member m WHERE m.status = 'active' ORDER BY m.id`;

const WORKING_DAY_MS = 86_400_000;

export class StandingRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Of every active member, by its id. */
  async list(now: Date): Promise<StandingOfMember[]> {
    const rows: (Omit<StandingCounts, 'medianAnswerMs'> & {
      memberId: string;
      medianAnswerMs: number | null;
    })[] = await this.dataSource.query(COUNTS, [
      new Date(now.getTime() - STANDING_WINDOW_MS),
      new Date(now.getTime() - WORKING_DAY_MS),
    ]);
    return rows.map(({ memberId, medianAnswerMs, ...counts }) => ({
      memberId,
      ...memberStanding({ ...counts, medianAnswerMs: medianAnswerMs ?? undefined }),
    }));
  }
}
