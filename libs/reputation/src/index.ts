export { DEFAULT_TRUST, MODEL, MODEL_VERSION } from './model.js';
export {
  RECOMMENDATIONS,
  type CategoryScore,
  type ExplanationLine,
  type Recommendation,
  type ReporterStanding,
  type Reputation,
  type ScoringInput,
  type Sighting,
  type SubjectContext,
} from './reputation.js';
export { isRollable, NetworkNotRollable, rollUp, type ChildReputation, type RollUpInput } from './roll-up.js';
export { scoreSubject } from './score.js';
export {
  compileWarningLists,
  protectionOf,
  WarningListInvalid,
  type WarningList,
  type WarningLists,
} from './warning-list.js';
export { LEARNED_VERSION, Ledger, LEARNING } from './learned/ledger.js';
export type { Observation, Outcome } from './learned/observation.js';
export type { Assessment, Contribution, ScoringModel } from './learned/assessment.js';
export type { ChannelRecord } from './learned/records.js';
export { foundedAt, isOnProbation, PROBATION, provenFrom } from './probation.js';
export { VOICE, voicesOf, type RepeatedReports } from './voice.js';
export { scoreAsOf, type AsOfInput, type DatedSighting } from './policy/as-of.js';
export { DECIDABLE_CATEGORIES, decisionThatCounts, underDecision, type Decision } from './policy/decision.js';
export { ADJUDICATION, trustAfter } from './policy/adjudication.js';
export { countingAfterRelease } from './policy/release.js';
export { learnedVerdict, type LearnedVerdict, type VerdictOptions } from './policy/learned-verdict.js';
export { Rehearsal, type PresentListings, type RehearsalOutcome } from './policy/rehearsal.js';
export {
  abuseOf,
  binOf,
  FORECAST,
  FORETOLD_TYPES,
  samplingRates,
  type Stratum,
} from './quality/forecast-sample.js';
export { comparableFrom, ShadowLedger, shadowSince, type ForetoldMoment } from './quality/shadow.js';
export {
  measureForecasts,
  type ForecastCell,
  type Measured,
  type ModelMeasurement,
  type ReliabilityBin,
} from './quality/reliability.js';
export {
  probabilityAt,
  RECALIBRATION,
  risingCurve,
  type ProbabilityPoint,
  type ToldBin,
} from './quality/recalibration.js';
export {
  calibrationOf,
  ECHOES,
  outcomeOf,
  REPORT_OUTCOME,
  type CalibrationChannel,
  type ConfirmedShare,
  type Confirmers,
  type FateCount,
} from './quality/report-outcome.js';
