// Proofs that log_G(publicKey) = log_C(D) for a whole batch of pairs (C, D): RFC 9497 section 2.2.
import { concat, equalBytes, lengthPrefixed, uint16, utf8 } from './bytes.js';
import { CONTEXT, hashToScalar } from './ciphersuite.js';
import {
  addElements,
  decodeScalar,
  ELEMENT_BYTES,
  multiply,
  multiplyGenerator,
  multiplyScalars,
  randomScalar,
  type RandomSource,
  SCALAR_BYTES,
  sha512,
  subtractScalars,
} from './ristretto.js';
import { OprfError } from './errors.js';

/** Octets of a proof: challenge, then response. */
export const PROOF_BYTES = 2 * SCALAR_BYTES;

const SEED_DOMAIN = lengthPrefixed(concat(utf8('Seed-'), CONTEXT));
const COMPOSITE = utf8('Composite');
const CHALLENGE = utf8('Challenge');

const sum = (elements: readonly Uint8Array[]): Uint8Array =>
  elements.reduce(addElements, new Uint8Array(ELEMENT_BYTES));

/** The factors d_i of ComputeComposites: they depend on every pair, so nothing of a batch can be exchanged. */
function compositeFactors(
  publicKey: Uint8Array,
  blinded: readonly Uint8Array[],
  evaluated: readonly Uint8Array[],
): Uint8Array[] {
  const seed = lengthPrefixed(sha512(concat(lengthPrefixed(publicKey), SEED_DOMAIN)));
  return blinded.map((element, i) =>
    hashToScalar(
      concat(
        seed,
        uint16(i),
        lengthPrefixed(element),
        lengthPrefixed(evaluated[i] ?? new Uint8Array()),
        COMPOSITE,
      ),
    ),
  );
}

const weigh = (factors: readonly Uint8Array[], elements: readonly Uint8Array[]): Uint8Array =>
  sum(elements.map((element, i) => multiply(factors[i] ?? new Uint8Array(SCALAR_BYTES), element)));

const challenge = (...elements: readonly Uint8Array[]): Uint8Array =>
  hashToScalar(concat(...elements.map(lengthPrefixed), CHALLENGE));

/** GenerateProof. Elements must have been decoded; `random` is asked once. @throws {OprfError} random-unfit */
export function prove(
  key: { secret: Uint8Array; publicKey: Uint8Array },
  blinded: readonly Uint8Array[],
  evaluated: readonly Uint8Array[],
  random: RandomSource,
): Uint8Array {
  const m = weigh(compositeFactors(key.publicKey, blinded, evaluated), blinded);
  const z = multiply(key.secret, m);
  const r = randomScalar(random);
  const c = challenge(key.publicKey, m, z, multiplyGenerator(r), multiply(r, m));
  return concat(c, subtractScalars(r, multiplyScalars(c, key.secret)));
}

/**
 * VerifyProof. Elements must have been decoded.
 * @returns whether it holds
 * @throws {OprfError} length-invalid, scalar-invalid for what is no proof at all
 */
export function proofHolds(
  publicKey: Uint8Array,
  blinded: readonly Uint8Array[],
  evaluated: readonly Uint8Array[],
  proof: Uint8Array,
): boolean {
  if (proof.length !== PROOF_BYTES) {
    throw new OprfError('length-invalid', `proof: ${proof.length} octets; a proof has ${PROOF_BYTES}`);
  }
  const c = decodeScalar(proof.subarray(0, SCALAR_BYTES), 'proof, challenge');
  const s = decodeScalar(proof.subarray(SCALAR_BYTES), 'proof, response');
  const factors = compositeFactors(publicKey, blinded, evaluated);
  const m = weigh(factors, blinded);
  const z = weigh(factors, evaluated);
  const t2 = addElements(multiplyGenerator(s), multiply(c, publicKey));
  const t3 = addElements(multiply(s, m), multiply(c, z));
  return equalBytes(challenge(publicKey, m, z, t2, t3), c);
}
