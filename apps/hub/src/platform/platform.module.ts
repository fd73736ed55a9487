import { Module, type DynamicModule } from '@nestjs/common';
import {
  AppealDecisions,
  AppealEffectRepository,
  AppealRepository,
  EventStreamRepository,
  ForecastRepository,
  MemberEventRepository,
  ActionRepository,
  AlertRepository,
  CalibrationRepository,
  CaseRepository,
  CheckRepository,
  CampaignRepository,
  DecisionLog,
  DeclaredRangeRepository,
  DnsAccessRepository,
  HygieneRepository,
  LogRepository,
  MemberRepository,
  InvitationRepository,
  PasskeyRepository,
  NetworkClaimRepository,
  PersonActionRepository,
  PersonRepository,
  ParticipationRepository,
  ReportRepository,
  SentReportsRepository,
  ReputationRepository,
  SealedEvidenceRepository,
  StandingRepository,
  SessionRepository,
  StatementRepository,
  StatisticsRepository,
  RecordChangeRepository,
  TerminationRepository,
  ZoneRepository,
} from '@sekisho/persistence';
import { Platform } from './platform.js';
import { ReputationReads } from './reputation-reads.service.js';

const REPOSITORIES = [
  AppealDecisions,
  AppealEffectRepository,
  AppealRepository,
  EventStreamRepository,
  ForecastRepository,
  MemberEventRepository,
  ActionRepository,
  AlertRepository,
  CalibrationRepository,
  CaseRepository,
  CheckRepository,
  CampaignRepository,
  DecisionLog,
  DeclaredRangeRepository,
  DnsAccessRepository,
  HygieneRepository,
  LogRepository,
  MemberRepository,
  InvitationRepository,
  PasskeyRepository,
  NetworkClaimRepository,
  PersonActionRepository,
  PersonRepository,
  ParticipationRepository,
  ReportRepository,
  SentReportsRepository,
  ReputationRepository,
  SealedEvidenceRepository,
  StandingRepository,
  SessionRepository,
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
        ReputationReads,
        ...REPOSITORIES.map((Repository) => ({
          provide: Repository,
          useValue: new Repository(platform.dataSource),
        })),
      ],
      exports: [Platform, ReputationReads, ...REPOSITORIES],
    };
  }
}
