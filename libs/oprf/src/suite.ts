// The verifiable oblivious PRF of RFC 9497 (VOPRF, ristretto255-SHA512) with the key split additively between two
// parties. Both evaluate the same blinded elements; the client verifies each party's proof against that party's own
// published key and only then adds the results. docs/adr/0007-oprf-group.md says why.
import { concat, equalBytes, lengthPrefixed, utf8 } from './bytes.js';
import { finalHash, hashToGroup, SUITE_NAME } from './ciphersuite.js';
import { proofHolds, prove } from './dleq.js';
import { OprfError } from './errors.js';
import { KeyShare } from './key-share.js';
import {
  addElements,
  decodeElement,
  decodeSecretScalar,
  type ElementArithmetic,
  HASH_BYTES,
  invertScalar,
  isIdentity,
  multiply,
  prepare,
  randomScalar,
  type RandomSource,
  sha256,
} from './ristretto.js';
import type { Epoch } from './epoch.js';

/** Elements in one evaluation: 1 to 100 (DESIGN 4.6). Keep requests small enough to answer without blocking others. */
export const EVALUATION_BATCH_MAX = 100;

/** What a client keeps to itself between asking and finalising. */
export interface BlindedInput {
  /** What {@link frameInput} gave. Secret: it is the identifier. */
  readonly input: Uint8Array;
  /** The blinding scalar, 32 octets. Secret, for one use. */
  readonly blind: Uint8Array;
  /** What both parties get to see: 32 octets, uniformly random. */
  readonly element: Uint8Array;
}

/** One party's answer. */
export interface Evaluation {
  /** In the order asked, 32 octets each. */
  readonly evaluated: readonly Uint8Array[];
  /** One for the whole batch, 64 octets. */
  readonly proof: Uint8Array;
}

declare const verified: unique symbol;
/** An answer whose proof held. Only {@link Suite.verify} makes one, so an unproved answer cannot be combined. */
export interface VerifiedEvaluation {
  readonly publicKey: Uint8Array;
  readonly blinded: readonly Uint8Array[];
  readonly evaluated: readonly Uint8Array[];
  readonly [verified]: true;
}

declare const combined: unique symbol;
/** The evaluation under the sum of both keys. Only {@link Suite.combine} makes one. */
export interface CombinedEvaluation {
  readonly blinded: readonly Uint8Array[];
  readonly evaluated: readonly Uint8Array[];
  readonly [combined]: true;
}

/** Everything that needs the group. Stateless; one for the whole process ({@link loadSuite}). */
export interface Suite {
  readonly name: typeof SUITE_NAME;

  /** A share from its 32 secret octets. @throws {OprfError} length-invalid, scalar-invalid */
  keyShare(secret: Uint8Array): KeyShare;
  /** A share from 32 secret octets of seed and a public label. @throws {OprfError} length-invalid */
  deriveKeyShare(seed: Uint8Array, info: Uint8Array): KeyShare;
  /** A new share. @throws {OprfError} random-unfit */
  randomKeyShare(random: RandomSource): KeyShare;

  /**
   * Server: evaluates 1..100 blinded elements with one share and proves it for all of them together.
   * @throws {OprfError} batch-invalid; length-invalid, element-invalid with `index`; random-unfit
   */
  evaluate(share: KeyShare, blinded: readonly Uint8Array[], random: RandomSource): Evaluation;

  /**
   * Client: hides each input (1..100, from {@link frameInput}) under its own fresh scalar.
   * @throws {OprfError} batch-invalid, length-invalid, input-invalid, random-unfit
   */
  blind(inputs: readonly Uint8Array[], random: RandomSource): BlindedInput[];

  /**
   * Client: accepts one party's answer if it is complete, well formed and proved against that party's published key.
   * A holding proof also shows that the party knows the secret of that key, so a key made up from the other's is caught.
   * @throws {OprfError} proof-invalid when another key was used; batch-invalid, length-invalid, element-invalid,
   * scalar-invalid for what is no answer at all
   */
  verify(publicKey: Uint8Array, blinded: readonly Uint8Array[], evaluation: Evaluation): VerifiedEvaluation;

  /**
   * Client: adds the answers of hub and trustee to the same blinded elements.
   * @throws {OprfError} batch-invalid when they answer different elements; shares-not-independent when both are of one
   * key or the sum is the identity
   */
  combine(hub: VerifiedEvaluation, trustee: VerifiedEvaluation): CombinedEvaluation;

  /**
   * Client: takes the blinds off. @returns tokens of 64 octets, in the order of `inputs`
   * @throws {OprfError} batch-invalid when `combined` is not of these inputs; scalar-invalid
   */
  finalize(inputs: readonly BlindedInput[], combined: CombinedEvaluation): Uint8Array[];

  /**
   * Hub: the 32 octets to store and to look up in place of a token: SHA-256 over epoch, type and token. Who can read
   * the store cannot present what is there as a token, and equal tokens under two epochs or types are never equal rows.
   * It does not protect a guessable identifier from somebody with both shares; nothing does.
   * @param token 64 octets
   * @throws {OprfError} length-invalid
   */
  sealToken(token: Uint8Array, of: { epoch: Epoch; type: string }): Uint8Array;
}

