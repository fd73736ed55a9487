import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Decisions of people about listings, which win over evidence. */
export class Decisions1764040000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reputation DROP COLUMN undecided_listed');
    await runner.query('DROP TABLE decision_entry');
    await runner.query('DROP TABLE decision');
  }
}

const UP = [
  `CREATE TABLE decision (
     id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     subject text NOT NULL,
     subject_type subject_type NOT NULL,
     network cidr,
     kind text NOT NULL CHECK (kind IN ('list', 'never-list')),
     category category,
     valid_from timestamptz NOT NULL,
     valid_until timestamptz NOT NULL CHECK (valid_until > valid_from),
     source_type text NOT NULL CHECK (source_type IN ('action', 'appeal', 'operator')),
     source_id text NOT NULL,
     reason text NOT NULL,
     made_at timestamptz NOT NULL,
     ended_at timestamptz,
     end_reason text,
     due_at timestamptz)`,
  // A source says one thing of a subject at a time.
  `CREATE UNIQUE INDEX decision_by_source ON decision (source_type, source_id, subject) WHERE ended_at IS NULL`,
  `CREATE INDEX decision_by_subject ON decision (subject)`,
  `CREATE INDEX decision_covering ON decision USING gist (network inet_ops) WHERE kind = 'never-list'`,
  // The next moment at which a decision begins or ends to count, as long as the worker has not seen to it.
  `CREATE INDEX decision_due ON decision (due_at) WHERE due_at IS NOT NULL`,
  `CREATE INDEX decision_over ON decision (valid_until)`,
  // What the transparency log commits to: without its salt nobody can tell what an entry says.
  `CREATE TABLE decision_entry (
     log_index bigint PRIMARY KEY,
     decision_id uuid NOT NULL REFERENCES decision ON DELETE CASCADE,
     salt bytea NOT NULL,
     statement text NOT NULL)`,
  `CREATE INDEX decision_entry_by_decision ON decision_entry (decision_id)`,
  // What evidence alone says, while a decision says otherwise: hysteresis goes by it, so that a decision that has ended
  // leaves no trace in later scores. Null where no decision is in force.
  `ALTER TABLE reputation ADD COLUMN undecided_listed boolean`,
];
