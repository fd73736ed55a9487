export { RequestReader, RequestMalformed, type PolicyRequest } from './request-reader.js';
export {
  MilterMalformed,
  milterPacket,
  MilterReader,
  milterStrings,
  negotiate,
  type Negotiated,
} from './milter.js';
export { MapRequestReader, mapReply } from './map-request-reader.js';
export { actionText, type Answer } from './action-text.js';
export { decide, decideByRules, decideLocally, type Client, type Decision } from './decide.js';
export {
  costPolicyOf,
  CostsInvalid,
  formatCosts,
  parseCosts,
  readCosts,
  type OutcomeCosts,
  type StatedCosts,
} from './cost-section.js';
export { cheapestRecommendation, type Weighed } from './recommendation.js';
export {
  expectedCosts,
  probabilityOf,
  type CostPolicy,
  type Costs,
  type ExpectedCosts,
} from './expected-cost.js';
export { DEFAULT_POLICY_TEXT, defaultPolicy } from './default-policy.js';
export { RecentKeys } from './recent-keys.js';
export { RecentNumbers } from './recent-numbers.js';
export { needsOf, type Action, type Needs, type Policy, type Rate, type Rule } from './policy.js';
export { parsePolicy } from './policy-file.js';
export { PolicyInvalid, type PolicyFault } from './yaml-text.js';
export { Shaper, sendingNetwork, type Admission, type MailEvent } from './shaper.js';
export { accountOf, campaignVerdict, limitOf, submissionText, type CampaignVerdict } from './submission.js';
export type { Listing, Standing, UnknownReason } from './standing.js';
export { NetworkList, type ListMatch } from './network-list.js';
export { decideJointly, Overlay, OverlayInvalid, type OverlayFile } from './overlay.js';
