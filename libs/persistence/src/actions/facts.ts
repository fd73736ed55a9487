import { electorsOf, type Facts, type Membership } from '@sekisho/workgroup';
import type { Sql } from '../database.js';
import type { StoredAction } from './action-row.js';

/** An agent that was not heard for this long is not waited for. They say that they are there every half minute. */
const AGENT_PRESENT_MS = 120_000;

/** What the rules have to know of the federation, as the transaction of `sql` sees it. */
export async function factsFor(sql: Sql, action: StoredAction, now: Date): Promise<Facts> {
  const members: Membership[] = await sql.query(
    `SELECT m.id AS "memberId",
       ARRAY(SELECT network::text FROM member_network n WHERE n.member_id = m.id) AS networks,
       ARRAY(SELECT domain FROM domain_proof p WHERE p.member_id = m.id AND p.expires_at > $1) AS domains
     FROM member m WHERE m.status = 'active' ORDER BY m.id`,
    [now],
  );
  const delegates: { member_id: string; delegate_id: string }[] = await sql.query(
    'SELECT member_id, delegate_id FROM action_delegate',
  );
  const [waiting]: { rehearsal: boolean; figures: boolean }[] = await sql.query(
    `SELECT EXISTS (SELECT FROM member_agent a JOIN member m ON m.id = a.member_id AND m.status = 'active'
         LEFT JOIN action_participant p ON p.member_id = a.member_id AND p.action_id = $1
         WHERE a.seen_at > $2 AND p.rehearsal IS NULL) AS rehearsal,
       EXISTS (SELECT FROM action_participant WHERE action_id = $1 AND state IN ('applied', 'removed')
         AND actual IS NULL) AS figures`,
    [action.id, new Date(now.getTime() - AGENT_PRESENT_MS)],
  );
  return {
    electors: electorsOf(action, members),
    delegations: new Map(delegates.map(({ member_id, delegate_id }) => [member_id, delegate_id])),
    isRehearsed: waiting?.rehearsal === false,
    hasFigures: waiting?.figures === false,
  };
}
