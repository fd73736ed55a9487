// What the log's leaves are: commitments only, because entries stay for ever.
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { HASH_BYTES } from './hash.js';

/** What an entry stands for; the number is its first byte. */
export const ENTRY_KINDS = {
  report: 1,
  listing: 2,
  key: 3,
  vote: 4,
  appeal: 5,
  epoch: 6,
  action: 7,
} as const;
export type EntryKind = keyof typeof ENTRY_KINDS;

export const SALT_BYTES = 16;
export const ENTRY_BYTES = 1 + HASH_BYTES;

const REPORT_LABEL = new TextEncoder().encode('sekisho/report\n');

/** An entry: its kind and a commitment of 32 bytes. */
export function encodeEntry(kind: EntryKind, commitment: Uint8Array): Uint8Array {
  const entry = new Uint8Array(ENTRY_BYTES);
  entry[0] = ENTRY_KINDS[kind];
  entry.set(commitment, 1);
  return entry;
}

/**
 * Commits to report number `item` of an envelope, known by its SHA-256. The salt (16 bytes, one for each receipt) is known to the
 * reporter and, until the receipt expires, to the hub: without it nobody can tell which envelope an entry stands for.
 */
export function reportEntry(salt: Uint8Array, envelopeDigest: Uint8Array, item: number): Uint8Array {
  const preimage = new Uint8Array(REPORT_LABEL.length + SALT_BYTES + HASH_BYTES + 4);
  preimage.set(REPORT_LABEL);
  preimage.set(salt, REPORT_LABEL.length);
  preimage.set(envelopeDigest, REPORT_LABEL.length + SALT_BYTES);
  new DataView(preimage.buffer).setUint32(preimage.length - 4, item);
  return encodeEntry('report', sha256(preimage));
}

/**
 * Commits to a statement that only those who are told its salt (16 random bytes) can recognise: what it says of anybody is
 * forgotten with the salt, and the entry stays.
 */
export function saltedEntry(
  kind: Exclude<EntryKind, 'report'>,
  salt: Uint8Array,
  statement: string,
): Uint8Array {
  const encoder = new TextEncoder();
  const parts = [encoder.encode(`sekisho/${kind}/salted\n`), salt, encoder.encode(statement)];
  return encodeEntry(kind, sha256(concatBytes(...parts)));
}

/** Commits to a statement that everybody may read, such as a compact JWS: the log holds when it was made and that it stays. */
export function statementEntry(kind: Exclude<EntryKind, 'report'>, statement: string): Uint8Array {
  return encodeEntry(kind, sha256(new TextEncoder().encode(`sekisho/${kind}\n${statement}`)));
}
