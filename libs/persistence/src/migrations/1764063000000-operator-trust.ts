import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the operator has set a member's trust to stays, and says why. */
export class OperatorTrust1764063000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Why the operator has set the trust; null: it is what the rule of appeals gives.
    await runner.query('ALTER TABLE member ADD COLUMN trust_reason text');
    await runner.query(
      `UPDATE member SET trust_reason = 'set before reasons were kept'
       WHERE trust <> 0.8::real AND NOT EXISTS (SELECT FROM adjudication a WHERE a.member_id = member.id)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE member DROP COLUMN trust_reason');
  }
}
