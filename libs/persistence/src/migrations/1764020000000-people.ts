import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * People of members and of the operator. Whoever can write here can sign in as anybody; who can only read it cannot:
 * sessions, invitations and challenges are stored as digests, and a passkey's public half signs nothing.
 */
export class People1764020000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE person (
         id uuid PRIMARY KEY,
         member_id text REFERENCES member ON DELETE CASCADE,
         name text NOT NULL,
         role text NOT NULL CHECK (role IN ('abuse-desk', 'mail-operator', 'reviewer', 'officer', 'operator')),
         language text NOT NULL CHECK (language IN ('en', 'ja')),
         created_at timestamptz NOT NULL,
         last_seen_at timestamptz NOT NULL,
         CHECK ((role = 'operator') = (member_id IS NULL)))`,
    );
    await runner.query('CREATE INDEX person_by_member ON person (member_id)');
    await runner.query('CREATE INDEX person_seen ON person (last_seen_at)');
    await runner.query(
      `CREATE TABLE passkey (
         credential_id bytea PRIMARY KEY,
         person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
         public_key bytea NOT NULL,
         counter bigint NOT NULL,
         transports text[] NOT NULL,
         created_at timestamptz NOT NULL,
         last_used_at timestamptz)`,
    );
    await runner.query('CREATE INDEX passkey_by_person ON passkey (person_id)');
    await runner.query(
      `CREATE TABLE person_session (
         digest bytea PRIMARY KEY,
         person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
         started_at timestamptz NOT NULL,
         seen_at timestamptz NOT NULL,
         ends_at timestamptz NOT NULL)`,
    );
    await runner.query('CREATE INDEX person_session_by_person ON person_session (person_id)');
    await runner.query('CREATE INDEX person_session_ends ON person_session (ends_at)');
    await runner.query(
      `CREATE TABLE person_invitation (
         code_digest bytea PRIMARY KEY,
         person_id uuid NOT NULL UNIQUE,
         member_id text REFERENCES member ON DELETE CASCADE,
         name text NOT NULL,
         role text NOT NULL,
         invited_at timestamptz NOT NULL,
         expires_at timestamptz NOT NULL)`,
    );
    await runner.query('CREATE INDEX person_invitation_by_member ON person_invitation (member_id)');
    await runner.query('CREATE INDEX person_invitation_expires ON person_invitation (expires_at)');
    // One use each: checking a challenge takes it away.
    await runner.query(
      `CREATE TABLE person_challenge (
         digest bytea PRIMARY KEY,
         invitation bytea REFERENCES person_invitation ON DELETE CASCADE,
         name text,
         expires_at timestamptz NOT NULL)`,
    );
    await runner.query('CREATE INDEX person_challenge_by_invitation ON person_challenge (invitation)');
    await runner.query('CREATE INDEX person_challenge_expires ON person_challenge (expires_at)');
    await runner.query(
      `CREATE TABLE demo_sign_in (
         code_digest bytea PRIMARY KEY,
         person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
         expires_at timestamptz NOT NULL)`,
    );
    await runner.query('CREATE INDEX demo_sign_in_by_person ON demo_sign_in (person_id)');
    // No reference to the person: what was done stays when who did it is forgotten.
    await runner.query(
      `CREATE TABLE person_action (
         id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         at timestamptz NOT NULL,
         person_id uuid,
         member_id text,
         role text NOT NULL,
         operation text NOT NULL,
         action text NOT NULL,
         outcome text,
         about uuid)`,
    );
    await runner.query('CREATE INDEX person_action_at ON person_action (at)');
    await runner.query('CREATE INDEX person_action_by_person ON person_action (person_id, at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      ...['person_action', 'demo_sign_in', 'person_challenge', 'person_invitation'],
      ...['person_session', 'passkey', 'person'],
    ]) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
