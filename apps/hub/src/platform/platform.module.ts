import { Module, type DynamicModule } from '@nestjs/common';
import {
  AppealDecisions,
  AppealEffectRepository,
  AppealRepository,
  MemberEventRepository,
  AlertRepository,
  CaseRepository,
  CheckRepository,
  CampaignRepository,
  DnsAccessRepository,
  LogRepository,
  MemberRepository,
  ReportRepository,
  ReputationRepository,
  SealedEvidenceRepository,
  StatementRepository,
  StatisticsRepository,
  RecordChangeRepository,
  TerminationRepository,
  ZoneRepository,
} from '@sekisho/persistence';
import { Platform } from './platform.js';

const REPOSITORIES = [
  AppealDecisions,
  AppealEffectRepository,
  AppealRepository,
  MemberEventRepository,
  AlertRepository,
  CaseRepository,
  CheckRepository,
  CampaignRepository,
  DnsAccessRepository,
  LogRepository,
  MemberRepository,
  ReportRepository,
  ReputationRepository,
  SealedEvidenceRepository,
  StatementRepository,
  StatisticsRepository,
  RecordChangeRepository,
  TerminationRepository,
  ZoneRepository,
];

/** Makes the platform and the repositories over its database injectable everywhere. */
@Module({})
export class PlatformModule {
  static on(platform: Platform): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      providers: [
        { provide: Platform, useValue: platform },
        ...REPOSITORIES.map((Repository) => ({
          provide: Repository,
          useValue: new Repository(platform.dataSource),
        })),
      ],
      exports: [Platform, ...REPOSITORIES],
    };
  }
}
