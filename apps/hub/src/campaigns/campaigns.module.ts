import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { CampaignFeed } from './campaign-feed.service.js';
import { CampaignsResolver } from './campaigns.resolver.js';
import { DomainProofService } from './domain-proof.service.js';
import { DnsTxtResolver, TxtResolver } from './txt-resolver.js';

@Module({
  imports: [MembersModule],
  exports: [TxtResolver],
  providers: [
    CampaignFeed,
    CampaignsResolver,
    DomainProofService,
    { provide: TxtResolver, useClass: DnsTxtResolver },
  ],
})
export class CampaignsModule {}
