export { IdentifierInvalid, type IdentifierErrorCode } from './errors.js';
export { CANON_VERSION, canonicalise, type Identifier, type IdentifierSource } from './identifier.js';
export type { Payer } from './payer.js';
