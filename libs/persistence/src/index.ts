export {
  CampaignRepository,
  type BounceFlood,
  type CampaignName,
  type CampaignPicture,
  type StoredCampaign,
} from './campaigns/campaign.repository.js';
export {
  ClusteringRepository,
  type BounceSighting,
  type CampaignReport,
  type CampaignSighting,
  type ClusteringStep,
  type StoredFingerprint,
} from './campaigns/clustering.repository.js';
export { CampaignPictures, type StoredHostPicture } from './campaigns/picture.repository.js';
export { openBackend, type Backend, type BackendOptions } from './backend.js';
export { migrateDatabase, openDatabase, type DatabaseOptions, type Sql } from './database.js';
export * from './embedded/index.js';
export { examineDatabase, type DatabaseExamination } from './examine-database.js';
export { appendToLog } from './log/append.js';
export { DecisionLog, logDecisions, type LoggedDecision, type DecisionToLog } from './log/decisions.js';
export { LogRepository, type PublishedCheckpoint } from './log/log.repository.js';
export { StatementRepository, type LoggedStatement } from './log/statement.repository.js';
export {
  DnsAccessRepository,
  type DnsQueryCount,
  type DnsQueryTotal,
} from './members/dns-access.repository.js';
export { MemberChangeRefused } from './members/errors.js';
export { MemberCostsRepository } from './members/member-costs.repository.js';
export type { MemberRole, MemberStatus } from './members/member.entity.js';
export {
  MemberRepository,
  type Member,
  type MemberKey,
  type NewMember,
  type PublicKey,
} from './members/member.repository.js';
export { openNotifications, type Channel, type Notifications } from './notifications.js';
export {
  openOperatorDatabase,
  type EnrolmentCode,
  type MemberSummary,
  type OperatorDatabase,
} from './operator-database.js';
export { dropExpiredPartitions, ensurePartitions, SIGHTING_RETENTION_MS } from './reports/partitions.js';
export {
  EnvelopeReplayed,
  ReportNotFound,
  ReportRepository,
  type JudgedEnvelope,
  type Receipt,
  type Refusal,
} from './reports/report.repository.js';
export {
  SentReportsRepository,
  type SentEnvelope,
  type SentReport,
} from './reports/sent-reports.repository.js';
export {
  ReputationRepository,
  type ListingFilter,
  type StoredReputation,
} from './reputations/reputation.repository.js';
export { examineReplica, type ReplicaExamination } from './replica/examine-replica.js';
export { Replica, REPLICA_LAG_AT_MOST_MS } from './replica/replica.js';
export {
  ModelRehearsals,
  type ModelRehearsal,
  type PublishedShadow,
} from './reputations/model-rehearsals.js';
export {
  joinedSet,
  NO_REPORTS,
  positionAfter,
  positionBefore,
  reportPages,
  type ReportPosition,
  type ReportSet,
} from './reputations/report-pages.js';
export { ShadowRepository, type OpenSample } from './reputations/shadow.repository.js';
export { reputationAsOf } from './reputations/past-reputation.js';
export { ScoringRepository, type Scored, type SubjectEvidence } from './reputations/scoring.repository.js';
export { readWarningLists } from './reputations/warning-lists.js';
export {
  TerminationRepository,
  type NewTermination,
  type StoredTermination,
} from './subscribers/termination.repository.js';
export { CaseRepository, type CaseMessage, type SubscriberCase } from './subscribers/case.repository.js';
export {
  CheckRepository,
  type CanaryAlarm,
  type Hit,
  type JudgedCheck,
} from './subscribers/check.repository.js';
export {
  RecordChangeRepository,
  type AppealRuling,
  type CorrectedTermination,
  type OwnTermination,
} from './subscribers/record-change.repository.js';
export {
  publish,
  ZoneRepository,
  type ListingActivity,
  type WantedEntry,
  type ZoneChanges,
  type ZoneEntryRow,
  type ZoneSource,
} from './zones/zone.repository.js';
export {
  MAX_WAITING_PER_REPORTER,
  SealedEvidenceRepository,
  type WaitingEvidence,
} from './evidence/sealed-evidence.repository.js';
export { dropExpiredRows } from './retention/expire.js';
export {
  type HeldAboutSubject,
  type LoggedRequest,
  type RequestGround,
  type RowCounts,
} from './retention/person-requests.js';
export { type HeldRows } from './retention/privacy-report.js';
export { RETENTION, type Retention, type RetentionClass } from './retention/retention.js';
export { StatisticsRepository, type FederationFigures } from './retention/statistics.repository.js';
export { HygieneRepository } from './hygiene/hygiene.repository.js';
export { NetworkRefused } from './networks/errors.js';
export {
  DeclaredRangeRepository,
  type DeclaredRange,
  type Port25,
} from './networks/declared-range.repository.js';
export {
  NetworkClaimRepository,
  type JudgeableClaim,
  type NetworkClaim,
} from './networks/network-claim.repository.js';
export { AlertRepository, AlertNotFound, type StoredAlert } from './alerts/alert.repository.js';
export {
  EventStreamRepository,
  type EventStream,
  type MailFormat,
  type MailLanguage,
  type MailPreference,
} from './events/event-stream.repository.js';
export {
  MemberEventRepository,
  tellMember,
  VERIFICATION_EVENT,
  type MemberEvent,
  type MemberEventType,
  type NewMemberEvent,
  type RefusedEvent,
} from './events/member-event.repository.js';
export type { AlertObservation } from './alerts/keep-alerts.js';
export {
  DecisionRepository,
  endDecision,
  setDecision,
  type DecisionSource,
  type DueDecision,
  type NewDecision,
  type StoredDecision,
} from './decisions/decision.repository.js';
export {
  type AppealLanguage,
  type AppealOutcome,
  type AppealState,
  type Confirmation,
  type StoredAppeal,
} from './appeals/appeal-row.js';
export { AppealRepository, type NewAppeal } from './appeals/appeal.repository.js';
export { APPEAL_TERMS } from './appeals/terms.js';
export { memberWeights, standingsAt, type MemberWeight } from './members/member-standings.js';
export { followTrustRule, MemberTrust, type TrustInForce } from './members/member-trust.js';
export { AppealDecisions, type AppealRuling as ListingAppealRuling } from './appeals/decide-appeal.js';
export { AppealEffectRepository, type PublishedCorrection } from './appeals/effect.repository.js';
export { AppealRefused } from './appeals/errors.js';
export { DecisionRefused } from './decisions/errors.js';
export {
  PersonActionRepository,
  type NewPersonAction,
  type PersonAction,
} from './people/action.repository.js';
export { PersonRepository, type Language, type NewPerson, type Person } from './people/person.repository.js';
export {
  SESSION_IDLE_MS,
  SESSION_LIFETIME_MS,
  SessionRepository,
  type PersonSession,
} from './people/session.repository.js';
export {
  InvitationRepository,
  type InvitationCode,
  type NewInvitation,
  type StoredInvitation,
} from './people/invitation.repository.js';
export { PersonChangeRefused } from './people/errors.js';
export { type OperatorPeople, type PersonSummary } from './people/operator-people.js';
export { PasskeyRepository, type StoredPasskey } from './people/passkey.repository.js';
export { ActionRepository, type Commander } from './actions/action.repository.js';
export type { StoredAction } from './actions/action-row.js';
export {
  ParticipationRepository,
  type ActionComment,
  type ActionDetails,
  type ActionStatement,
  type Participant,
  type RecordedTransition,
} from './actions/participation.repository.js';
export { CalibrationRepository, type Calibration } from './reports/calibration.repository.js';
export {
  ForecastRepository,
  type ModelQuality,
  type VersionMeasurement,
} from './reputations/forecast.repository.js';
export { StandingRepository, type StandingOfMember } from './actions/standing.repository.js';
