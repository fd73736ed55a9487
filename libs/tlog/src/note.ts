// Signed notes and checkpoints: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { LogRefused } from './errors.js';
import { HASH_BYTES } from './hash.js';
import type { TreeHead } from './proof.js';

const utf8 = new TextEncoder();
const KEY_ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Signature types of signed notes. */
export const NOTE_ED25519 = 0x01;
export const NOTE_COSIGNATURE = 0x04;
export type NoteKeyType = typeof NOTE_ED25519 | typeof NOTE_COSIGNATURE;

/** Who signs notes: a name without white space or `+`, and a raw Ed25519 public key of 32 bytes. */
export interface NoteKey {
  readonly name: string;
  readonly type: NoteKeyType;
  readonly publicKey: Uint8Array;
}

/** Raw Ed25519 (RFC 8032), given by whoever holds the key. */
export type Sign = (message: Uint8Array) => Promise<Uint8Array>;
export type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean>;

export const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

/** Canonical base64 with padding, else undefined. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

const isName = (name: string) => /^[^\s+\p{C}]+$/u.test(name);

/** SHA-256(name, line feed, type, key), its first four bytes. */
const keyId = ({ name, type, publicKey }: NoteKey): Uint8Array =>
  sha256(concatBytes(utf8.encode(name), Uint8Array.of(0x0a, type), publicKey)).slice(0, KEY_ID_BYTES);

/** The key as text, `name+hex8+base64`: what a verifier is configured with. */
export function encodeVerifierKey(key: NoteKey): string {
  const id = Array.from(keyId(key), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${key.name}+${id}+${toBase64(concatBytes(Uint8Array.of(key.type), key.publicKey))}`;
}

/** @throws {LogRefused} note-malformed */
export function parseVerifierKey(text: string): NoteKey {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = fromBase64(encoded);
  const type = bytes?.[0];
  const isKnown = type === NOTE_ED25519 || type === NOTE_COSIGNATURE;
  if (isName(name) && bytes?.length === 1 + PUBLIC_KEY_BYTES && isKnown) {
    const key: NoteKey = { name, type, publicKey: bytes.slice(1) };
    if (encodeVerifierKey(key).split('+')[1] === id) return key;
  }
  throw new LogRefused(
    'note-malformed',
    `not a verifier key: ${JSON.stringify(text)}. Example: hub.example+1a2b3c4d+AXxy…`,
  );
}

/** One line that adds a signature to a note. */
const signatureLine = (key: NoteKey, signature: Uint8Array) =>
  `— ${key.name} ${toBase64(concatBytes(keyId(key), signature))}\n`;

/** A note: its text (ends with a line feed) and its signature lines. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** Longest note that is read: a checkpoint with sixteen signatures is under 3 kB. */
const MAX_NOTE_CHARACTERS = 16_384;
const SIGNATURE_LINE = /^— (\S+) (\S+)$/u;

/** @throws {LogRefused} note-malformed */
export function parseNote(note: string): Note {
  const malformed = (what: string) => new LogRefused('note-malformed', `not a signed note: ${what}`);
  if (note.length > MAX_NOTE_CHARACTERS) throw malformed(`longer than ${MAX_NOTE_CHARACTERS} characters`);
  if (/[\u0000-\u0009\u000b-\u001f\u007f]/.test(note)) throw malformed('it has control characters');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw malformed('no empty line before the signatures');
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map((line) => {
    const [, name = '', encoded = ''] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = fromBase64(encoded);
    if (!isName(name) || !bytes || bytes.length <= KEY_ID_BYTES)
      throw malformed('a signature line is broken');
    return { name, bytes };
  });
  return { text: note.slice(0, end + 1), signatures };
}

const bigEndian64 = (seconds: number) => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(seconds));
  return bytes;
};

/** What a witness signs: when it saw the note, and the note. */
const cosigned = (text: string, seconds: number) => utf8.encode(`cosignature/v1\ntime ${seconds}\n${text}`);

/** The note signed by `key`, as a log does it. */
export async function signNote(text: string, key: NoteKey, sign: Sign): Promise<string> {
  return `${text}\n${signatureLine(key, await sign(utf8.encode(text)))}`;
}

/** The line with which a witness says that it saw this note at `seconds` (Unix time), and that it continued all before. */
export async function cosignatureLine(
  text: string,
  seconds: number,
  key: NoteKey,
  sign: Sign,
): Promise<string> {
  return signatureLine(key, concatBytes(bigEndian64(seconds), await sign(cosigned(text, seconds))));
}

/**
 * Whether `key` signed the note; for a cosignature also when, in Unix seconds. Signatures of other keys are passed over.
 * @throws {LogRefused} note-unsigned
 */
export async function verifyNote(note: Note, key: NoteKey, verify: Verify): Promise<{ seconds?: number }> {
  const id = keyId(key);
  for (const { name, bytes } of note.signatures) {
    if (name !== key.name || !id.every((byte, i) => byte === bytes[i])) continue;
    const signature = bytes.slice(KEY_ID_BYTES);
    if (key.type === NOTE_ED25519) {
      if (signature.length !== SIGNATURE_BYTES) break;
      if (await verify(key.publicKey, utf8.encode(note.text), signature)) return {};
      break;
    }
    if (signature.length !== 8 + SIGNATURE_BYTES) break;
    const seconds = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
    if (await verify(key.publicKey, cosigned(note.text, seconds), signature.slice(8))) return { seconds };
    break;
  }
  throw new LogRefused('note-unsigned', `the note is not signed by ${key.name}`);
}

/** A published tree head of the log `origin`. */
export interface Checkpoint extends TreeHead {
  readonly origin: string;
}

export const encodeCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${toBase64(root)}\n`;

/** @throws {LogRefused} checkpoint-malformed */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', decimal = '', encoded = ''] = text.split('\n');
  const root = fromBase64(encoded);
  const size = Number(decimal);
  if (
    !origin ||
    !/^(?:0|[1-9]\d*)$/.test(decimal) ||
    !Number.isSafeInteger(size) ||
    root?.length !== HASH_BYTES
  ) {
    throw new LogRefused('checkpoint-malformed', 'not a checkpoint: origin, size and root, a line each');
  }
  return { origin, size, root };
}
