export { CHECKS_PER_SIGN_UP, RATIO_DAYS, requireBudget, UNDECLARED_CHECKS, type CheckUse } from './budget.js';
export {
  CHECK_TYP,
  checkClaimsSchema,
  MAX_IDENTIFIERS,
  MAX_RENEWALS,
  readClaims,
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
