import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { OprfModule } from '../oprf/oprf.module.js';
import { CasesResolver } from './cases.resolver.js';
import { RecordsResolver } from './records.resolver.js';
import { RecordsService } from './records.service.js';
import { SubscribersResolver } from './subscribers.resolver.js';
import { SubscribersService } from './subscribers.service.js';

@Module({
  imports: [MembersModule, OprfModule],
  providers: [SubscribersService, SubscribersResolver, RecordsService, RecordsResolver, CasesResolver],
})
export class SubscribersModule {}
