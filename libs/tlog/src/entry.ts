// What the log's leaves are: commitments only, because entries stay for ever.
import { sha256 } from '@noble/hashes/sha2.js';
import { HASH_BYTES } from './hash.js';

/** What an entry stands for; the number is its first byte. */
export const ENTRY_KINDS = { report: 1, listing: 2, key: 3, vote: 4, appeal: 5, epoch: 6 } as const;
export type EntryKind = keyof typeof ENTRY_KINDS;

export const SALT_BYTES = 16;
export const ENTRY_BYTES = 1 + HASH_BYTES;

const utf8 = new TextEncoder();

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
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, item);
  const commitment = sha256
    .create()
    .update(utf8.encode('sekisho/report\n'))
    .update(salt)
    .update(envelopeDigest)
    .update(number)
    .digest();
  return encodeEntry('report', commitment);
}

/** Commits to a statement: public ones without a salt (`new Uint8Array()`), so that anybody can find them in the log. */
export function statementEntry(
  kind: Exclude<EntryKind, 'report'>,
  salt: Uint8Array,
  statement: string,
): Uint8Array {
  const commitment = sha256
    .create()
    .update(utf8.encode(`sekisho/${kind}\n`))
    .update(salt)
    .update(utf8.encode(statement))
    .digest();
  return encodeEntry(kind, commitment);
}
