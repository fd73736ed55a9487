import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { EventStreamRepository, MemberEventRepository } from '@sekisho/persistence';
import { Platform } from '../../platform/platform.js';
import { EventSigner } from '../event-signer.service.js';
import { pushBy } from './push-client.js';
import { PushDelivery } from './push-delivery.js';

/** Announcements start a delivery at once; this is for pauses that ended and for hubs that died. */
const LOOK_EVERY_MS = 1_000;

/**
 * Pushes events to members' receivers. It runs in the hub because the hub signs: its key stays where it is. Any number of
 * hubs share the work, a member's stream is leased to one of them.
 */
@Injectable()
export class PushService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly delivery: PushDelivery;
  private readonly running = new Map<string, Promise<void>>();
  private readonly again = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private stop: (() => void) | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly streams: EventStreamRepository,
    events: MemberEventRepository,
    signer: EventSigner,
  ) {
    this.delivery = new PushDelivery({
      ...{ events, streams, push: pushBy({ isLoopbackAllowed: platform.config.isDemo }) },
      sign: (memberId, event) => signer.sign(memberId, event),
      now: () => platform.now(),
      onRefused: (memberId, jti, reason) => {
        platform.logger.warn({ memberId, jti, reason }, 'a receiver refused an event');
      },
    });
  }

  onApplicationBootstrap(): void {
    this.stop = this.platform.notifications.on('sekisho_events', (memberId) => {
      if (memberId === undefined) void this.look();
      else this.start(memberId);
    });
    const again = async () => {
      await this.look();
      if (this.stop) this.timer = setTimeout(() => void again(), LOOK_EVERY_MS);
    };
    void again();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stop?.();
    this.stop = undefined;
    clearTimeout(this.timer);
    await Promise.all(this.running.values());
  }

  private async look(): Promise<void> {
    try {
      for (const memberId of await this.streams.due(this.platform.now())) this.start(memberId);
    } catch (error) {
      this.platform.logger.error({ err: error }, 'events to push could not be read');
    }
  }

  /** One delivery of a member at a time; what is announced as it ends is looked for once more. */
  private start(memberId: string): void {
    if (!this.stop) return;
    if (this.running.has(memberId)) {
      this.again.add(memberId);
      return;
    }
    const done = this.delivery
      .deliver(memberId)
      .catch((error: unknown) => {
        this.platform.logger.error({ err: error, memberId }, 'events could not be pushed');
      })
      .finally(() => {
        this.running.delete(memberId);
        if (this.again.delete(memberId)) this.start(memberId);
      });
    this.running.set(memberId, done);
  }
}
