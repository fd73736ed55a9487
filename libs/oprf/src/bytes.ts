import { OprfError } from './errors.js';

const TEXT = new TextEncoder();

/** UTF-8. Only for text known to be well formed. */
export const utf8 = (text: string): Uint8Array => TEXT.encode(text);

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** I2OSP(value, 2) of RFC 8017, big-endian; value 0..65535. */
export const uint16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);

/** Length in two octets, then the octets: what RFC 9497 puts before each field that it hashes. */
export function lengthPrefixed(part: Uint8Array): Uint8Array {
  if (part.length > 0xffff) {
    throw new OprfError('length-invalid', `a field of ${part.length} octets; at most 65535 can be hashed`);
  }
  return concat(uint16(part.length), part);
}

/** Both of one length and content. Takes as long for a late difference as for an early one. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
