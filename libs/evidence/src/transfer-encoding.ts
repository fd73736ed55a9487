// RFC 2045 sections 6.7 and 6.8. Own code because the parser libraries take seconds for a mebibyte of short lines.

const BASE64 = new Uint8Array(256).fill(255);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < ALPHABET.length; value++) BASE64[ALPHABET.charCodeAt(value)] = value;

/** Skips what is no base64; stops at nothing. */
export function decodeBase64(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.floor((bytes.length * 3) / 4) + 3);
  let length = 0;
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    const value = BASE64[byte] ?? 255;
    if (value === 255) continue;
    pending = ((pending << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[length++] = (pending >> bits) & 0xff;
    }
  }
  return out.subarray(0, length);
}

const hexDigit = (byte: number | undefined): number =>
  byte === undefined ? Number.NaN : Number.parseInt(String.fromCharCode(byte), 16);

/** A broken escape stays as it is written. */
export function decodeQuotedPrintable(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x3d) {
      const next = bytes[at + 1];
      if (next === 0x0a) {
        at += 1;
        continue;
      }
      if (next === 0x0d && bytes[at + 2] === 0x0a) {
        at += 2;
        continue;
      }
      const value = hexDigit(next) * 16 + hexDigit(bytes[at + 2]);
      if (!Number.isNaN(value)) {
        out[length++] = value;
        at += 2;
        continue;
      }
    }
    out[length++] = byte;
  }
  return out.subarray(0, length);
}

/** The text in a charset as the message names it; an unknown one is read as UTF-8, with replacement characters. */
export function decodeCharset(bytes: Uint8Array, charset: string | undefined): string {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch (error) {
    if (error instanceof RangeError) return new TextDecoder('utf-8').decode(bytes);
    throw error;
  }
}
