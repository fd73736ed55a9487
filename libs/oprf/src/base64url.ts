// base64url without padding, RFC 4648 section 5, decoded strictly: one text for each byte string.
import { OprfError } from './errors.js';

/** No padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/**
 * The bytes of canonical base64url: no padding, no spaces, unused bits zero.
 * @param byteLength how many there must be
 * @throws {OprfError} message-malformed, with `where` in its message
 */
export function decodeBase64url(text: string, byteLength: number, where: string): Uint8Array {
  const expected = Math.ceil((byteLength * 4) / 3);
  if (text.length === expected && /^[A-Za-z0-9_-]*$/.test(text)) {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
    if (encodeBase64url(bytes) === text) return bytes;
  }
  throw new OprfError(
    'message-malformed',
    `${where}: not base64url of ${byteLength} octets (${expected} characters of A-Z a-z 0-9 - _, no padding)`,
  );
}
