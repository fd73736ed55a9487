import 'reflect-metadata';
import { DataSource, MigrationExecutor, type EntityManager } from 'typeorm';
import { EnrolmentEntity } from './members/enrolment.entity.js';
import { MemberKeyEntity } from './members/member-key.entity.js';
import { MemberEntity } from './members/member.entity.js';
import { Foundation1763942400000 } from './migrations/1763942400000-foundation.js';
import { DnsAccess1763985600000 } from './migrations/1763985600000-dns-access.js';
import { Privacy1764003000000 } from './migrations/1764003000000-privacy.js';
import { Campaigns1764004000000 } from './migrations/1764004000000-campaigns.js';
import { Log1764005000000 } from './migrations/1764005000000-log.js';
import { SubscriberCases1764006000000 } from './migrations/1764006000000-subscriber-cases.js';
import { Alerts1764008000000 } from './migrations/1764008000000-alerts.js';
import { LogDecisions1764012000000 } from './migrations/1764012000000-log-decisions.js';
import { Forecasts1764060000000 } from './migrations/1764060000000-forecasts.js';
import { ReportChecks1764061000000 } from './migrations/1764061000000-report-checks.js';
import { StatementSalts1764062000000 } from './migrations/1764062000000-statement-salts.js';
import { OperatorTrust1764063000000 } from './migrations/1764063000000-operator-trust.js';
import { MemberCosts1764071000000 } from './migrations/1764071000000-member-costs.js';
import { Hygiene1764053000000 } from './migrations/1764053000000-hygiene.js';
import { MemberVoices1764081000000 } from './migrations/1764081000000-member-voices.js';
import { ShadowForecasts1764082000000 } from './migrations/1764082000000-shadow-forecasts.js';
import { ListedUntil1764083000000 } from './migrations/1764083000000-listed-until.js';
import { Networks1764052000000 } from './migrations/1764052000000-networks.js';
import { EventStreams1764051000000 } from './migrations/1764051000000-event-streams.js';
import { MemberEvents1764050000000 } from './migrations/1764050000000-member-events.js';
import { Actions1764030000000 } from './migrations/1764030000000-actions.js';
import { LogStatements1764006500000 } from './migrations/1764006500000-log-statements.js';
import { ModelRehearsals1764007000000 } from './migrations/1764007000000-model-rehearsals.js';
import { AppealReminders1764055000000 } from './migrations/1764055000000-appeal-reminders.js';
import { Appeals1764041000000 } from './migrations/1764041000000-appeals.js';
import { Decisions1764040000000 } from './migrations/1764040000000-decisions.js';
import { People1764020000000 } from './migrations/1764020000000-people.js';
import { Subscribers1764002000000 } from './migrations/1764002000000-subscribers.js';

export interface DatabaseOptions {
  readonly poolSize: number;
  readonly onError?: (error: Error) => void;
}

/** Opens the pool; nothing is migrated. The oldest PostgreSQL supported is 14. */
export async function openDatabase(url: string, options: DatabaseOptions): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    poolSize: options.poolSize,
    entities: [MemberEntity, MemberKeyEntity, EnrolmentEntity],
    migrations: [
      ...[Foundation1763942400000, DnsAccess1763985600000, Subscribers1764002000000, Privacy1764003000000],
      ...[Campaigns1764004000000, Log1764005000000, SubscriberCases1764006000000],
      ...[LogStatements1764006500000, ModelRehearsals1764007000000, Alerts1764008000000],
      ...[LogDecisions1764012000000],
      ...[People1764020000000, Actions1764030000000, Decisions1764040000000, MemberEvents1764050000000],
      Appeals1764041000000,
      ...[EventStreams1764051000000, Networks1764052000000, Hygiene1764053000000],
      ...[AppealReminders1764055000000, Forecasts1764060000000, ReportChecks1764061000000],
      ...[StatementSalts1764062000000, OperatorTrust1764063000000, MemberCosts1764071000000],
      ...[MemberVoices1764081000000, ShadowForecasts1764082000000, ListedUntil1764083000000],
    ],
    migrationsTableName: 'migration',
    synchronize: false,
    installExtensions: false,
    applicationName: 'sekisho',
    ...(options.onError && { poolErrorHandler: options.onError }),
  });
  return dataSource.initialize();
}

/** Any number that only migrations lock. */
const MIGRATION_LOCK = 7_355_608;

/** Brings the schema up to date. Processes that start at once wait for one another. */
export async function migrateDatabase(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    await executor.executePendingMigrations();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}

/** What runs one SQL statement: the pool, or one transaction. */
export type Sql = Pick<EntityManager, 'query'>;
