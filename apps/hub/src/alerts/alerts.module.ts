import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { AlertFeed } from './alert-feed.service.js';
import { AlertsResolver } from './alerts.resolver.js';

@Module({ imports: [MembersModule], providers: [AlertFeed, AlertsResolver] })
export class AlertsModule {}
