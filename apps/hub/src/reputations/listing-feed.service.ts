import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ReputationRepository, ZoneRepository } from '@sekisho/persistence';
import { readSubject } from '@sekisho/subject';
import { on, EventEmitter } from 'node:events';
import type { Welcome } from '../access/request.js';
import { Platform } from '../platform/platform.js';
import { OwnerView } from '../privacy/owner-view.service.js';
import type { ReputationModel } from './models/reputation.model.js';
import { toReputationModel } from './reputations.mapper.js';

/** The zones in which a listing shows; score holds everything and would say nothing of listings. */
const LISTING_ZONES = ['ip', 'domain', 'hash'] as const;

/** Turns changes of the zones into changed listings, once for all subscribers, and only while there are any. */
@Injectable()
export class ListingFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly closing = new AbortController();
  private serials = new Map<string, number>();
  private unsubscribe: (() => void) | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly platform: Platform,
    private readonly reputations: ReputationRepository,
    private readonly zones: ZoneRepository,
    private readonly owners: OwnerView,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.serials = await this.zones.serials();
    this.unsubscribe = this.platform.notifications.on('sekisho_zones', () => {
      this.working = this.working
        .then(() => this.follow())
        .catch((error: unknown) => {
          this.platform.logger.error({ err: error }, 'changed listings could not be read');
        });
    });
  }

  onApplicationShutdown(): void {
    this.unsubscribe?.();
    this.closing.abort();
  }

  /** Ends by itself at the first change for which `isWelcome` is false: a member can be suspended meanwhile. */
  async *subscribe(isWelcome: Welcome): AsyncIterableIterator<ReputationModel> {
    try {
      for await (const [model] of on(this.emitter, 'changed', { signal: this.closing.signal })) {
        if (!(await isWelcome())) return;
        yield model as ReputationModel;
      }
    } catch (error) {
      // The hub closes: the stream ends, it does not fail.
      if (!this.closing.signal.aborted) throw error;
    }
  }

  private async follow(): Promise<void> {
    const now = await this.zones.serials();
    for (const zone of LISTING_ZONES) {
      const since = this.serials.get(zone) ?? 0;
      const to = now.get(zone) ?? since;
      if (to === since) continue;
      this.serials.set(zone, to);
      if (this.emitter.listenerCount('changed') === 0) continue;
      const changes = await this.zones.changes(zone, since);
      if (!changes || changes === 'gone') continue;
      this.serials.set(zone, changes.to);
      const subjects = [...changes.announce.map(({ subject }) => subject), ...changes.withdraw].map(
        readSubject,
      );
      for (const stored of (await this.reputations.find(subjects)).values()) {
        this.emitter.emit('changed', toReputationModel(stored, this.owners.anyone));
      }
    }
  }
}
