// Hashes of the Merkle tree: RFC 9162 section 2.1.1 (the same tree as RFC 6962 section 2.1).
import { sha256 } from '@noble/hashes/sha2.js';

export const HASH_BYTES = 32;

/** 32 bytes of SHA-256. */
export type Hash = Uint8Array;

/** Root of the tree without entries: SHA-256 of nothing. */
export const EMPTY_ROOT: Hash = sha256(new Uint8Array());

// In one piece each: hashing the parts one after the other takes twice as long.
export function leafHash(entry: Uint8Array): Hash {
  const preimage = new Uint8Array(1 + entry.length);
  preimage.set(entry, 1);
  return sha256(preimage);
}

export function nodeHash(left: Hash, right: Hash): Hash {
  const preimage = new Uint8Array(1 + 2 * HASH_BYTES);
  preimage[0] = 1;
  preimage.set(left, 1);
  preimage.set(right, 1 + HASH_BYTES);
  return sha256(preimage);
}

export const isSameHash = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
