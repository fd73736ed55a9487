/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// RFC 5782 section 2.1 and 2.4, as wide as rbldnsd reads it: octets may have leading zeros; in a zone with IPv4 entries
// a mapped (::ffff:0:0/96) or 6to4 (2002::/16, RFC 3056) address asks for the IPv4 address in it.

const MAPPED = 0xffff;
const SIX_TO_FOUR = 0x2002;

/** What the labels in front of a zone say as an address; one object is reused for every question. */
export class QueryAddress {
  isIpv4 = false;
  isIpv6 = false;
  readonly ipv4 = new Uint32Array(1);
  readonly ipv6 = new Uint32Array(4);
  /** A name that is only the beginning of addresses' names: the first and last of them; also for isIpv4 as nibbles. */
  isIpv4Part = false;
  isIpv6Part = false;
  readonly first4 = new Uint32Array(1);
  readonly last4 = new Uint32Array(1);
  readonly first6 = new Uint32Array(4);
  readonly last6 = new Uint32Array(4);

  /** Reads bytes[start…end): wire form, whole labels. `hasIpv4`: the zone has IPv4 entries. */
  read(bytes: Uint8Array, start: number, end: number, hasIpv4: boolean): void {
    this.isIpv4 = this.isIpv6 = this.isIpv4Part = this.isIpv6Part = false;
    if (start >= end) return;
    const octets = this.readOctets(bytes, start, end);
    this.isIpv4 = octets === 4;
    this.isIpv4Part = octets > 0 && octets < 4;
    const nibbles = this.readNibbles(bytes, start, end);
    this.isIpv6 = nibbles === 32;
    this.isIpv6Part = nibbles > 0 && nibbles < 32;
    if (this.isIpv6 && hasIpv4) this.readEmbedded();
  }

  /** The number of octets, 0 when it is something else. */
  private readOctets(bytes: Uint8Array, start: number, end: number): number {
    let address = 0;
    let count = 0;
    for (let at = start; at < end; at += bytes[at]! + 1) {
      const octet = count < 4 ? octetOf(bytes, at) : -1;
      if (octet < 0) return 0;
      address += octet * 2 ** (8 * count++);
    }
    const free = 2 ** (32 - 8 * count);
    this.ipv4[0] = address;
    this.first4[0] = address * free;
    this.last4[0] = address * free + free - 1;
    return count;
  }

  /** The number of nibbles, 0 when it is something else. */
  private readNibbles(bytes: Uint8Array, start: number, end: number): number {
    const count = (end - start) / 2;
    if (!Number.isInteger(count) || count > 32) return 0;
    const { first6, last6, ipv6 } = this;
    first6.fill(0);
    last6.fill(0xffff_ffff);
    for (let i = 0; i < count; i++) {
      const nibble = bytes[start + i * 2] === 1 ? nibbleOf(bytes[start + i * 2 + 1]!) : -1;
      if (nibble < 0) return 0;
      const place = count - 1 - i;
      const shift = 28 - (place & 7) * 4;
      first6[place >> 3] = first6[place >> 3]! | (nibble << shift);
      last6[place >> 3] = last6[place >> 3]! & ~((15 - nibble) << shift);
    }
    ipv6.set(first6);
    return count;
  }

  private readEmbedded(): void {
    const [a = 0, b = 0, c = 0, d = 0] = this.ipv6;
    if (a >>> 16 === SIX_TO_FOUR) {
      this.isIpv4 = true;
      this.ipv4[0] = ((a & 0xffff) << 16) | (b >>> 16);
    } else if (a === 0 && b === 0 && c === MAPPED) {
      this.isIpv4 = true;
      this.isIpv6 = false;
      this.ipv4[0] = d;
    }
  }

  /** Narrows first4 and last4 to the IPv4 addresses inside the mapped or 6to4 names that this is the beginning of. */
  embedPart(kind: 'mapped' | 'six-to-four'): boolean {
    const { first6, last6, first4, last4 } = this;
    if (!this.isIpv6Part) return false;
    if (kind === 'mapped') {
      if (first6[0] !== 0 || first6[1] !== 0 || first6[2]! > MAPPED || last6[2]! < MAPPED) return false;
      first4[0] = first6[2] === MAPPED ? first6[3]! : 0;
      last4[0] = last6[2] === MAPPED ? last6[3]! : 0xffff_ffff;
      return true;
    }
    if (first6[0]! >>> 16 > SIX_TO_FOUR || last6[0]! >>> 16 < SIX_TO_FOUR) return false;
    first4[0] = first6[0]! >>> 16 === SIX_TO_FOUR ? (first6[0]! << 16) | (first6[1]! >>> 16) : 0;
    last4[0] = last6[0]! >>> 16 === SIX_TO_FOUR ? (last6[0]! << 16) | (last6[1]! >>> 16) : 0xffff_ffff;
    return true;
  }
}

function octetOf(bytes: Uint8Array, at: number): number {
  const length = bytes[at]!;
  if (length < 1 || length > 3) return -1;
  let octet = 0;
  for (let i = at + 1; i <= at + length; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    octet = octet * 10 + digit;
  }
  return octet <= 255 ? octet : -1;
}

function nibbleOf(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return octet > 0x40 && letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
