// What goes into the PRF for one identifier: RFC 9497 section 7.3 asks for domain separation.
import { concat, lengthPrefixed, uint16, utf8 } from './bytes.js';
import { OprfError } from './errors.js';

/** Raised when the frame below changes. It differs from every other use of the keys and from every other version. */
const FRAME = lengthPrefixed(utf8('sekisho/subscriber/v1'));

/** UTF-8 octets of a canonical identifier at most; a postal address has about 100. */
export const IDENTIFIER_BYTES_MAX = 1024;

export interface IdentifierInput {
  /** Lower-case name, such as `phone`: letters, digits and hyphens, 1 to 32. */
  readonly type: string;
  /** Version of the canonicalisation that made `value`, 1..65535: what differs there must not match by chance. */
  readonly canonVersion: number;
  /** The canonical form, not empty. */
  readonly value: string;
}

/**
 * The PRF input of an identifier: frame, type, version and value, each of a length that is written down, so that no two
 * different (type, version, value) give the same octets.
 *
 * `00 15 "sekisho/subscriber/v1" · len16 type · version16 · len16 UTF-8(value)`, lengths big-endian.
 * @throws {OprfError} input-invalid
 */
export function frameInput({ type, canonVersion, value }: IdentifierInput): Uint8Array {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(type)) {
    throw new OprfError('input-invalid', 'type: not a lower-case name of 1 to 32 characters. Example: phone');
  }
  if (!Number.isInteger(canonVersion) || canonVersion < 1 || canonVersion > 0xffff) {
    throw new OprfError('input-invalid', 'canonVersion: not a whole number from 1 to 65535. Example: 1');
  }
  // A lone surrogate would be encoded as U+FFFD, and two different values as one.
  if (!value.isWellFormed()) throw new OprfError('input-invalid', `${type}: not well-formed Unicode`);
  const octets = utf8(value);
  if (octets.length < 1 || octets.length > IDENTIFIER_BYTES_MAX) {
    throw new OprfError(
      'input-invalid',
      `${type}: ${octets.length} octets of UTF-8; from 1 to ${IDENTIFIER_BYTES_MAX} are allowed`,
    );
  }
  return concat(FRAME, lengthPrefixed(utf8(type)), uint16(canonVersion), lengthPrefixed(octets));
}
