import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Decisions that the transparency log commits to, with the salts that open their entries. */
export class LogDecisions1764012000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      // Who can write here can hide what was decided from those who ask, and cannot say that something else was.
      `CREATE TABLE log_decision (
         log_index bigint PRIMARY KEY,
         kind text NOT NULL,
         about text NOT NULL,
         salt bytea NOT NULL,
         statement text NOT NULL,
         decided_at timestamptz NOT NULL)`,
    );
    await runner.query('CREATE INDEX ON log_decision (about, log_index)');
    await runner.query('CREATE INDEX ON log_decision USING brin (decided_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE log_decision');
  }
}
