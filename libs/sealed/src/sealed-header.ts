// RFC 7516 section 4: the protected header, the one part of a JWE that is readable without the key.
import { decodeProtectedHeader } from 'jose';
import { SealedFault } from './errors.js';

/** RFC 7518 section 4.6 with X25519 (RFC 8037). */
export const SEALED_ALG = 'ECDH-ES+A256KW';
/** RFC 7518 section 5.3. */
export const SEALED_ENC = 'A256GCM';
export const SEALED_TYP = 'sekisho-evidence+json';

/** Everything else in the header would be readable by the hub, and `zip` makes sizes tell of content. */
const FIELDS = new Set(['alg', 'enc', 'typ', 'kid', 'epk']);

/**
 * The id of the key that a compact JWE is sealed to; nothing of the content is looked at.
 * @throws {SealedFault} sealed-malformed
 */
export function readRecipientKid(sealed: string): string {
  let header: Record<string, unknown>;
  try {
    header = { ...decodeProtectedHeader(sealed) };
  } catch (error) {
    throw new SealedFault('sealed-malformed', 'not a compact JWE', { cause: error });
  }
  const { alg, enc, typ, kid } = header;
  const isKnown = alg === SEALED_ALG && enc === SEALED_ENC && typ === SEALED_TYP && typeof kid === 'string';
  const other = Object.keys(header).find((name) => !FIELDS.has(name));
  if (!isKnown || other !== undefined || kid === '') {
    throw new SealedFault(
      'sealed-malformed',
      `the header must be alg ${SEALED_ALG}, enc ${SEALED_ENC}, typ ${SEALED_TYP}, kid and epk, and nothing else`,
    );
  }
  return kid;
}
