export { SUITE_NAME } from './ciphersuite.js';
export { PROOF_BYTES } from './dleq.js';
export { type Epoch, epochAfter, epochOf, epochSpan, monthsBetween, parseEpoch } from './epoch.js';
export { OprfError, type OprfErrorCode } from './errors.js';
export { frameInput, IDENTIFIER_BYTES_MAX, type IdentifierInput } from './input.js';
export type { KeyShare } from './key-share.js';
export {
  ELEMENT_BYTES,
  type ElementArithmetic,
  HASH_BYTES as TOKEN_BYTES,
  type RandomSource,
  SCALAR_BYTES,
} from './ristretto.js';
export {
  type BlindedInput,
  type CombinedEvaluation,
  type Evaluation,
  EVALUATION_BATCH_MAX,
  loadSuite,
  type Suite,
  type VerifiedEvaluation,
} from './suite.js';
export {
  decodeEvaluateAnswer,
  decodeEvaluateRequest,
  decodePublicKey,
  decodeToken,
  encodeEvaluateAnswer,
  encodeEvaluateRequest,
  encodePublicKey,
  encodeToken,
  type EvaluateAnswerBody,
  type EvaluateRequest,
  type EvaluateRequestBody,
  evaluateAnswerSchema,
  evaluateRequestSchema,
} from './wire.js';
