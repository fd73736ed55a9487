import { Module } from '@nestjs/common';
import { CostsModule } from '../costs/costs.module.js';
import { MembersModule } from '../members/members.module.js';
import { QualityModule } from '../quality/quality.module.js';
import { ListingActivityResolver } from './listing-activity.resolver.js';
import { ListingFeed } from './listing-feed.service.js';
import { Outlooks } from './outlook.service.js';
import { PastReputations } from './past-reputations.service.js';
import { ReputationsResolver } from './reputations.resolver.js';
import { StatisticsResolver } from './statistics.resolver.js';

@Module({
  imports: [MembersModule, QualityModule, CostsModule],
  providers: [
    ...[ListingActivityResolver, ListingFeed, Outlooks, PastReputations],
    ...[ReputationsResolver, StatisticsResolver],
  ],
})
export class ReputationsModule {}
