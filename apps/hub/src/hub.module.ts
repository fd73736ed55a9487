import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ActionsModule } from './actions/actions.module.js';
import { AccessModule } from './access/access.module.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { AppealsModule } from './appeals/appeals.module.js';
import { CampaignsModule } from './campaigns/campaigns.module.js';
import { CostsModule } from './costs/costs.module.js';
import { DiscoveryModule } from './discovery/discovery.module.js';
import { EventsModule } from './events/events.module.js';
import { EvidenceModule } from './evidence/evidence.module.js';
import { GraphqlApiModule } from './graphql/graphql-api.module.js';
import { HealthController } from './health/health.controller.js';
import { HygieneResolver } from './hygiene/hygiene.resolver.js';
import { LogModule } from './log/log.module.js';
import { MembersModule } from './members/members.module.js';
import { NetworksModule } from './networks/networks.module.js';
import { ConsoleController } from './console/console.controller.js';
import { PeopleModule } from './people/people.module.js';
import { PlatformModule } from './platform/platform.module.js';
import type { Platform } from './platform/platform.js';
import { PrivacyModule } from './privacy/privacy.module.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { PublicController } from './public/public.controller.js';
import { QualityModule } from './quality/quality.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { ReputeController } from './repute/repute.controller.js';
import { ReputationsModule } from './reputations/reputations.module.js';
import { SubscribersModule } from './subscribers/subscribers.module.js';
import { ZonesModule } from './zones/zones.module.js';

@Module({})
export class HubModule {
  static on(platform: Platform): DynamicModule {
    return {
      module: HubModule,
      imports: [
        PlatformModule.on(platform),
        ...[AccessModule, MembersModule, ReportsModule, ReputationsModule],
        ...[SubscribersModule, ZonesModule, LogModule, DiscoveryModule, GraphqlApiModule],
        ...[PrivacyModule, EvidenceModule, CampaignsModule, AlertsModule, EventsModule, PeopleModule],
        ...[ActionsModule, NetworksModule, AppealsModule, QualityModule, CostsModule],
      ],
      controllers: [HealthController, PublicController, ConsoleController, ReputeController],
      providers: [HygieneResolver, { provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
