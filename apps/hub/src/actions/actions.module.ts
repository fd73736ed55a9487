import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { ActionFeed } from './action-feed.service.js';
import { ActionsResolver } from './actions.resolver.js';
import { ActionsService } from './actions.service.js';
import { ParticipationResolver } from './participation.resolver.js';

@Module({
  imports: [MembersModule],
  providers: [ActionFeed, ActionsResolver, ActionsService, ParticipationResolver],
})
export class ActionsModule {}
