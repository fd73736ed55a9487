export {
  appealQuery,
  appealsQuery,
  decideAppealMutation,
  fileAppeal,
  solvePuzzle,
  type Appeal,
} from './appeals.js';
export { followAlerts, type FollowedAlert } from './alert-following.js';
export type { OwnAlert } from './alert-query.js';
export type { EventMail, OwnEventStream, RefusedEvent } from './event-stream-query.js';
export type { BounceFlood, Campaign, DomainProof } from './campaign-query.js';
export { discover, type HubDescription } from './discovery.js';
export { enrol, rotateKeys, type Enrolled, type Rotated } from './enrolment.js';
export {
  signEnvelope,
  submitEnvelope,
  type EnvelopeSigner,
  type Receipt,
  type SubmissionOptions,
} from './envelope.js';
export { fetchEvidence, NoOwner, sealForOwner, type OpenedEvidence } from './evidence.js';
export {
  HubAnswerInvalid,
  HubChanged,
  HubRefused,
  HubUnreachable,
  MemberDirectoryFault,
  type FailureKind,
  type MemberDirectoryFaultCode,
} from './errors.js';
export { HubSession } from './hub-session.js';
export { requireOwnKeys } from './log/own-keys.js';
export type { ProvedDecision } from './log/prove-decisions.js';
export { ReceiptBook } from './log/receipt-book.js';
export { verifyLog, type LogVerification } from './log/verify-log.js';
export { MemberDirectory, type EnrolledMember, type Member } from './member-directory.js';
export {
  generateMemberKeys,
  importPrivateKey,
  publicJwk,
  type MemberKeys,
  type PrivateKey,
} from './member-keys.js';
export type { OwnMember, Retraction, Statistics, SubjectReputation } from './reputation-query.js';
export { DEFAULT_RETRY, type RetryPolicy } from './retry.js';
export { systemRuntime, type ClientRuntime } from './runtime.js';
export {
  discoverHubOf,
  submitReports,
  type BatchOptions,
  type BatchReceipt,
  type SubmissionProgress,
} from './submission.js';
export { fetchZoneSnapshot } from './zone-snapshot.js';
export { CaseAgent, type OpenedMessage, type SubscriberCase } from './subscriber/case-agent.js';
export {
  CaseFault,
  KeyMismatch,
  PayerKeyMissing,
  StatementForged,
  TrusteeFailed,
  type CaseFaultCode,
} from './subscriber/errors.js';
export {
  historyOf,
  type EpochHistory,
  type ProvedStatement,
  type ShareHistory,
} from './subscriber/key-history.js';
export { PayerKey } from './subscriber/payer-key.js';
export { OprfClient, type SealedIdentifier } from './subscriber/oprf-client.js';
export {
  SubscriberAgent,
  type AppealRuling,
  type CheckAnswer,
  type OwnTermination,
  type TerminationCorrection,
  type TerminationRequest,
} from './subscriber/subscriber-agent.js';
export { SubscriberRecords, type SubscriberRecord } from './subscriber/subscriber-records.js';
export {
  claimNetworkMutation,
  declaredRangesQuery,
  declareRangeMutation,
  networkClaimsQuery,
  withdrawRangeMutation,
  type OwnDeclaredRange,
  type OwnNetworkClaim,
} from './network-query.js';
export {
  clearCostsMutation,
  stateCostsMutation,
  statedCostsQuery,
  toCostsInput,
  type CostsInput,
} from './cost-query.js';
export { calibrationQuery, type Calibration } from './calibration-query.js';
export { modelQualityQuery, type ModelQuality } from './model-quality-query.js';
export { hygieneQuery, type Hygiene } from './hygiene-query.js';
export {
  ActionNotTaken,
  type ActionCommandName,
  type CodeOfConduct,
  type JointAction,
} from './action-query.js';
export { WorkingGroup } from './working-group.js';
export { ActionAgent, type AgentOptions } from './agent/action-agent.js';
export { keepVeto } from './agent/order-book.js';
