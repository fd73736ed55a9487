export {
  commanded,
  currentTally,
  draftOf,
  edited,
  isVoting,
  type Action,
  type ActionCommand,
  type Actor,
  type Changed,
  type Facts,
  type Transition,
} from './action.js';
export { afterActionReport, type AfterActionReport } from './after-action.js';
export { reportHtml, type ReportLanguage } from './after-action-html.js';
export { nextDueAt, settled } from './clock.js';
export { CONDUCT_VERSION } from './conduct.js';
export {
  BUCKETS,
  bucketed,
  bucketText,
  countsOf,
  distributionOf,
  MEASURES,
  RESULT_TYP,
  resultSchema,
  type ActionResult,
  type BucketShare,
  type Counts,
  type Measure,
} from './counts.js';
export { ActionRefused, type ActionErrorCode } from './errors.js';
export { acknowledges, hubTimeOf, skewOf, type Acknowledgement } from './participation.js';
export {
  orderSchema,
  parametersSchema,
  readProposal,
  reasonSchema,
  type ActionOrder,
  type ActionParameters,
  type Proposal,
} from './proposal.js';
export { electorsOf, type Membership } from './recusal.js';
export { CURRENT_RULES, RULE_SETS, rulesOf, type RuleSet } from './rule-set.js';
export { memberStanding, STANDING_WINDOW_MS, type MemberStanding, type StandingCounts } from './standing.js';
export type { CastVote, Delegations, Elector, Tally } from './tally.js';
export {
  ACTION_KINDS,
  ACTION_STATES,
  CLOCK,
  hasRehearsal,
  PARTICIPATIONS,
  VOTES,
  type ActionKind,
  type ActionState,
  type Participation,
  type TransitionName,
  type Vote,
} from './vocabulary.js';
