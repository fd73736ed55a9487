import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AlertRepository } from '@sekisho/persistence';
import { EventEmitter, on } from 'node:events';
import type { Welcome } from '../access/request.js';
import { Platform } from '../platform/platform.js';
import type { AlertModel } from './alert.model.js';
import { toAlertModel } from './alerts.mapper.js';

export interface RaisedAlert {
  readonly change: string;
  readonly alert: AlertModel;
}

/** Turns announced changes of alerts into what their owners subscribed to. */
@Injectable()
export class AlertFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  /** One event name for each owner. */
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private closing = new AbortController();
  private stop: (() => void) | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly platform: Platform,
    private readonly repository: AlertRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.stop = this.platform.notifications.on('sekisho_alerts', (payload) => {
      if (payload === undefined) {
        // Announcements were lost. Subscriptions end, and who subscribes again asks for `alerts` again.
        this.closing.abort();
        this.closing = new AbortController();
        return;
      }
      this.working = this.working
        .then(() => this.raise(payload))
        .catch((error: unknown) => {
          this.platform.logger.error({ err: error }, 'a changed alert could not be read');
        });
    });
  }

  onApplicationShutdown(): void {
    this.stop?.();
    this.closing.abort();
  }

  /** Ends by itself when announcements were lost, and at the first change for which `isWelcome` is false. */
  async *subscribe(owner: string, isWelcome: Welcome): AsyncIterableIterator<RaisedAlert> {
    const { signal } = this.closing;
    try {
      for await (const [raised] of on(this.emitter, owner, { signal })) {
        if (!(await isWelcome())) return;
        yield raised as RaisedAlert;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** @param payload id of the alert, what changed, its owner */
  private async raise(payload: string): Promise<void> {
    const [id = '', change = '', owner = ''] = payload.split(' ');
    if (this.emitter.listenerCount(owner) === 0) return;
    const stored = await this.repository.find(owner, id);
    if (stored) this.emitter.emit(owner, { change, alert: toAlertModel(stored) });
  }
}
