import { Module } from '@nestjs/common';
import { DecisionsResolver } from './decisions.resolver.js';
import { LogController } from './log.controller.js';
import { LogService } from './log.service.js';

@Module({ controllers: [LogController], providers: [LogService, DecisionsResolver], exports: [LogService] })
export class LogModule {}
