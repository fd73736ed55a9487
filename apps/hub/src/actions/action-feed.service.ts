import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ActionRepository } from '@sekisho/persistence';
import { EventEmitter, on } from 'node:events';
import type { Welcome } from '../access/request.js';
import { Platform } from '../platform/platform.js';
import { toActionModel, type ShownAction } from './actions.mapper.js';
import { ActionsService } from './actions.service.js';
import type { ActionModel } from './models/action.model.js';

/** Changed actions, read once for all subscribers, and only while there are any. */
@Injectable()
export class ActionFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly closing = new AbortController();
  private revision = 0;
  private unsubscribe: (() => void) | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly platform: Platform,
    private readonly actions: ActionRepository,
    private readonly service: ActionsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.revision = await this.actions.lastRevision();
    this.unsubscribe = this.platform.notifications.on('sekisho_actions', () => {
      this.working = this.working
        .then(() => this.follow())
        .catch((error: unknown) => {
          this.platform.logger.error({ err: error }, 'changed actions could not be read');
        });
    });
  }

  onApplicationShutdown(): void {
    this.unsubscribe?.();
    this.closing.abort();
  }

  /** Ends by itself at the first change for which `isWelcome` is false: a member can be suspended meanwhile. */
  async *subscribe(viewer: string | undefined, isWelcome: Welcome): AsyncIterableIterator<ActionModel> {
    try {
      for await (const [shown] of on(this.emitter, 'changed', { signal: this.closing.signal })) {
        if (!(await isWelcome())) return;
        yield toActionModel(shown as ShownAction, viewer, this.platform.config.privacyK);
      }
    } catch (error) {
      // The hub closes: the stream ends, it does not fail.
      if (!this.closing.signal.aborted) throw error;
    }
  }

  private async follow(): Promise<void> {
    if (this.emitter.listenerCount('changed') === 0) {
      this.revision = await this.actions.lastRevision();
      return;
    }
    for (;;) {
      const changed = await this.actions.changedSince(this.revision);
      const last = changed.at(-1);
      if (!last) return;
      this.revision = last.revision;
      for (const shown of await this.service.shown(changed)) this.emitter.emit('changed', shown);
    }
  }
}
