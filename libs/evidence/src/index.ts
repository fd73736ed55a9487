export type { BounceRules } from './delivery-status.js';
export type { Finding } from './finding.js';
export { LIMITS } from './limits.js';
export type { Attachment, AuthenticationPicture, HandOff, ParsedMessage } from './parsed-message.js';
export { readMessage, type ParseRules, type ReadMessage } from './parse-message.js';
export {
  readEvidence,
  type EvidenceRules,
  type MessageFinding,
  type MessageFormat,
} from './read-evidence.js';
export type { TrustedRelays } from './received.js';
export type { Skip, SkipReason } from './skip-reason.js';
