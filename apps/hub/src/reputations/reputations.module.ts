import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { ListingActivityResolver } from './listing-activity.resolver.js';
import { ListingFeed } from './listing-feed.service.js';
import { PastReputations } from './past-reputations.service.js';
import { ReputationsResolver } from './reputations.resolver.js';
import { StatisticsResolver } from './statistics.resolver.js';

@Module({
  imports: [MembersModule],
  providers: [ListingActivityResolver, ListingFeed, PastReputations, ReputationsResolver, StatisticsResolver],
})
export class ReputationsModule {}
