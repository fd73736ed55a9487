// The group ristretto255 (RFC 9496) and its scalars, on libsodium; RFC 9497 section 4.1 says what is refused.
import sodium from 'libsodium-wrappers-sumo';
import { equalBytes } from './bytes.js';
import { OprfError } from './errors.js';

/** Octets of an element (Ne), a scalar (Ns) and a SHA-512 hash (Nh): RFC 9497 section 4.1. */
export const ELEMENT_BYTES = 32;
export const SCALAR_BYTES = 32;
export const HASH_BYTES = 64;

/**
 * Gives that many octets no one can predict. `node:crypto`'s `randomBytes` is one; tests pass a fixed sequence.
 * Two equal answers for two proofs under one key reveal the key.
 */
export type RandomSource = (byteCount: number) => Uint8Array;

const isZero = (bytes: Uint8Array): boolean => bytes.every((octet) => octet === 0);

/**
 * What takes the time: RFC 9496 section 4 on encoded elements of 32 octets. An implementation may take for granted that
 * lengths are right, that no scalar is zero, and that no element is the identity, except as a summand.
 */
export interface ElementArithmetic {
  /** Whether the octets are a canonical encoding. */
  isElement(bytes: Uint8Array): boolean;
  /** The one-way map of 64 octets. */
  fromHash(hash: Uint8Array): Uint8Array;
  add(a: Uint8Array, b: Uint8Array): Uint8Array;
  multiply(scalar: Uint8Array, element: Uint8Array): Uint8Array;
  multiplyGenerator(scalar: Uint8Array): Uint8Array;
}

const WASM: ElementArithmetic = {
  isElement: (bytes) => sodium.crypto_core_ristretto255_is_valid_point(bytes),
  fromHash: (hash) => sodium.crypto_core_ristretto255_from_hash(hash),
  add: (a, b) => sodium.crypto_core_ristretto255_add(a, b),
  multiply: (scalar, element) => sodium.crypto_scalarmult_ristretto255(scalar, element),
  multiplyGenerator: (scalar) => sodium.crypto_scalarmult_ristretto255_base(scalar),
};

let arithmetic = WASM;

/**
 * Resolves when the WebAssembly module is compiled; every other function here needs that first.
 * @param native used in its place for elements, if it agrees with it
 * @throws {OprfError} arithmetic-unfit
 */
export async function prepare(native?: ElementArithmetic): Promise<void> {
  await sodium.ready;
  if (native && !agrees(native)) {
    throw new OprfError(
      'arithmetic-unfit',
      'another arithmetic for elements gives other results than libsodium',
    );
  }
  if (native) arithmetic = native;
}

/** One value through every operation: enough for a library that is broken or another one, not a test of it. */
function agrees(native: ElementArithmetic): boolean {
  const through = (one: ElementArithmetic) => {
    const hash = sha512(new Uint8Array(1));
    const [scalar, element] = [reduce(hash), one.fromHash(hash)];
    const sum = one.add(one.multiply(scalar, element), one.multiplyGenerator(scalar));
    return {
      sum,
      isElement: one.isElement(sum),
      isRefused: !one.isElement(new Uint8Array(ELEMENT_BYTES).fill(0xff)),
    };
  };
  const [ours, other] = [through(WASM), through(native)];
  return equalBytes(ours.sum, other.sum) && other.isElement && other.isRefused;
}

export const sha512 = (message: Uint8Array): Uint8Array => sodium.crypto_hash_sha512(message);
export const sha256 = (message: Uint8Array): Uint8Array => sodium.crypto_hash_sha256(message);

/**
 * DeserializeElement: checks and returns a copy.
 * @throws {OprfError} length-invalid; element-invalid for a non-canonical encoding or the identity
 */
export function decodeElement(bytes: Uint8Array, where: string, index?: number): Uint8Array {
  const at = index === undefined ? {} : { index };
  const place = index === undefined ? where : `${where}[${index}]`;
  if (bytes.length !== ELEMENT_BYTES) {
    throw new OprfError('length-invalid', `${place}: ${bytes.length} octets; an element has 32`, at);
  }
  // libsodium takes the identity for a valid encoding; RFC 9497 section 4.1 refuses it.
  if (isZero(bytes)) throw new OprfError('element-invalid', `${place}: the identity element`, at);
  if (!arithmetic.isElement(bytes)) {
    throw new OprfError('element-invalid', `${place}: no canonical encoding of a ristretto255 element`, at);
  }
  return Uint8Array.from(bytes);
}

/**
 * DeserializeScalar: checks and returns a copy. Zero is allowed, as in a proof.
 * @throws {OprfError} length-invalid; scalar-invalid when not below the group's order
 */
export function decodeScalar(bytes: Uint8Array, where: string): Uint8Array {
  if (bytes.length !== SCALAR_BYTES) {
    throw new OprfError('length-invalid', `${where}: ${bytes.length} octets; a scalar has 32`);
  }
  if (!equalBytes(reduce(bytes), bytes)) {
    throw new OprfError('scalar-invalid', `${where}: not below the order of the group`);
  }
  return Uint8Array.from(bytes);
}

/** As {@link decodeScalar}, and zero is refused. */
export function decodeSecretScalar(bytes: Uint8Array, where: string): Uint8Array {
  const scalar = decodeScalar(bytes, where);
  if (isZero(scalar)) throw new OprfError('scalar-invalid', `${where}: zero`);
  return scalar;
}

/** Up to 64 octets, little-endian, modulo the order of the group. */
export function reduce(bytes: Uint8Array): Uint8Array {
  const wide = new Uint8Array(HASH_BYTES);
  wide.set(bytes);
  return sodium.crypto_core_ristretto255_scalar_reduce(wide);
}

/**
 * A scalar in 1..q-1 from 64 random octets modulo q (bias below 2^-250), RFC 9497 section 4.7.2.
 * @throws {OprfError} random-unfit
 */
export function randomScalar(random: RandomSource): Uint8Array {
  const bytes = random(HASH_BYTES);
  if (bytes.length !== HASH_BYTES) {
    throw new OprfError('random-unfit', `asked for ${HASH_BYTES} random octets, got ${bytes.length}`);
  }
  const scalar = reduce(bytes);
  if (isZero(scalar)) throw new OprfError('random-unfit', 'the random octets are zero');
  return scalar;
}

export const isZeroScalar = isZero;
export const isIdentity = isZero;
export const fromHash = (hash: Uint8Array): Uint8Array => arithmetic.fromHash(hash);
export const addElements = (a: Uint8Array, b: Uint8Array): Uint8Array => arithmetic.add(a, b);
export const multiplyScalars = (a: Uint8Array, b: Uint8Array): Uint8Array =>
  sodium.crypto_core_ristretto255_scalar_mul(a, b);
export const subtractScalars = (a: Uint8Array, b: Uint8Array): Uint8Array =>
  sodium.crypto_core_ristretto255_scalar_sub(a, b);
export const invertScalar = (a: Uint8Array): Uint8Array => sodium.crypto_core_ristretto255_scalar_invert(a);

const IDENTITY = new Uint8Array(ELEMENT_BYTES);

/** scalar · element; the identity where libsodium would throw. */
export function multiply(scalar: Uint8Array, element: Uint8Array): Uint8Array {
  if (isZero(scalar) || isZero(element)) return IDENTITY;
  return arithmetic.multiply(scalar, element);
}

/** scalar · generator. */
export function multiplyGenerator(scalar: Uint8Array): Uint8Array {
  if (isZero(scalar)) return IDENTITY;
  return arithmetic.multiplyGenerator(scalar);
}
