// RFC 9497 section 4.1, OPRF(ristretto255, SHA-512), in mode VOPRF (0x01), with the expansion of RFC 9380.
import { concat, lengthPrefixed, uint16, utf8 } from './bytes.js';
import { OprfError } from './errors.js';
import {
  fromHash,
  HASH_BYTES,
  isIdentity,
  isZeroScalar,
  multiplyGenerator,
  reduce,
  sha512,
} from './ristretto.js';

/** The suite's name in messages and in RFC 9497. */
export const SUITE_NAME = 'ristretto255-SHA512';

/** contextString of section 3.1: version, mode and suite. */
export const CONTEXT = concat(utf8('OPRFV1-'), Uint8Array.of(1), utf8(`-${SUITE_NAME}`));

// SHA-512 takes 128 octets at a time; RFC 9380 section 5.3.1 puts one block of zeros in front.
const BLOCK_OF_ZEROS = new Uint8Array(128);
// 64 octets are one hash: expand_message_xmd needs b_1 only.
const EXPANDED = uint16(HASH_BYTES);

/** expand_message_xmd of RFC 9380 section 5.3.1 for SHA-512 and 64 octets. */
function expand(message: Uint8Array, domain: Uint8Array): Uint8Array {
  const domainPrime = concat(domain, Uint8Array.of(domain.length));
  const b0 = sha512(concat(BLOCK_OF_ZEROS, message, EXPANDED, Uint8Array.of(0), domainPrime));
  return sha512(concat(b0, Uint8Array.of(1), domainPrime));
}

const GROUP_DOMAIN = concat(utf8('HashToGroup-'), CONTEXT);
const SCALAR_DOMAIN = concat(utf8('HashToScalar-'), CONTEXT);
const KEY_DOMAIN = concat(utf8('DeriveKeyPair'), CONTEXT);
const FINALIZE = utf8('Finalize');

/** HashToGroup. @throws {OprfError} input-invalid when the hash is the identity, which nobody can bring about */
export function hashToGroup(input: Uint8Array): Uint8Array {
  const element = fromHash(expand(input, GROUP_DOMAIN));
  if (isIdentity(element)) throw new OprfError('input-invalid', 'the input hashes to the identity element');
  return element;
}

/** HashToScalar with the suite's own domain. */
export const hashToScalar = (message: Uint8Array): Uint8Array => reduce(expand(message, SCALAR_DOMAIN));

/**
 * DeriveKeyPair of section 3.2.1.
 * @param seed 32 secret octets
 * @param info public, at most 65535 octets
 * @throws {OprfError} length-invalid
 */
export function deriveKeyPair(
  seed: Uint8Array,
  info: Uint8Array,
): { secret: Uint8Array; publicKey: Uint8Array } {
  if (seed.length !== 32) {
    throw new OprfError('length-invalid', `seed: ${seed.length} octets; a key share is derived from 32`);
  }
  const input = concat(seed, lengthPrefixed(info));
  for (let counter = 0; counter < 256; counter++) {
    const secret = reduce(expand(concat(input, Uint8Array.of(counter)), KEY_DOMAIN));
    if (!isZeroScalar(secret)) return { secret, publicKey: multiplyGenerator(secret) };
  }
  throw new OprfError('scalar-invalid', 'no key can be derived from this seed');
}

/** The last step of Finalize (section 3.3.1): 64 octets from the input and the unblinded element. */
export function finalHash(input: Uint8Array, element: Uint8Array): Uint8Array {
  return sha512(concat(lengthPrefixed(input), lengthPrefixed(element), FINALIZE));
}