function checkBatch(length: number, what: string): void {
  if (length < 1 || length > EVALUATION_BATCH_MAX) {
    throw new OprfError('batch-invalid', `${what}: ${length}; from 1 to ${EVALUATION_BATCH_MAX} are allowed`);
  }
}

const sameElements = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length && a.every((element, i) => equalBytes(element, b[i] ?? new Uint8Array()));

const decodeAll = (elements: readonly Uint8Array[], where: string): Uint8Array[] =>
  elements.map((bytes, i) => decodeElement(bytes, where, i));

function evaluate(share: KeyShare, blinded: readonly Uint8Array[], random: RandomSource): Evaluation {
  checkBatch(blinded.length, 'blinded elements');
  const elements = decodeAll(blinded, 'blinded');
  const secret = share.exportSecret();
  try {
    const evaluated = elements.map((element) => multiply(secret, element));
    const proof = prove({ secret, publicKey: share.publicKey }, elements, evaluated, random);
    return { evaluated, proof };
  } finally {
    secret.fill(0);
  }
}

function blind(inputs: readonly Uint8Array[], random: RandomSource): BlindedInput[] {
  checkBatch(inputs.length, 'inputs');
  return inputs.map((input) => {
    if (input.length > 0xffff) {
      throw new OprfError('length-invalid', `input: ${input.length} octets; at most 65535`);
    }
    const scalar = randomScalar(random);
    return { input, blind: scalar, element: multiply(scalar, hashToGroup(input)) };
  });
}

function verify(
  publicKey: Uint8Array,
  blinded: readonly Uint8Array[],
  evaluation: Evaluation,
): VerifiedEvaluation {
  checkBatch(blinded.length, 'blinded elements');
  if (evaluation.evaluated.length !== blinded.length) {
    throw new OprfError(
      'batch-invalid',
      `${evaluation.evaluated.length} elements answer ${blinded.length} that were asked`,
    );
  }
  const key = decodeElement(publicKey, 'public key');
  const asked = decodeAll(blinded, 'blinded');
  const evaluated = decodeAll(evaluation.evaluated, 'evaluated');
  if (!proofHolds(key, asked, evaluated, evaluation.proof)) {
    throw new OprfError('proof-invalid', 'the answer was not made with the published key');
  }
  return { publicKey: key, blinded: asked, evaluated } as unknown as VerifiedEvaluation;
}

function combine(hub: VerifiedEvaluation, trustee: VerifiedEvaluation): CombinedEvaluation {
  if (!sameElements(hub.blinded, trustee.blinded)) {
    throw new OprfError('batch-invalid', 'hub and trustee answer different elements');
  }
  if (equalBytes(hub.publicKey, trustee.publicKey)) {
    throw new OprfError('shares-not-independent', 'hub and trustee answer with the same key');
  }
  const evaluated = hub.evaluated.map((element, i) => {
    const total = addElements(element, trustee.evaluated[i] ?? new Uint8Array());
    if (isIdentity(total)) {
      throw new OprfError('shares-not-independent', 'the keys of hub and trustee cancel each other out');
    }
    return total;
  });
  return { blinded: hub.blinded, evaluated } as unknown as CombinedEvaluation;
}

function finalize(inputs: readonly BlindedInput[], evaluation: CombinedEvaluation): Uint8Array[] {
  const own = inputs.map((one) => one.element);
  if (!sameElements(own, evaluation.blinded)) {
    throw new OprfError('batch-invalid', 'the evaluation is not of these inputs in this order');
  }
  return inputs.map(({ input, blind: scalar }, i) => {
    const inverse = invertScalar(decodeSecretScalar(scalar, `inputs[${i}].blind`));
    return finalHash(input, multiply(inverse, evaluation.evaluated[i] ?? new Uint8Array()));
  });
}

const SEAL_DOMAIN = lengthPrefixed(utf8('sekisho/stored-token/v1'));

function sealToken(token: Uint8Array, of: { epoch: Epoch; type: string }): Uint8Array {
  if (token.length !== HASH_BYTES) {
    throw new OprfError('length-invalid', `token: ${token.length} octets; a token has ${HASH_BYTES}`);
  }
  return sha256(
    concat(SEAL_DOMAIN, lengthPrefixed(utf8(of.epoch)), lengthPrefixed(utf8(of.type)), lengthPrefixed(token)),
  );
}

const SUITE: Suite = Object.freeze({
  name: SUITE_NAME,
  keyShare: (secret: Uint8Array) => KeyShare.fromSecret(secret),
  deriveKeyShare: (seed: Uint8Array, info: Uint8Array) => KeyShare.derive(seed, info),
  randomKeyShare: (random: RandomSource) => KeyShare.random(random),
  evaluate,
  blind,
  verify,
  combine,
  finalize,
  sealToken,
});

/**
 * The suite, once its WebAssembly is compiled (some milliseconds, the first time). There is no other way to get one, so
 * nothing can call into a library that is not there yet; call it at start-up and pass the suite on.
 * @param native computes elements from now on, for all suites of this process
 * @throws {OprfError} arithmetic-unfit when it does not agree with WebAssembly
 */
export async function loadSuite(native?: ElementArithmetic): Promise<Suite> {
  await prepare(native);
  return SUITE;
}
