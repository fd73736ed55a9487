import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventStreamRepository, MemberEventRepository, type MemberEvent } from '@sekisho/persistence';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { EventSigner } from './event-signer.service.js';

/** In one answer. */
export const MAX_EVENTS = 100;
/** Below the 30 s after which proxies commonly give up on a silent server. */
const LONG_POLL_MS = 20_000;

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

/** Gives members what they have not acknowledged, over and over until they do. */
@Injectable()
export class EventsService implements OnApplicationShutdown {
  /** One long poll for each member: a newer one ends the older, so that none pile up. */
  private readonly waiting = new Map<string, (isOver: boolean) => void>();
  private readonly stop: () => void;

  constructor(
    private readonly platform: Platform,
    private readonly repository: MemberEventRepository,
    private readonly streams: EventStreamRepository,
    private readonly signer: EventSigner,
  ) {
    this.stop = platform.notifications.on('sekisho_events', (memberId) => {
      for (const [waiting, end] of [...this.waiting])
        if (memberId === undefined || memberId === waiting) end(false);
    });
  }

  onApplicationShutdown(): void {
    this.stop();
    for (const end of [...this.waiting.values()]) end(true);
  }

  async poll(memberId: string, { maxEvents, returnImmediately, ack, setErrs }: Poll): Promise<Polled> {
    // Two deliverers of one stream would disagree about what has arrived.
    if ((await this.streams.find(memberId)).endpoint !== undefined) {
      throw new RequestRefused('delivered-by-push', 'your events are pushed; set no endpoint to poll them');
    }
    for (const [jti, { err }] of Object.entries(setErrs)) {
      this.platform.logger.warn({ memberId, jti, err }, 'a receiver refused an event');
    }
    // What a receiver cannot use would come again for ever; it can still ask for `alerts`.
    const settled = [...ack, ...Object.keys(setErrs)];
    if (settled.length > 0) await this.repository.acknowledge(memberId, settled, this.platform.now());
    if (maxEvents === 0) return { sets: {}, moreAvailable: false };
    const most = Math.min(maxEvents, MAX_EVENTS);
    const until = this.platform.now().getTime() + LONG_POLL_MS;
    for (;;) {
      // Before the look, or what is committed between look and wait would be noticed only at the end.
      const change = returnImmediately ? undefined : this.nextChange(memberId, until);
      const events = await this.repository.pending(memberId, most + 1);
      if (events.length > 0 || change === undefined) {
        change?.cancel();
        return this.answer(memberId, events, most);
      }
      const isOver = await change.over;
      if (isOver) return { sets: {}, moreAvailable: false };
    }
  }

  /** `over` is false when there may be something new, true when time is up or a newer poll has come. */
  private nextChange(memberId: string, until: number): { over: Promise<boolean>; cancel: () => void } {
    this.waiting.get(memberId)?.(true);
    const { promise: over, resolve } = Promise.withResolvers<boolean>();
    const end = (isOver: boolean) => {
      clearTimeout(timer);
      if (this.waiting.get(memberId) === end) this.waiting.delete(memberId);
      resolve(isOver);
    };
    const cancel = () => {
      end(true);
    };
    const timer = setTimeout(cancel, Math.max(0, until - this.platform.now().getTime()));
    this.waiting.set(memberId, end);
    return { over, cancel };
  }

  private async answer(memberId: string, events: readonly MemberEvent[], most: number): Promise<Polled> {
    const sets: Record<string, string> = {};
    for (const event of events.slice(0, most)) sets[event.jti] = await this.signer.sign(memberId, event);
    return { sets, moreAvailable: events.length > most };
  }
}
