import { writeEventMail, type MailedEvent, type Mailer } from '@sekisho/mail';
import type { EventStreamRepository, MemberEvent } from '@sekisho/persistence';
import type { Logger } from '@sekisho/telemetry';
import { z } from 'zod';

interface Surroundings {
  readonly hubUrl: string;
  readonly logger: Logger;
  readonly now: () => Date;
}

const appealSchema = z.object({ appeal: z.uuid(), step: z.string(), due_at: z.number() });
const alertSchema = z.object({
  ...{ alert: z.string(), change: z.string(), category: z.string() },
  ...{ messages: z.number(), last_seen: z.number() },
});

/**
 * Sends abuse desks what has gathered for them, one mail each. A worker that dies between the mail and the record of it
 * sends the mail again, under the same Message-ID if nothing came in between: rather twice than never.
 */
export class EventMailService {
  constructor(
    private readonly streams: EventStreamRepository,
    private readonly mailer: Mailer,
    private readonly surroundings: Surroundings,
  ) {}

  async run(): Promise<void> {
    const { now } = this.surroundings;
    for (const memberId of await this.streams.mailDue(now())) await this.mail(memberId);
  }

  private async mail(memberId: string): Promise<void> {
    const { now, hubUrl, logger } = this.surroundings;
    const taken = await this.streams.takeMail(memberId, now());
    if (!taken || taken.events.length === 0) return;
    const { to, events } = taken;
    try {
      const raw = await writeEventMail(events.map(toMailed), {
        ...{ from: this.mailer.from, to: to.address, format: to.format, language: to.language },
        ...{ hubUrl, now: now() },
      });
      await this.mailer.send({ to: to.address, raw });
    } catch (error) {
      logger.error({ err: error, memberId }, 'a mail of events was not sent');
      await this.streams.mailFailed(memberId, now());
      return;
    }
    await this.streams.mailed(
      memberId,
      events.map(({ jti }) => jti),
    );
  }
}

function toMailed({ jti, type, subject, details }: MemberEvent): MailedEvent {
  const kind = type.slice(type.lastIndexOf(':') + 1);
  const told = kind === 'appeal' ? appealSchema.safeParse(details).data : undefined;
  const appeal = told && { id: told.appeal, step: told.step, dueSeconds: told.due_at };
  const parsed = kind === 'alert' && subject !== null ? alertSchema.safeParse(details).data : undefined;
  if (!parsed || subject === null) return { jti, kind, alert: undefined, appeal };
  const { alert: id, change, category, messages, last_seen: lastSeenSeconds } = parsed;
  const isOpen = change !== 'quiet' && change !== 'faded';
  return { jti, kind, appeal, alert: { id, subject, category, change, messages, lastSeenSeconds, isOpen } };
}
