import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reviewers are told once that a deadline is near. Expand only: a process of the release before reminds nobody. */
export class AppealReminders1764055000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE appeal ADD COLUMN reminded_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE appeal DROP COLUMN reminded_at');
  }
}
