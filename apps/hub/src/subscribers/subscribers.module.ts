import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { OprfModule } from '../oprf/oprf.module.js';
import { SubscribersResolver } from './subscribers.resolver.js';
import { SubscribersService } from './subscribers.service.js';

@Module({ imports: [MembersModule, OprfModule], providers: [SubscribersService, SubscribersResolver] })
export class SubscribersModule {}
