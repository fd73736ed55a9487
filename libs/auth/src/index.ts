export {
  ENROLMENT_TYP,
  ROTATION_TYP,
  verifyKeyProof,
  verifyRotation,
  type ProvenKey,
  type ProvenKeys,
} from './enrolment.js';
export { verifySigned, type FindSigningKey, type SigningKey } from './envelope.js';
export { NotAuthentic, type AuthErrorCode } from './errors.js';
export { generateHubKey, importHubKey, type HubKey, verifyEd25519 } from './hub-key.js';
export {
  ANONYMOUS,
  issueAccessToken,
  TOKEN_LIFETIME_SECONDS,
  verifyAccessToken,
  verifyClientAssertion,
  type Caller,
} from './token.js';
export { signSecurityEvent, type SecurityEvent } from './security-event.js';
export {
  HubSignatureRefused,
  readHubKeys,
  signDigest,
  verifyDigest,
  type HubSignatureCode,
  type HubSignatureTyp,
} from './hub-signature.js';
