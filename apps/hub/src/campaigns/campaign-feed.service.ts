import { Injectable } from '@nestjs/common';
import { CampaignRepository } from '@sekisho/persistence';
import type { Welcome } from '../access/request.js';
import { asTold, Feed } from '../graphql/feed.js';
import { Platform } from '../platform/platform.js';
import type { CampaignModel } from './campaign.model.js';
import { toCampaignModel } from './campaigns.mapper.js';

/** Changed campaigns. */
@Injectable()
export class CampaignFeed extends Feed<CampaignModel> {
  private revision = 0;

  constructor(
    platform: Platform,
    private readonly campaigns: CampaignRepository,
  ) {
    super(platform, 'sekisho_campaigns');
  }

  subscribe(isWelcome: Welcome): AsyncIterableIterator<CampaignModel> {
    return this.listen(isWelcome, asTold);
  }

  protected override async begin(): Promise<void> {
    this.revision = await this.campaigns.lastRevision();
  }

  protected async follow(): Promise<void> {
    if (!this.hasListeners()) return this.begin();
    for (;;) {
      const { campaigns, revision } = await this.campaigns.changedSince(this.revision);
      if (revision === this.revision) return;
      this.revision = revision;
      for (const one of campaigns) this.tell(toCampaignModel(one, this.platform.config.privacyK));
    }
  }
}
