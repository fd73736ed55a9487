import type { IdentifierType } from '@sekisho/subscriber';

/**
 * - `malformed`: not of any form that is understood
 * - `incomplete`: a part that tells one from another is missing, such as the house number
 * - `ambiguous`: more than one reading; the message says what to add
 * - `checksum`: a digit is wrong (card, IBAN)
 */
export type IdentifierErrorCode = 'malformed' | 'incomplete' | 'ambiguous' | 'checksum';

/** An identifier that is not understood without guessing. The message never repeats it. */
export class IdentifierInvalid extends Error {
  override readonly name = 'IdentifierInvalid';
  readonly kind = 'Rejected';
  constructor(
    readonly code: IdentifierErrorCode,
    readonly type: IdentifierType,
    /** Which part of the input, such as `birthDate`. */
    readonly where: string,
    what: string,
    /** A valid value of that part. */
    readonly example: string,
  ) {
    super(`${type}, ${where}: ${what}. Example: ${example}`);
  }
}
