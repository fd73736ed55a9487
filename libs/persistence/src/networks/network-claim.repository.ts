// Which networks are whose: a member claims, the operator decides. An approved claim makes the member the owner, who alone
// gets alerts and sealed evidence about the network and may declare ranges in it.
import { parseNetwork } from '@sekisho/subject';
import type { DataSource } from 'typeorm';
import { NetworkRefused } from './errors.js';

export interface NetworkClaim {
  readonly network: string;
  readonly memberId: string;
  readonly state: 'claimed' | 'approved' | 'refused';
  /** Why it was refused. */
  readonly reason: string | null;
  readonly claimedAt: Date;
  readonly decidedAt: Date | null;
}

export interface JudgeableClaim extends NetworkClaim {
  /** The member's autonomous systems. */
  readonly asns: readonly number[];
}

const COLUMNS = `c.network::text, c.member_id AS "memberId", c.state, c.reason, c.claimed_at AS "claimedAt",
  c.decided_at AS "decidedAt"`;

export class NetworkClaimRepository {
  constructor(private readonly dataSource: DataSource) {}

  async ofMember(memberId: string): Promise<NetworkClaim[]> {
    return this.dataSource.query(
      `SELECT ${COLUMNS} FROM network_claim c WHERE member_id = $1 ORDER BY c.network`,
      [memberId],
    );
  }

  /** Claiming again opens a refused claim anew; an approved one stays. @throws {NetworkRefused | SubjectInvalid} */
  async claim(memberId: string, text: string, now: Date): Promise<NetworkClaim> {
    const network = parseNetwork(text).text;
    const [row]: NetworkClaim[] = await this.dataSource.query(
      `INSERT INTO network_claim AS c (network, member_id, state, claimed_at) VALUES ($1, $2, 'claimed', $3)
       ON CONFLICT (network, member_id) DO UPDATE SET
         state = CASE WHEN c.state = 'refused' THEN 'claimed' ELSE c.state END,
         claimed_at = CASE WHEN c.state = 'refused' THEN excluded.claimed_at ELSE c.claimed_at END,
         reason = CASE WHEN c.state = 'refused' THEN NULL ELSE c.reason END
       RETURNING ${COLUMNS}`,
      [network, memberId, now],
    );
    if (!row) throw new NetworkRefused('claim-unknown', `${network} could not be claimed`);
    return row;
  }

  /** For the operator: what waits, and what was decided. */
  async list(): Promise<JudgeableClaim[]> {
    return this.dataSource.query(
      `SELECT ${COLUMNS}, ARRAY(SELECT unnest(m.asns)::float8) AS asns FROM network_claim c
       JOIN member m ON m.id = c.member_id ORDER BY c.claimed_at, c.network`,
    );
  }

  /** @throws {NetworkRefused} claim-unknown; claim-taken when another member owns a part of it */
  async approve(memberId: string, network: string, now: Date): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await decide(manager, { memberId, network, state: 'approved', reason: null }, now);
      const [taken]: { network: string; member_id: string }[] = await manager.query(
        'SELECT network::text, member_id FROM member_network WHERE network && $1::cidr AND member_id <> $2 LIMIT 1',
        [network, memberId],
      );
      if (taken) {
        throw new NetworkRefused(
          'claim-taken',
          `${taken.network} is registered to ${taken.member_id} already`,
        );
      }
      await manager.query(
        `INSERT INTO member_network (network, member_id) SELECT $1::cidr, $2
         WHERE NOT EXISTS (SELECT FROM member_network WHERE network >>= $1::cidr)`,
        [network, memberId],
      );
      // Subjects in it have an owner from now on.
      await manager.query(
        `UPDATE reputation SET next_review_at = $2
         WHERE subject_type IN ('ip', 'network') AND next_review_at IS NOT NULL AND subject::inet <<= $1::inet`,
        [network, now],
      );
      await manager.query(`SELECT pg_notify('sekisho_members', '')`);
    });
  }

  /** @throws {NetworkRefused} claim-unknown */
  async refuse(memberId: string, network: string, reason: string, now: Date): Promise<void> {
    await decide(this.dataSource, { memberId, network, state: 'refused', reason }, now);
  }
}

async function decide(
  sql: Pick<DataSource, 'query'>,
  { memberId, network, state, reason }: Pick<NetworkClaim, 'memberId' | 'network' | 'state' | 'reason'>,
  now: Date,
): Promise<void> {
  const [, count] = await sql.query<[unknown[], number]>(
    `UPDATE network_claim SET state = $3, reason = $4, decided_at = $5
     WHERE member_id = $1 AND network = $2::cidr AND state = 'claimed'`,
    [memberId, network, state, reason, now],
  );
  if (count === 0) {
    throw new NetworkRefused('claim-unknown', `${memberId} has no open claim of ${network}`);
  }
}
