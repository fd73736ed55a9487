import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { signSecurityEvent } from '@sekisho/auth';
import { bucketOf, magnitudeOf } from '@sekisho/feedback';
import { AlertEventRepository, type AlertEvent } from '@sekisho/persistence';
import { readSubject } from '@sekisho/subject';
import { Platform } from '../platform/platform.js';

/** In one answer. */
export const MAX_EVENTS = 100;
/** Below the 30 s after which proxies commonly give up on a silent server. */
const LONG_POLL_MS = 20_000;
/** None of the registered event types is about reputation: this is our own. */
const EVENT_TYPE = 'urn:sekisho:event:alert';

export interface Poll {
  readonly maxEvents: number;
  readonly returnImmediately: boolean;
  readonly ack: readonly string[];
  /** Events that the receiver cannot use. */
  readonly setErrs: Readonly<Record<string, { readonly err: string }>>;
}

export interface Polled {
  /** `jti` → token, oldest first. */
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable: boolean;
}

/** Gives owners what they have not acknowledged, over and over until they do. */
@Injectable()
export class AlertEventsService implements BeforeApplicationShutdown {
  /** One long poll for each member: a newer one ends the older, so that none pile up. */
  private readonly waiting = new Map<string, (isOver: boolean) => void>();
  private readonly stop: () => void;

  constructor(
    private readonly platform: Platform,
    private readonly repository: AlertEventRepository,
  ) {
    this.stop = platform.notifications.on('sekisho_alerts', () => {
      for (const end of [...this.waiting.values()]) end(false);
    });
  }

  /** Before the listening ends, which waits for whoever still waits here. */
  beforeApplicationShutdown(): void {
    this.stop();
    for (const end of [...this.waiting.values()]) end(true);
  }

  async poll(owner: string, { maxEvents, returnImmediately, ack, setErrs }: Poll): Promise<Polled> {
    for (const [jti, { err }] of Object.entries(setErrs)) {
      this.platform.logger.warn({ memberId: owner, jti, err }, 'a receiver refused an alert');
    }
    // What a receiver cannot use would come again for ever; it can still ask for `alerts`.
    const settled = [...ack, ...Object.keys(setErrs)];
    if (settled.length > 0) await this.repository.acknowledge(owner, settled);
    if (maxEvents === 0) return { sets: {}, moreAvailable: false };
    const most = Math.min(maxEvents, MAX_EVENTS);
    const until = this.platform.now().getTime() + LONG_POLL_MS;
    for (;;) {
      // Before the look, or what is committed between look and wait would be noticed only at the end.
      const change = returnImmediately ? undefined : this.nextChange(owner, until);
      const events = await this.repository.pending(owner, most + 1);
      if (events.length > 0 || change === undefined) {
        change?.cancel();
        return this.answer(owner, events, most);
      }
      const isOver = await change.over;
      if (isOver) return { sets: {}, moreAvailable: false };
    }
  }

  /** `over` is false when something changed for anybody, true when time is up or a newer poll has come. */
  private nextChange(owner: string, until: number): { over: Promise<boolean>; cancel: () => void } {
    this.waiting.get(owner)?.(true);
    const { promise: over, resolve } = Promise.withResolvers<boolean>();
    const end = (isOver: boolean) => {
      clearTimeout(timer);
      if (this.waiting.get(owner) === end) this.waiting.delete(owner);
      resolve(isOver);
    };
    const cancel = () => {
      end(true);
    };
    const timer = setTimeout(cancel, Math.max(0, until - this.platform.now().getTime()));
    this.waiting.set(owner, end);
    return { over, cancel };
  }

  private async answer(owner: string, events: readonly AlertEvent[], most: number): Promise<Polled> {
    const sets: Record<string, string> = {};
    for (const event of events.slice(0, most)) sets[event.jti] = await this.sign(owner, event);
    return { sets, moreAvailable: events.length > most };
  }

  private sign(owner: string, event: AlertEvent): Promise<string> {
    const { hubKey: key, hubId: id } = this.platform;
    return signSecurityEvent(
      {
        ...{ jti: event.jti, audience: owner, issuedAt: event.madeAt, type: EVENT_TYPE },
        subject: identify(event.subject),
        details: {
          ...{ alert: event.alertId, change: event.change, category: event.category },
          messages: magnitudeOf(event.count),
          last_seen: bucketOf(event.lastSeen) / 1_000,
        },
      },
      { key, id },
    );
  }
}

/** As RFC 9493 wants it: addresses by the format of the Shared Signals Framework, what has none there as we write it. */
function identify(text: string): Readonly<Record<string, unknown>> {
  return readSubject(text).type === 'ip'
    ? { format: 'ip-addresses', 'ip-addresses': [text] }
    : { format: 'opaque', id: text };
}
