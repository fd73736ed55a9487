import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CampaignRepository } from '@sekisho/persistence';
import { EventEmitter, on } from 'node:events';
import type { Welcome } from '../access/request.js';
import { Platform } from '../platform/platform.js';
import type { CampaignModel } from './campaign.model.js';
import { toCampaignModel } from './campaigns.mapper.js';

/** Changed campaigns, read once for all subscribers, and only while there are any. */
@Injectable()
export class CampaignFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly closing = new AbortController();
  private revision = 0;
  private unsubscribe: (() => void) | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly platform: Platform,
    private readonly campaigns: CampaignRepository,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.revision = await this.campaigns.lastRevision();
    this.unsubscribe = this.platform.notifications.on('sekisho_campaigns', () => {
      this.working = this.working
        .then(() => this.follow())
        .catch((error: unknown) => {
          this.platform.logger.error({ err: error }, 'changed campaigns could not be read');
        });
    });
  }

  onApplicationShutdown(): void {
    this.unsubscribe?.();
    this.closing.abort();
  }

  /** Ends by itself at the first change for which `isWelcome` is false: a member can be suspended meanwhile. */
  async *subscribe(isWelcome: Welcome): AsyncIterableIterator<CampaignModel> {
    try {
      for await (const [model] of on(this.emitter, 'changed', { signal: this.closing.signal })) {
        if (!(await isWelcome())) return;
        yield model as CampaignModel;
      }
    } catch (error) {
      // The hub closes: the stream ends, it does not fail.
      if (!this.closing.signal.aborted) throw error;
    }
  }

  private async follow(): Promise<void> {
    if (this.emitter.listenerCount('changed') === 0) {
      this.revision = await this.campaigns.lastRevision();
      return;
    }
    for (;;) {
      const { campaigns, revision } = await this.campaigns.changedSince(this.revision);
      if (revision === this.revision) return;
      this.revision = revision;
      for (const campaign of campaigns) {
        this.emitter.emit('changed', toCampaignModel(campaign, this.platform.config.privacyK));
      }
    }
  }
}
