import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { LogModule } from '../log/log.module.js';
import { MembersModule } from '../members/members.module.js';
import { ReportsController } from './reports.controller.js';
import { ReportsResolver } from './reports.resolver.js';
import { ReportsService } from './reports.service.js';
import { SentReportsResolver } from './sent-reports.resolver.js';

@Module({
  imports: [EvidenceModule, LogModule, MembersModule],
  controllers: [ReportsController],
  providers: [ReportsService, ReportsResolver, SentReportsResolver],
})
export class ReportsModule {}
