export {
  answered,
  ANSWERS,
  AnswerRefused,
  firstObserved,
  latestOf,
  observed,
  reviewed,
  type Alert,
  type AlertChange,
  type AlertState,
  type Answer,
  type Observation,
} from './alert.js';
export { bucketOf, magnitudeOf } from './digest.js';
export { DELIVERY, deliveryVerdictOf, retryDelayMs, type DeliveryVerdict } from './delivery.js';
export { FEEDBACK } from './model.js';
export {
  checkOwnership,
  readRouteObjects,
  readVrps,
  RouteFileInvalid,
  type OwnershipCheck,
  type RouteOrigin,
} from './ownership.js';
export { standingOf, type FixRecord, type Standing } from './standing.js';
export { HYGIENE_FIGURES, spreadOf, type HygieneFigures, type HygieneSpread } from './hygiene.js';
