import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a listing ends if nothing more is reported. Listings of before know it from when they are scored again. */
export class ListedUntil1764083000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reputation ADD COLUMN listed_until timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reputation DROP COLUMN listed_until');
  }
}
