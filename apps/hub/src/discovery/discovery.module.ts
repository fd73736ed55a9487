import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { DiscoveryController } from './discovery.controller.js';

@Module({ imports: [MembersModule], controllers: [DiscoveryController] })
export class DiscoveryModule {}
