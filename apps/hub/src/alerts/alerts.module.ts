import { Module } from '@nestjs/common';
import { AlertFeed } from './alert-feed.service.js';
import { AlertsResolver } from './alerts.resolver.js';

@Module({ providers: [AlertFeed, AlertsResolver] })
export class AlertsModule {}
