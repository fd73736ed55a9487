import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What two members say to each other about a match, changes of records and checks counted by day. */
export class SubscriberCases1764006000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `ALTER TABLE subscriber_termination ADD version integer NOT NULL DEFAULT 1`,
  // Public keys, each with codes under secrets that the hub does not have.
  `ALTER TABLE subscriber_case ADD asker_key text, ADD reporter_key text`,
  `CREATE TABLE subscriber_message (
     id uuid PRIMARY KEY,
     case_id uuid NOT NULL REFERENCES subscriber_case ON DELETE CASCADE,
     is_from_reporter boolean NOT NULL,
     sealed text NOT NULL,
     sent_at timestamptz NOT NULL)`,
  `CREATE INDEX subscriber_message_by_case ON subscriber_message (case_id, sent_at)`,
  `CREATE TABLE subscriber_change (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     termination_id uuid NOT NULL REFERENCES subscriber_termination ON DELETE CASCADE,
     version integer NOT NULL,
     kind text NOT NULL CHECK (kind IN ('contested', 'corrected', 'upheld', 'withdrawn')),
     member_id text NOT NULL REFERENCES member,
     note text NOT NULL,
     envelope_digest bytea,
     changed_at timestamptz NOT NULL)`,
  `CREATE INDEX subscriber_change_by_termination ON subscriber_change (termination_id)`,
  // Its row's lock is what keeps checks that come at once within the member's budget.
  `CREATE TABLE subscriber_check_count (
     member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
     day date NOT NULL,
     checks integer NOT NULL,
     PRIMARY KEY (member_id, day))`,
  `INSERT INTO subscriber_check_count
     SELECT member_id, (checked_at AT TIME ZONE 'UTC')::date, count(*) FROM subscriber_check GROUP BY 1, 2`,
];

const DOWN = [
  ...['subscriber_check_count', 'subscriber_change', 'subscriber_message'].map(
    (table) => `DROP TABLE ${table}`,
  ),
  `ALTER TABLE subscriber_case DROP asker_key, DROP reporter_key`,
  `ALTER TABLE subscriber_termination DROP version`,
];
