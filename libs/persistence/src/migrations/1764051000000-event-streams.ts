import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How each member wants to be told: poll or push, and mail. */
export class EventStreams1764051000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE event_stream (
         member_id text PRIMARY KEY REFERENCES member ON DELETE CASCADE,
         endpoint text,
         authorization_header text CHECK (authorization_header IS NULL OR endpoint IS NOT NULL),
         status text NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'paused')),
         failures integer NOT NULL DEFAULT 0,
         next_attempt_at timestamptz,
         last_error text,
         lease_until timestamptz,
         mail_address text,
         mail_format text CHECK (mail_format IN ('arf', 'xarf')),
         mail_language text CHECK (mail_language IN ('en', 'ja')),
         mailed_at timestamptz,
         updated_at timestamptz NOT NULL,
         CHECK ((mail_address IS NULL) = (mail_format IS NULL) AND (mail_format IS NULL) = (mail_language IS NULL)))`,
    );
    // A row goes when every way it is to be told by has been gone: `settled_at` by token, `is_mail_due` by mail.
    await runner.query(
      `ALTER TABLE member_event ADD settled_at timestamptz, ADD refused text, ADD first_tried_at timestamptz,
         ADD is_mail_due boolean NOT NULL DEFAULT false`,
    );
    await runner.query('CREATE INDEX member_event_mail_due ON member_event (member_id) WHERE is_mail_due');
    // The verification event of the Shared Signals Framework is an event too.
    await runner.query('ALTER TABLE member_event DROP CONSTRAINT member_event_type_check');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM member_event WHERE type NOT LIKE 'urn:sekisho:event:%'`);
    await runner.query(
      `ALTER TABLE member_event ADD CONSTRAINT member_event_type_check CHECK (type LIKE 'urn:sekisho:event:%')`,
    );
    await runner.query(
      `ALTER TABLE member_event DROP settled_at, DROP refused, DROP first_tried_at, DROP is_mail_due`,
    );
    await runner.query('DROP TABLE event_stream');
  }
}
