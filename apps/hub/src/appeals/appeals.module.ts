import { Module } from '@nestjs/common';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { AppealFeed } from './appeal-feed.service.js';
import { AppealKeys } from './appeal-keys.js';
import { AppealMail } from './appeal-mail.js';
import { AppealPagesController } from './appeal-pages.controller.js';
import { AppealView } from './appeal-view.service.js';
import { AppealsResolver } from './appeals.resolver.js';
import { AppealsService } from './appeals.service.js';
import { ProofOfWork } from './proof-of-work.js';

@Module({
  imports: [CampaignsModule],
  controllers: [AppealPagesController],
  providers: [
    ...[AppealFeed, AppealKeys, AppealMail, AppealView],
    ...[AppealsResolver, AppealsService, ProofOfWork],
  ],
})
export class AppealsModule {}
