import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the operator rehearsed before changing the model, and what it would have changed. */
export class ModelRehearsals1764007000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE model_rehearsal (
         id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
         model text NOT NULL,
         in_force text NOT NULL,
         reports_from timestamptz NOT NULL,
         rehearsed_at timestamptz NOT NULL,
         outcome jsonb NOT NULL)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE model_rehearsal');
  }
}
