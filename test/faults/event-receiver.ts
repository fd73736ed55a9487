// A member's receiver of events, as RFC 8936 has it: what it was given it acknowledges with the next question.
import { HubSession } from '@sekisho/client';
import type { FederationMember } from '@sekisho/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

interface Polled {
  readonly sets: Readonly<Record<string, string>>;
}

export class EventReceiver {
  readonly violations: string[] = [];
  readonly received = new Set<string>();
  /** What the hub has heard that we have. Sent again, it would be told twice. */
  private readonly settled = new Set<string>();
  private session: HubSession | undefined;

  private readonly hubUrl: string;
  private readonly member: FederationMember;

  constructor(hubUrl: string, member: FederationMember) {
    this.hubUrl = hubUrl;
    this.member = member;
  }

  async follow(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        await this.takeSome(stop);
      } catch {
        // The hub is away, which is part of the test.
      }
      await sleep(200);
    }
  }

  /** @returns how many came that are not yet acknowledged */
  async takeSome(stop?: AbortSignal): Promise<number> {
    this.session ??= await HubSession.open(this.member.enrolled);
    const ack = [...this.received].filter((jti) => !this.settled.has(jti)).slice(0, 100);
    const answer = await fetch(`${this.hubUrl}/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await this.session.accessToken()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ack, returnImmediately: true }),
      signal: AbortSignal.any([AbortSignal.timeout(10_000), ...(stop ? [stop] : [])]),
    });
    if (!answer.ok) throw new Error(`/events answered ${String(answer.status)}`);
    this.take(ack, (await answer.json()) as Polled);
    return this.received.size - this.settled.size;
  }

  /** Before the answer to an acknowledgement an event may come again; after it, never. */
  take(acknowledged: readonly string[], { sets }: Polled): void {
    for (const jti of acknowledged) this.settled.add(jti);
    for (const jti of Object.keys(sets)) {
      if (this.settled.has(jti)) this.violations.push(`event ${jti} came again after it was acknowledged`);
      this.received.add(jti);
    }
  }
}

/** Keeps the name of every event that is ever written: the outbox itself forgets what was acknowledged. */
export async function recordEvents(sql: pg.Client): Promise<void> {
  const { rows } = await sql.query<{ table: string }>(
    `SELECT CASE WHEN to_regclass('member_event') IS NULL THEN 'alert_event' ELSE 'member_event' END AS table`,
  );
  await sql.query('CREATE TABLE told_event (jti text PRIMARY KEY)');
  await sql.query(
    `CREATE FUNCTION record_event() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN INSERT INTO told_event VALUES (NEW.jti); RETURN NULL; END $$`,
  );
  await sql.query(
    `CREATE TRIGGER event_recorded AFTER INSERT ON ${rows[0]?.table ?? ''}
       FOR EACH ROW EXECUTE FUNCTION record_event()`,
  );
}

/** Every event that was written came, and none came after it was acknowledged. */
export async function checkEvents(sql: pg.Client, receiver: EventReceiver): Promise<string> {
  if (receiver.violations.length > 0) throw new Error(receiver.violations.slice(0, 5).join('; '));
  const { rows } = await sql.query<{ jti: string }>('SELECT jti FROM told_event');
  const lost = rows.filter(({ jti }) => !receiver.received.has(jti));
  if (lost.length > 0) throw new Error(`${String(lost.length)} of ${String(rows.length)} events never came`);
  if (receiver.received.size > rows.length) throw new Error('an event came that was never written');
  if (rows.length === 0) throw new Error('nothing was told, so nothing was tested');
  return `${String(rows.length)} events`;
}
