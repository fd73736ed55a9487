import { Module } from '@nestjs/common';
import { AlertEventsController } from './alert-events.controller.js';
import { AlertEventsService } from './alert-events.service.js';
import { AlertsResolver } from './alerts.resolver.js';

@Module({ controllers: [AlertEventsController], providers: [AlertsResolver, AlertEventsService] })
export class AlertsModule {}
