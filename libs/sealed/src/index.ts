export { MAX_EVIDENCE_BYTES, evidenceSchema, type Evidence, type EvidenceInput } from './evidence.js';
export { SealedFault, type SealedFaultCode } from './errors.js';
export { sampleOfHeaders } from './header-sample.js';
export { readRecipientKid, SEALED_ALG, SEALED_ENC, SEALED_TYP } from './sealed-header.js';
export { openSealed, sealEvidence, type OpeningKey, type OwnerKey } from './seal.js';
