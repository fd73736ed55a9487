import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a model in shadow foretold of the same subjects at the same moments as the one in force. */
export class ShadowForecasts1764082000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Weight, outcome and life are those of the forecast in force. A probability is mostly below a hundredth: not whole.
    await runner.query(
      `CREATE TABLE shadow_forecast (
         foretold_at timestamptz NOT NULL,
         subject text NOT NULL,
         model_version text NOT NULL,
         score double precision NOT NULL CHECK (score BETWEEN 0 AND 100),
         PRIMARY KEY (foretold_at, subject, model_version),
         FOREIGN KEY (foretold_at, subject) REFERENCES forecast ON DELETE CASCADE)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE shadow_forecast');
  }
}
