// Hash labels: SHA-256, in DNS as RFC 4648 base32 without padding (52 characters; 64 hex digits do not fit a label).
import { sha256 } from '@noble/hashes/sha2.js';
import { SubjectInvalid } from './errors.js';
import { quote } from './ip.js';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** 64 lower-case hex digits, from hex or from base32. @throws {SubjectInvalid} subject-malformed */
export function parseAddressHash(text: string, type: 'address' | 'fingerprint'): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  if (/^[a-z2-7]{51}[aq]$/i.test(text)) return toHex(decodeBase32(text.toLowerCase()));
  const hint = text.includes('@') ? ' Send the hash, never the address.' : '';
  throw new SubjectInvalid(
    'subject-malformed',
    `${type}: not a SHA-256 in hex (64 digits) or base32 (52 characters): ${text.includes('@') ? '(an e-mail address)' : quote(text)}.${hint}`,
  );
}

/** 52 lower-case base32 characters of a hex SHA-256. */
export function hashLabel(hex: string): string {
  let bits = 0;
  let pending = 0;
  let out = '';
  for (let i = 0; i < hex.length; i += 2) {
    pending = ((pending << 8) | Number.parseInt(hex.slice(i, i + 2), 16)) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET.charAt((pending >> bits) & 31);
    }
  }
  return bits > 0 ? out + ALPHABET.charAt((pending << (5 - bits)) & 31) : out;
}

function decodeBase32(text: string): Uint8Array {
  const out = new Uint8Array(32);
  let bits = 0;
  let pending = 0;
  let at = 0;
  for (const character of text) {
    pending = ((pending << 5) | ALPHABET.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8 && at < out.length) {
      bits -= 8;
      out[at++] = (pending >> bits) & 0xff;
    }
  }
  return out;
}

const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const SUBADDRESS = /\+.*$/;
const DOTLESS = new Set(['gmail.com', 'googlemail.com']);

/**
 * The normal form of an e-mail address before hashing, as EBL and SpamAssassin's HashBL have it:
 * lower case, domain as A-label, no `+tag`, and for gmail.com no dots; googlemail.com is gmail.com.
 * @throws {SubjectInvalid} subject-malformed
 */
export function normaliseAddress(address: string): string {
  const lower = address
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replace(/^<(.*)>$/, '$1');
  const at = lower.lastIndexOf('@');
  const domain = URL.parse(`http://${lower.slice(at + 1)}`)?.hostname;
  if (at < 1 || !domain?.includes('.')) {
    throw new SubjectInvalid('subject-malformed', 'not an e-mail address. Example: someone@example.com');
  }
  const isDotless = DOTLESS.has(domain);
  const local = lower.slice(0, at).replace(SUBADDRESS, '');
  return `${isDotless ? local.replaceAll('.', '') : local}@${isDotless ? 'gmail.com' : domain}`;
}

/** Hex SHA-256 of the normalised address: what may leave a member. */
export function hashAddress(address: string): string {
  return toHex(sha256(new TextEncoder().encode(normaliseAddress(address))));
}
