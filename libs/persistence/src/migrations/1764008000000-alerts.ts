import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What owners are told of their networks, and what they answered. */
export class Alerts1764008000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE alert (
         id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
         owner text NOT NULL REFERENCES member ON DELETE CASCADE,
         subject text NOT NULL,
         category category NOT NULL,
         state text NOT NULL CHECK (state IN ('open', 'seen', 'found', 'observing', 'closed')),
         message_count bigint NOT NULL,
         last_seen timestamptz NOT NULL,
         opened_at timestamptz NOT NULL,
         told_at timestamptz NOT NULL,
         told_magnitude bigint NOT NULL,
         answered_at timestamptz,
         fixed_at timestamptz,
         quiet_at timestamptz,
         ends_early boolean NOT NULL,
         failed_fixes integer NOT NULL,
         last_failed_at timestamptz,
         closed_at timestamptz,
         outcome text CHECK (outcome IN ('fixed', 'faded')),
         remedied_until timestamptz)`,
    );
    // One episode at a time: scoring twice, or two workers, cannot open a second one.
    await runner.query('CREATE UNIQUE INDEX alert_open ON alert (owner, subject) WHERE closed_at IS NULL');
    await runner.query('CREATE INDEX alert_by_owner ON alert (owner, opened_at, id)');
    await runner.query('CREATE INDEX alert_by_subject ON alert (subject)');
    await runner.query('CREATE INDEX alert_observing ON alert (quiet_at) WHERE closed_at IS NULL');
    await runner.query(
      `CREATE TABLE alert_event (
         sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         jti uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
         alert_id uuid NOT NULL REFERENCES alert ON DELETE CASCADE,
         owner text NOT NULL REFERENCES member ON DELETE CASCADE,
         change text NOT NULL CHECK (change IN ('opened', 'grown', 'reappeared', 'quiet', 'faded')),
         message_count bigint NOT NULL,
         last_seen timestamptz NOT NULL,
         made_at timestamptz NOT NULL)`,
    );
    await runner.query('CREATE INDEX alert_event_by_owner ON alert_event (owner, sequence)');
    await runner.query('CREATE INDEX alert_event_by_alert ON alert_event (alert_id)');
    await runner.query('CREATE INDEX alert_event_made ON alert_event (made_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE alert_event');
    await runner.query('DROP TABLE alert');
  }
}
