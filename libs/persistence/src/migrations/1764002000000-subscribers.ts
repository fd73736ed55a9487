import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Terminated subscribers as tokens, checks at sign-up, the cases they open, and evaluations of the hub's key share. */
export class Subscribers1764002000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}

const TABLES = [
  ...['subscriber_termination', 'subscriber_token', 'subscriber_check', 'subscriber_case'],
  ...['subscriber_alarm', 'subscriber_sign_ups', 'oprf_evaluation'],
];

const UP = [
  `CREATE TABLE subscriber_termination (
     id uuid PRIMARY KEY,
     member_id text NOT NULL REFERENCES member,
     jti text NOT NULL,
     envelope_digest bytea NOT NULL,
     is_canary boolean NOT NULL,
     reason text NOT NULL,
     evidence text NOT NULL,
     terminated_on date NOT NULL,
     case_number text NOT NULL,
     state text NOT NULL CHECK (state IN ('active', 'contested', 'withdrawn')),
     epoch text NOT NULL,
     registered_at timestamptz NOT NULL,
     expires_at timestamptz NOT NULL,
     UNIQUE (member_id, jti))`,
  // What is stored is the digest of what members present: who reads the table cannot ask with it.
  `CREATE TABLE subscriber_token (
     epoch text NOT NULL,
     digest bytea NOT NULL,
     type text NOT NULL,
     termination_id uuid NOT NULL REFERENCES subscriber_termination ON DELETE CASCADE,
     PRIMARY KEY (epoch, digest, termination_id))`,
  `CREATE INDEX subscriber_token_by_termination ON subscriber_token (termination_id)`,
  `CREATE TABLE subscriber_check (
     id uuid PRIMARY KEY,
     member_id text NOT NULL REFERENCES member,
     jti text NOT NULL,
     envelope_digest bytea NOT NULL,
     checked_at timestamptz NOT NULL,
     purpose text NOT NULL,
     notice_version text NOT NULL,
     legal_basis text NOT NULL,
     identifiers integer NOT NULL,
     answer json NOT NULL,
     UNIQUE (member_id, jti))`,
  `CREATE INDEX subscriber_check_by_time ON subscriber_check (member_id, checked_at)`,
  `CREATE TABLE subscriber_case (
     id uuid PRIMARY KEY,
     check_id uuid NOT NULL REFERENCES subscriber_check ON DELETE CASCADE,
     termination_id uuid NOT NULL REFERENCES subscriber_termination ON DELETE CASCADE,
     asker text NOT NULL REFERENCES member,
     reporter text NOT NULL REFERENCES member,
     strength text NOT NULL,
     types text[] NOT NULL,
     opened_at timestamptz NOT NULL)`,
  `CREATE INDEX subscriber_case_by_asker ON subscriber_case (asker, opened_at)`,
  `CREATE INDEX subscriber_case_by_reporter ON subscriber_case (reporter, opened_at)`,
  `CREATE TABLE subscriber_alarm (
     check_id uuid NOT NULL REFERENCES subscriber_check ON DELETE CASCADE,
     termination_id uuid NOT NULL REFERENCES subscriber_termination ON DELETE CASCADE,
     member_id text NOT NULL REFERENCES member,
     raised_at timestamptz NOT NULL,
     PRIMARY KEY (check_id, termination_id))`,
  `CREATE TABLE subscriber_sign_ups (
     member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
     day date NOT NULL,
     sign_ups integer NOT NULL CHECK (sign_ups >= 0),
     PRIMARY KEY (member_id, day))`,
  `CREATE TABLE oprf_evaluation (
     member_id text NOT NULL,
     at timestamptz NOT NULL,
     jti text NOT NULL,
     purpose text NOT NULL,
     epoch text NOT NULL,
     elements integer NOT NULL)`,
  `CREATE INDEX oprf_evaluation_by_time ON oprf_evaluation (at)`,
];
