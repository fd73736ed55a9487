import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What became of members' reports: a sample that is looked at a day later, and what each member is told of its own. */
export class ReportChecks1764061000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['reporter_calibration', 'report_check', 'report_check_clock']) {
      await runner.query(`DROP TABLE ${table}`);
    }
    await runner.query('DROP INDEX sighting_by_time');
  }
}

const UP = [
  // Sightings lie in the order of their reception, so the smallest of indexes finds those of an hour.
  `CREATE INDEX sighting_by_time ON sighting USING brin (received_at) WITH (autosummarize = on)`,
  `CREATE TABLE report_check (
     receipt_id uuid NOT NULL,
     item integer NOT NULL,
     member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
     received_at timestamptz NOT NULL,
     subject text NOT NULL,
     subject_type subject_type NOT NULL,
     category category NOT NULL,
     evidence evidence NOT NULL,
     weight double precision NOT NULL CHECK (weight >= 1),
     is_echoed boolean NOT NULL,
     is_owned_up boolean NOT NULL DEFAULT false,
     ruling text CHECK (ruling IN ('right', 'wrong')),
     PRIMARY KEY (receipt_id, item))`,
  `CREATE INDEX report_check_by_subject ON report_check (subject)`,
  `CREATE INDEX report_check_by_time ON report_check (received_at)`,
  `CREATE INDEX report_check_ruled ON report_check (received_at) WHERE ruling IS NOT NULL`,
  // Until when reports have been looked at.
  `CREATE TABLE report_check_clock (
     is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
     done_until timestamptz NOT NULL)`,
  `CREATE TABLE reporter_calibration (
     member_id text PRIMARY KEY REFERENCES member ON DELETE CASCADE,
     as_of timestamptz NOT NULL,
     channels jsonb NOT NULL)`,
];
