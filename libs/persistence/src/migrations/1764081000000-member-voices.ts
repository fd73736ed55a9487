import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Members that repeat one another are one voice, and new ones list nobody by themselves. */
export class MemberVoices1764081000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Members that reported the same shortly before.
    await runner.query(`ALTER TABLE report_check ADD COLUMN repeats text[] NOT NULL DEFAULT '{}'`);
    // When enough of its reports had been judged to end its probation early.
    await runner.query('ALTER TABLE member ADD COLUMN proven_at timestamptz');
    await runner.query(
      `CREATE TABLE member_voice (
         member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
         voice text NOT NULL REFERENCES member ON DELETE CASCADE,
         leader text NOT NULL REFERENCES member ON DELETE CASCADE,
         share double precision NOT NULL CHECK (share BETWEEN 0 AND 1),
         since timestamptz NOT NULL,
         until timestamptz,
         PRIMARY KEY (member_id, since))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE member_voice');
    await runner.query('ALTER TABLE member DROP COLUMN proven_at');
    await runner.query('ALTER TABLE report_check DROP COLUMN repeats');
  }
}
