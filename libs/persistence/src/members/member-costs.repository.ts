// What outcomes cost each member. Who can write the table can have a member recommended to accept what it would refuse; listings
// and what others are shown do not depend on it.
import type { StatedCosts } from '@sekisho/policy';
import type { DataSource } from 'typeorm';

export class MemberCostsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** undefined: the member has stated none. */
  async find(memberId: string): Promise<StatedCosts | undefined> {
    const [row]: { costs: StatedCosts }[] = await this.dataSource.query(
      'SELECT costs FROM member_costs WHERE member_id = $1',
      [memberId],
    );
    return row?.costs;
  }

  /** They take the place of those stated before. */
  async state(memberId: string, costs: StatedCosts, now: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO member_costs (member_id, costs, stated_at) VALUES ($1, $2, $3)
       ON CONFLICT (member_id) DO UPDATE SET costs = excluded.costs, stated_at = excluded.stated_at`,
      [memberId, JSON.stringify(costs), now],
    );
  }

  async clear(memberId: string): Promise<void> {
    await this.dataSource.query('DELETE FROM member_costs WHERE member_id = $1', [memberId]);
  }
}
