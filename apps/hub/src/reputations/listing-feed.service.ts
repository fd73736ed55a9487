import { Injectable } from '@nestjs/common';
import { ReputationRepository, ZoneRepository, type StoredReputation } from '@sekisho/persistence';
import { readSubject } from '@sekisho/subject';
import type { Welcome } from '../access/request.js';
import { Feed } from '../graphql/feed.js';
import { Platform } from '../platform/platform.js';
import { OwnerView } from '../privacy/owner-view.service.js';
import type { ReputationModel } from './models/reputation.model.js';
import { Outlooks } from './outlook.service.js';
import { toReputationModel } from './reputations.mapper.js';

/** The zones in which a listing shows; score holds everything and would say nothing of listings. */
export const LISTING_ZONES = ['ip', 'domain', 'hash'] as const;

interface ChangedListing {
  readonly stored: StoredReputation;
  /** As members without costs of their own are shown it. */
  readonly model: ReputationModel;
}

/** Changed listings, made of what changed in the zones. */
@Injectable()
export class ListingFeed extends Feed<ChangedListing> {
  private serials = new Map<string, number>();

  constructor(
    platform: Platform,
    private readonly reputations: ReputationRepository,
    private readonly zones: ZoneRepository,
    private readonly owners: OwnerView,
    private readonly outlooks: Outlooks,
  ) {
    super(platform, 'sekisho_zones');
  }

  subscribe(isWelcome: Welcome, memberId: string | undefined): AsyncIterableIterator<ReputationModel> {
    return this.listen(isWelcome, async ({ stored, model }) => {
      const outlook = await this.outlooks.of(memberId);
      return outlook.costs ? toReputationModel(stored, this.owners.anyone, outlook) : model;
    });
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
      const outlook = await this.outlooks.of(undefined);
      for (const stored of (await this.reputations.find(subjects)).values()) {
        this.tell({ stored, model: toReputationModel(stored, this.owners.anyone, outlook) });
      }
    }
  }
}
