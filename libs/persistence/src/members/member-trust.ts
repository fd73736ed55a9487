// What a member's reports are weighed with. Who can write it decides whose word lists others.
import { ADJUDICATION, trustAfter } from '@sekisho/reputation';
import type { DataSource, EntityManager } from 'typeorm';
import { MemberChangeRefused } from './errors.js';

export interface TrustInForce {
  /** 0 to 1 */
  readonly trust: number;
  /** What the published rule of docs/appeals.md gives. */
  readonly byRule: number;
}

interface Judged {
  readonly id: string;
  readonly trust: number;
  readonly isSet: boolean;
  readonly byRule: number;
}

/** What the rule makes of the appeals of the last year. @param of of all members unless it says of which */
async function judged(sql: EntityManager, now: Date, of?: readonly string[]): Promise<Judged[]> {
  // Two appeals at once: the second counts the first.
  await sql.query(
    'SELECT FROM member WHERE $1::text[] IS NULL OR id = ANY($1) ORDER BY id FOR NO KEY UPDATE',
    [of ?? null],
  );
  const rows: { id: string; trust: number; isSet: boolean; wrong: number; right: number }[] = await sql.query(
    `SELECT m.id, m.trust, m.trust_reason IS NOT NULL AS "isSet",
       count(*) FILTER (WHERE NOT a.is_right)::int AS wrong, count(*) FILTER (WHERE a.is_right)::int AS right
     FROM member m LEFT JOIN adjudication a ON a.member_id = m.id AND a.adjudicated_at > $1
     WHERE $2::text[] IS NULL OR m.id = ANY($2) GROUP BY m.id ORDER BY m.id`,
    [new Date(now.getTime() - ADJUDICATION.windowMs), of ?? null],
  );
  return rows.map(({ id, trust, isSet, wrong, right }) => ({
    ...{ id, trust, isSet },
    // As the column keeps it.
    byRule: Math.fround(trustAfter({ wrong, right })),
  }));
}

/** Brings trust in line with the rule, but for what the operator has set. */
export async function followTrustRule(sql: EntityManager, now: Date, of?: readonly string[]): Promise<void> {
  for (const { id, trust, isSet, byRule } of await judged(sql, now, of)) {
    if (isSet || trust === byRule) continue;
    await sql.query('UPDATE member SET trust = $2 WHERE id = $1', [id, byRule]);
  }
}

/** The operator's word on a member's trust. */
export class MemberTrust {
  constructor(private readonly dataSource: DataSource) {}

  /** From now on this, whatever appeals say. @throws {MemberChangeRefused} member-unknown */
  async set(memberId: string, trust: number, reason: string, now: Date): Promise<TrustInForce> {
    return this.changing(memberId, now, (sql) =>
      sql.query('UPDATE member SET trust = $2, trust_reason = $3 WHERE id = $1', [memberId, trust, reason]),
    );
  }

  /** From now on what the rule gives. @throws {MemberChangeRefused} member-unknown */
  async followRule(memberId: string, now: Date): Promise<TrustInForce> {
    return this.changing(memberId, now, async (sql) => {
      await sql.query('UPDATE member SET trust_reason = NULL WHERE id = $1', [memberId]);
      await followTrustRule(sql, now, [memberId]);
    });
  }

  private async changing(
    memberId: string,
    now: Date,
    change: (sql: EntityManager) => Promise<unknown>,
  ): Promise<TrustInForce> {
    return this.dataSource.transaction(async (sql) => {
      await change(sql);
      const [found] = await judged(sql, now, [memberId]);
      if (!found)
        throw new MemberChangeRefused(
          'member-unknown',
          `no member ${memberId}; see sekisho admin member list`,
        );
      return { trust: found.trust, byRule: found.byRule };
    });
  }
}
