import { Injectable } from '@nestjs/common';
import { ReputationRepository, ZoneRepository } from '@sekisho/persistence';
import { readSubject } from '@sekisho/subject';
import type { Welcome } from '../access/request.js';
import { asTold, Feed } from '../graphql/feed.js';
import { Platform } from '../platform/platform.js';
import { OwnerView } from '../privacy/owner-view.service.js';
import type { ReputationModel } from './models/reputation.model.js';
import { toReputationModel } from './reputations.mapper.js';

/** The zones in which a listing shows; score holds everything and would say nothing of listings. */
export const LISTING_ZONES = ['ip', 'domain', 'hash'] as const;

/** Changed listings, made of what changed in the zones. */
@Injectable()
export class ListingFeed extends Feed<ReputationModel> {
  private serials = new Map<string, number>();

  constructor(
    platform: Platform,
    private readonly reputations: ReputationRepository,
    private readonly zones: ZoneRepository,
    private readonly owners: OwnerView,
  ) {
    super(platform, 'sekisho_zones');
  }

  subscribe(isWelcome: Welcome): AsyncIterableIterator<ReputationModel> {
    return this.listen(isWelcome, asTold);
  }

  protected override async begin(): Promise<void> {
    this.serials = await this.zones.serials();
  }

  protected async follow(): Promise<void> {
    const now = await this.zones.serials();
    for (const zone of LISTING_ZONES) {
      const since = this.serials.get(zone) ?? 0;
      const to = now.get(zone) ?? since;
      if (to === since) continue;
      this.serials.set(zone, to);
      if (!this.hasListeners()) continue;
      const changes = await this.zones.changes(zone, since);
      if (!changes || changes === 'gone') continue;
      this.serials.set(zone, changes.to);
      const subjects = [...changes.announce.map(({ subject }) => subject), ...changes.withdraw].map(
        readSubject,
      );
      for (const stored of (await this.reputations.find(subjects)).values()) {
        this.tell(toReputationModel(stored, this.owners.anyone));
      }
    }
  }
}
