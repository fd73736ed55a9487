import { Module } from '@nestjs/common';
import { AlertsResolver } from './alerts.resolver.js';

@Module({ providers: [AlertsResolver] })
export class AlertsModule {}
