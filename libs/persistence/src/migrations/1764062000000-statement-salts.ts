import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the working group says is committed to with a salt: a vote is secret until it is over, and easily guessed. */
export class StatementSalts1764062000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Null: a public statement, or one from before.
    await runner.query('ALTER TABLE log_statement ADD COLUMN salt bytea');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE log_statement DROP COLUMN salt');
  }
}
