import { Module } from '@nestjs/common';
import { LogModule } from '../log/log.module.js';
import { MembersModule } from '../members/members.module.js';
import { OprfModule } from '../oprf/oprf.module.js';
import { DiscoveryController } from './discovery.controller.js';

@Module({ imports: [LogModule, MembersModule, OprfModule], controllers: [DiscoveryController] })
export class DiscoveryModule {}
