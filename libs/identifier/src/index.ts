export { IdentifierInvalid, type IdentifierErrorCode } from './errors.js';
export {
  CANON_VERSION,
  canonicalise,
  type Identifier,
  IDENTIFIER_TYPES,
  type IdentifierSource,
  type IdentifierType,
} from './identifier.js';
export type { Payer } from './payer.js';
