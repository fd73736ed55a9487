import { deriveKeyPair } from './ciphersuite.js';
import { decodeSecretScalar, multiplyGenerator, randomScalar, type RandomSource } from './ristretto.js';

/**
 * One party's half of an epoch's key. The key is the sum of both shares and exists nowhere.
 *
 * Whoever holds a share alone learns nothing about an identifier from a token; whoever holds both can try identifiers
 * until one fits. The secret is not enumerable, so that logs and JSON show the public key only.
 */
export class KeyShare {
  readonly #secret: Uint8Array;
  private constructor(
    secret: Uint8Array,
    /** Canonical element of 32 octets; published, and pinned by members. */
    readonly publicKey: Uint8Array,
  ) {
    this.#secret = secret;
  }

  /** From 32 octets, little-endian, 1..q-1. @throws {OprfError} length-invalid, scalar-invalid */
  static fromSecret(secret: Uint8Array): KeyShare {
    const scalar = decodeSecretScalar(secret, 'key share');
    return new KeyShare(scalar, multiplyGenerator(scalar));
  }

  /** RFC 9497 section 3.2.1, mode VOPRF, from 32 secret octets and a public label. @throws {OprfError} length-invalid */
  static derive(seed: Uint8Array, info: Uint8Array): KeyShare {
    const { secret, publicKey } = deriveKeyPair(seed, info);
    return new KeyShare(secret, publicKey);
  }

  /** @throws {OprfError} random-unfit */
  static random(random: RandomSource): KeyShare {
    const scalar = randomScalar(random);
    return new KeyShare(scalar, multiplyGenerator(scalar));
  }

  /** A copy of the 32 secret octets, for a sealed backup and for evaluating; the caller overwrites it after use. */
  exportSecret(): Uint8Array {
    return Uint8Array.from(this.#secret);
  }
}
