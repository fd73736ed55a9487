/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// RFC 5782 section 2.1 (IPv4: reversed octets), 2.4 (IPv6: 32 reversed nibbles), 3 (domains as they are);
// hashes as one RFC 4648 base32 label of 52 characters, since 64 hex digits do not fit a label.
import { isAddressZone, type ZoneName } from './zone-name.js';

export type KeyKind = 'ipv4' | 'ipv6' | 'partial' | 'hash' | 'name' | 'malformed';

/**
 * What the labels in front of a zone's apex ask for. One object is reused for every question, so nothing is
 * allocated. `partial` is a proper prefix of a possible address name (`2.0.192`).
 */
export class QuestionKey {
  kind: KeyKind = 'malformed';
  /** ipv4: words[0]; ipv6: words[0…3]; hash: words[0…7]; network order. */
  readonly words = new Uint32Array(8);
  /** An IPv4 name that is at the same time the top of IPv6 names: `1.0.0.2` is 2.0.0.1 and begins 2001::/16. */
  isNibblePath = false;
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;

  /** Reads the labels in bytes[start…end): wire form, whole labels, at least one, without root and apex. */
  read(zone: ZoneName, bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.isNibblePath = false;
    if (zone === 'domain') this.kind = 'name';
    else if (zone === 'hash') this.kind = this.readHash() ? 'hash' : 'malformed';
    else {
      this.kind = this.readAddress();
      if (zone === 'score' && this.kind === 'malformed')
        this.kind = this.readHash() ? 'hash' : this.nameKind();
    }
    return this;
  }

  private readAddress(): KeyKind {
    const { bytes, start, end, words } = this;
    words[0] = words[1] = words[2] = words[3] = 0;
    let octets = 0;
    let isOctets = true;
    let isNibbles = true;
    let count = 0;
    for (let at = start; at < end; count++) {
      const length = bytes[at]!;
      const octet = isOctets && count < 4 ? octetOf(bytes, at + 1, length) : -1;
      if (octet < 0) isOctets = false;
      else octets |= octet << (8 * count);
      const nibble = isNibbles && count < 32 && length === 1 ? nibbleOf(bytes[at + 1]!) : -1;
      if (nibble < 0) isNibbles = false;
      else {
        const word = 3 - (count >> 3);
        words[word] = words[word]! | (nibble << ((count & 7) * 4));
      }
      if (!isOctets && !isNibbles) return 'malformed';
      at += length + 1;
    }
    if (isOctets && count === 4) {
      words[0] = octets;
      this.isNibblePath = isNibbles;
      return 'ipv4';
    }
    if (isNibbles && count === 32) {
      if (words[0] !== 0 || words[1] !== 0 || words[2] !== 0xffff) return 'ipv6';
      // An IPv4-mapped address is the IPv4 address.
      words[0] = words[3]!;
      return 'ipv4';
    }
    return 'partial';
  }

  private readHash(): boolean {
    const { bytes, start, end, words } = this;
    if (bytes[start] !== 52 || end - start !== 53) return false;
    words.fill(0);
    let pending = 0;
    let bits = 0;
    let at = 0;
    for (let i = start + 1; i < end; i++) {
      const digit = base32Of(bytes[i]!);
      if (digit < 0) return false;
      pending = ((pending << 5) | digit) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        words[at >> 2] = words[at >> 2]! | (((pending >> bits) & 255) << (24 - (at & 3) * 8));
        at++;
      }
    }
    // 52 digits are 260 bits: the last four are padding.
    return (pending & 15) === 0;
  }

  private nameKind(): KeyKind {
    // No top-level domain is a number: what ends in one is an address written wrong.
    const { bytes, start, end } = this;
    let last = start;
    for (let at = start; at < end; at += bytes[at]! + 1) last = at;
    return octetLike(bytes, last + 1, end) ? 'malformed' : 'name';
  }
}

const NOTHING = new Uint8Array(0);

/** Whether a question of this kind can be answered by a listing of the zone. */
export const canHold = (zone: ZoneName, kind: 'address' | 'name' | 'hash'): boolean =>
  zone === 'score' ||
  (kind === 'address' ? isAddressZone(zone) : kind === 'name' ? zone === 'domain' : zone === 'hash');

function octetOf(bytes: Uint8Array, at: number, length: number): number {
  if (length < 1 || length > 3 || (length > 1 && bytes[at] === 0x30)) return -1;
  let value = 0;
  for (let i = at; i < at + length; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value <= 255 ? value : -1;
}

function octetLike(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  }
  return true;
}

function nibbleOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function base32Of(byte: number): number {
  if (byte >= 0x32 && byte <= 0x37) return byte - 0x32 + 26;
  const letter = byte | 0x20;
  return byte >= 0x41 && letter >= 0x61 && letter <= 0x7a ? letter - 0x61 : -1;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
