import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A sample of scores, held against what came in the day after, and what that said of the model. */
export class Forecasts1764060000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE model_quality');
    await runner.query('DROP TABLE forecast');
  }
}

const UP = [
  // `came` and `came_by_another` are null until the day is over.
  `CREATE TABLE forecast (
     foretold_at timestamptz NOT NULL,
     subject text NOT NULL,
     subject_type subject_type NOT NULL,
     score smallint NOT NULL,
     listed boolean NOT NULL,
     model_version text NOT NULL,
     weight double precision NOT NULL CHECK (weight >= 1),
     came boolean,
     came_by_another boolean,
     PRIMARY KEY (foretold_at, subject))`,
  `CREATE INDEX forecast_by_subject ON forecast (subject)`,
  `CREATE INDEX forecast_open ON forecast (foretold_at) WHERE came IS NULL`,
  `CREATE TABLE model_quality (
     as_of timestamptz PRIMARY KEY,
     measurements jsonb NOT NULL)`,
];
