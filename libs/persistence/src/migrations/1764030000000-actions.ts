import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE SEQUENCE action_revision`,
  `CREATE TABLE action (
     id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     kind text NOT NULL,
     title text NOT NULL,
     reason text NOT NULL,
     subjects text[] NOT NULL,
     category text,
     parameters jsonb NOT NULL,
     concerns text,
     campaign text,
     state text NOT NULL,
     rules integer NOT NULL,
     is_emergency boolean NOT NULL,
     proposed_by text NOT NULL,
     proposed_at timestamptz NOT NULL,
     rehearsal_ends_at timestamptz,
     voting_ends_at timestamptz,
     approved_at timestamptz,
     effective_at timestamptz,
     expires_at timestamptz,
     roll_back_at timestamptz,
     ended_at timestamptz,
     is_approved boolean,
     next_due_at timestamptz,
     report jsonb,
     has_suspended boolean NOT NULL DEFAULT false,
     version integer NOT NULL,
     revision bigint NOT NULL)`,
  `CREATE INDEX action_by_time ON action (proposed_at, id)`,
  `CREATE INDEX action_due ON action (next_due_at) WHERE next_due_at IS NOT NULL`,
  `CREATE UNIQUE INDEX action_by_revision ON action (revision)`,
  `CREATE TABLE action_transition (
     action_id uuid NOT NULL REFERENCES action ON DELETE CASCADE,
     sequence integer NOT NULL,
     transition text NOT NULL,
     state text NOT NULL,
     at timestamptz NOT NULL,
     made_by text NOT NULL,
     reason text NOT NULL,
     log_index bigint NOT NULL,
     PRIMARY KEY (action_id, sequence))`,
  `CREATE TABLE action_elector (
     action_id uuid NOT NULL REFERENCES action ON DELETE CASCADE,
     member_id text NOT NULL,
     is_recused boolean NOT NULL,
     PRIMARY KEY (action_id, member_id))`,
  // The key is what makes a second vote of a member impossible, whatever the code does.
  `CREATE TABLE action_vote (
     action_id uuid NOT NULL REFERENCES action ON DELETE CASCADE,
     member_id text NOT NULL,
     vote text NOT NULL CHECK (vote IN ('yes', 'no', 'abstain')),
     reason text NOT NULL,
     at timestamptz NOT NULL,
     log_index bigint NOT NULL,
     PRIMARY KEY (action_id, member_id))`,
  `CREATE TABLE action_participant (
     action_id uuid NOT NULL REFERENCES action ON DELETE CASCADE,
     member_id text NOT NULL,
     state text NOT NULL CHECK (state IN ('silent', 'ready', 'applied', 'removed', 'vetoed')),
     at timestamptz,
     clock_offset_ms double precision,
     applied_skew_ms double precision,
     removed_skew_ms double precision,
     note text NOT NULL DEFAULT '',
     rehearsal jsonb,
     rehearsal_jws text,
     actual jsonb,
     actual_jws text,
     PRIMARY KEY (action_id, member_id))`,
  `CREATE TABLE action_comment (
     id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     action_id uuid NOT NULL REFERENCES action ON DELETE CASCADE,
     member_id text NOT NULL,
     text text NOT NULL,
     at timestamptz NOT NULL)`,
  `CREATE INDEX action_comment_by_action ON action_comment (action_id, at, id)`,
  `CREATE TABLE action_delegate (
     member_id text PRIMARY KEY REFERENCES member ON DELETE CASCADE,
     delegate_id text NOT NULL REFERENCES member ON DELETE CASCADE,
     since timestamptz NOT NULL)`,
  `CREATE TABLE member_agent (
     member_id text PRIMARY KEY REFERENCES member ON DELETE CASCADE,
     seen_at timestamptz NOT NULL,
     clock_offset_ms double precision NOT NULL)`,
  `CREATE TABLE conduct_acceptance (
     member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
     version text NOT NULL,
     accepted_at timestamptz NOT NULL,
     PRIMARY KEY (member_id, version))`,
];

const TABLES = [
  ...['conduct_acceptance', 'member_agent', 'action_delegate', 'action_comment', 'action_participant'],
  ...['action_vote', 'action_elector', 'action_transition', 'action'],
];

/** What the working group decides and does together. */
export class Actions1764030000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE ${table}`);
    await runner.query('DROP SEQUENCE action_revision');
  }
}
