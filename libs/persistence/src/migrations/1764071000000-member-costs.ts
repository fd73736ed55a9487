import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What outcomes cost a member, as it says itself: for the recommendations that it is shown. */
export class MemberCosts1764071000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE member_costs (
         member_id text PRIMARY KEY REFERENCES member ON DELETE CASCADE,
         costs jsonb NOT NULL,
         stated_at timestamptz NOT NULL)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE member_costs');
  }
}
