import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One outbox for all that members are told. Expand only: `alert_event` stays, and what an older process writes there or
 * takes from it is followed, so that processes of both releases can run side by side. An older hub does not give what a
 * newer worker wrote; it waits for the newer hub. The release after the next can drop `alert_event`.
 */
export class MemberEvents1764050000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE member_event (
         sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         jti uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
         member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
         type text NOT NULL CHECK (type LIKE 'urn:sekisho:event:%'),
         subject text,
         details jsonb NOT NULL,
         made_at timestamptz NOT NULL)`,
    );
    await runner.query('CREATE INDEX member_event_by_member ON member_event (member_id, sequence)');
    await runner.query('CREATE INDEX member_event_by_subject ON member_event (subject)');
    await runner.query('CREATE INDEX member_event_made ON member_event (made_at)');
    await runner.query(`CREATE FUNCTION follow_alert_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          DELETE FROM member_event WHERE jti = OLD.jti;
          RETURN NULL;
        END IF;
        INSERT INTO member_event (jti, member_id, type, subject, details, made_at)
          SELECT NEW.jti, NEW.owner, 'urn:sekisho:event:alert', a.subject, jsonb_build_object(
              'alert', a.id, 'change', NEW.change, 'category', a.category,
              'messages', CASE WHEN NEW.message_count < 1 THEN 0
                ELSE rpad('1', length(NEW.message_count::text), '0')::bigint END,
              'last_seen', floor(extract(epoch FROM NEW.last_seen) / 600) * 600), NEW.made_at
          FROM alert a WHERE a.id = NEW.alert_id;
        PERFORM pg_notify('sekisho_events', NEW.owner);
        RETURN NULL;
      END $$`);
    await runner.query(
      `CREATE TRIGGER alert_event_followed AFTER INSERT OR DELETE ON alert_event
       FOR EACH ROW EXECUTE FUNCTION follow_alert_event()`,
    );
    await runner.query('CREATE TEMPORARY TABLE waiting ON COMMIT DROP AS SELECT * FROM alert_event');
    await runner.query('DELETE FROM alert_event');
    // Through the trigger, in their order and under their own jti.
    await runner.query(
      `INSERT INTO alert_event (jti, alert_id, owner, change, message_count, last_seen, made_at)
       SELECT jti, alert_id, owner, change, message_count, last_seen, made_at FROM waiting ORDER BY sequence`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER alert_event_followed ON alert_event');
    await runner.query('DROP FUNCTION follow_alert_event');
    await runner.query('DROP TABLE member_event');
  }
}
