export { CHECKS_PER_SIGN_UP, RATIO_DAYS, requireBudget, UNDECLARED_CHECKS, type CheckUse } from './budget.js';
export {
  CASE_MESSAGE_TYP,
  MAX_CASE_MESSAGES,
  MAX_MESSAGE_CHARACTERS,
  readCaseKey,
  requireSealedMessage,
  type CaseKey,
} from './case-message.js';
export {
  caseNumberSchema,
  CHECK_TYP,
  checkClaimsSchema,
  CORRECTION_TYP,
  correctionClaimsSchema,
  MAX_IDENTIFIERS,
  MAX_RENEWALS,
  readClaims,
  reasonSchema,
  RENEWAL_TYP,
  renewalClaimsSchema,
  TERMINATION_TYP,
  terminationClaimsSchema,
  type CheckClaims,
  type RenewalClaims,
  type TerminationClaims,
} from './envelopes.js';
export { SubscriberRefused, type SubscriberErrorCode } from './errors.js';
export { expiryOf, MAX_YEARS } from './expiry.js';
export { strengthOf } from './strength.js';
export * from './vocabulary.js';
