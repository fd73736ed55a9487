import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Channel } from '@sekisho/persistence';
import { EventEmitter, on } from 'node:events';
import type { Welcome } from '../access/request.js';
import type { Platform } from '../platform/platform.js';

/** The topic of what everybody hears. */
const EVERYBODY = '';

/** What subscriptions tell: what the database announces, read once for all who listen, one announcement after the other. */
export abstract class Feed<Item> implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private closing = new AbortController();
  private unsubscribe: (() => void) | undefined;
  private working: Promise<void> = Promise.resolve();

  protected constructor(
    protected readonly platform: Platform,
    private readonly channel: Channel,
  ) {}

  /** Before the first announcement. */
  protected begin(): Promise<void> {
    return Promise.resolve();
  }

  /** Reads what changed and tells it. @param payload undefined: announcements were lost, anything may have changed */
  protected abstract follow(payload: string | undefined): Promise<void>;

  async onApplicationBootstrap(): Promise<void> {
    await this.begin();
    const { notifications, logger } = this.platform;
    this.unsubscribe = notifications.on(this.channel, (payload) => {
      this.working = this.working
        .then(() => this.follow(payload))
        .catch((error: unknown) => {
          logger.error({ err: error, channel: this.channel }, 'what changed could not be read');
        });
    });
  }

  onApplicationShutdown(): void {
    this.unsubscribe?.();
    this.closing.abort();
  }

  protected hasListeners(topic = EVERYBODY): boolean {
    return this.emitter.listenerCount(`on ${topic}`) > 0;
  }

  protected tell(item: Item, topic = EVERYBODY): void {
    this.emitter.emit(`on ${topic}`, item);
  }

  /** Ends all streams, because something may have been missed: who listens subscribes again, then asks for the whole. */
  protected endAll(): void {
    this.closing.abort();
    this.closing = new AbortController();
  }

  /**
   * Each item as `show` shows it. Ends by itself before the first item for which `isWelcome` is false: a session ends, a member is
   * suspended meanwhile.
   */
  protected listen<Shown>(
    isWelcome: Welcome,
    show: (item: Item) => Shown | Promise<Shown>,
    topic = EVERYBODY,
  ): AsyncIterableIterator<Shown> {
    const { signal } = this.closing;
    const items = on(this.emitter, `on ${topic}`, { signal });
    const end = async (): Promise<IteratorReturnResult<undefined>> => {
      await items.return?.();
      return { done: true, value: undefined };
    };
    // No generator: one that waits for an item ends only when it comes, and until then whoever is gone is still listened for.
    return {
      next: async () => {
        try {
          const { done, value } = (await items.next()) as IteratorResult<[Item]>;
          if (done || !(await isWelcome())) return await end();
          return { done: false, value: await show(value[0]) };
        } catch (error) {
          const ended = await end();
          if (!signal.aborted) throw error;
          // What may have missed something ends, and does not fail.
          return ended;
        }
      },
      return: end,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}

/** Shown as it is told. */
export const asTold = <Item>(item: Item): Item => item;
