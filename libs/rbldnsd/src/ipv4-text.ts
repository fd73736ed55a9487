// IPv4 addresses, prefixes and ranges as rbldnsd(8) reads them, section "ip4set Dataset".
import { DASH, DOT, isDigit, SLASH, type Line } from './line.js';

/** Filled by the readers below; one object is reused for every line. */
export class Ipv4Range {
  first = 0;
  last = 0;
  /** The prefix length as written; 32 for a range `a-b`. */
  bits = 0;
}

/** The host bits of a prefix length, all ones. */
const hostMask = (bits: number): number => 2 ** (32 - bits) - 1;

/** One to four octets: the address with zeros behind, and 8, 16, 24 or 32 bits; 0 bits when it is none. */
function readOctets(line: Line): { address: number; bits: number } {
  let address = 0;
  for (let bits = 8; ; bits += 8) {
    if (!isDigit(line.peek())) return NO_ADDRESS;
    let octet = 0;
    for (; isDigit(line.peek()); line.at++) {
      octet = octet * 10 + line.peek() - 0x30;
      if (octet > 255) return NO_ADDRESS;
    }
    address += octet * 2 ** (32 - bits);
    if (bits === 32 || line.peek() !== DOT) return { address, bits };
    line.at++;
  }
}

const NO_ADDRESS = { address: 0, bits: 0 };

/** A whole address of four octets, undefined for anything else. */
export function readIpv4(line: Line): number | undefined {
  const { address, bits } = readOctets(line);
  return bits === 32 ? address : undefined;
}

/**
 * An A value: `127.0.0.5`, or one number N for 127.0.0.N; fewer octets as inet_aton reads them.
 * 0 when it is none: 0.0.0.0 is no value either.
 */
export function readAddressValue(line: Line): number {
  const { address, bits } = readOctets(line);
  if (bits === 0) return 0;
  if (bits === 8) return address === 0 ? 0 : 0x7f00_0000 + address / 2 ** 24;
  if (bits === 32) return address;
  const last = Math.floor(address / 2 ** (32 - bits)) % 256;
  return address - last * 2 ** (32 - bits) + last;
}

function readPrefixLength(line: Line, max: number): number {
  if (!isDigit(line.peek())) return -1;
  let bits = 0;
  for (; isDigit(line.peek()); line.at++) {
    bits = bits * 10 + line.peek() - 0x30;
    if (bits > max) return -1;
  }
  return bits;
}

/** `192.0.2.0/24`, `192.0.2` or an address. False when it is none of these. */
export function readCidr(line: Line, range: Ipv4Range): boolean {
  const { address, bits } = readOctets(line);
  return bits > 0 && completeCidr(line, range, address, bits);
}

function completeCidr(line: Line, range: Ipv4Range, address: number, octetBits: number): boolean {
  let bits = octetBits;
  if (line.peek() === SLASH) {
    line.at++;
    bits = readPrefixLength(line, 32);
    // One bare number is more often a slip than a /8.
  } else if (bits === 8) return false;
  if (bits < 0) return false;
  range.first = address;
  range.bits = bits;
  range.last = address - (address % 2 ** (32 - bits)) + hostMask(bits);
  return true;
}

/** What readCidr reads, or `10.0.0.1-10.0.0.9`, `10.0.0.1-9`, `127.16-31`. */
export function readRange(line: Line, range: Ipv4Range): boolean {
  const { address, bits } = readOctets(line);
  if (bits === 0) return false;
  if (line.peek() !== DASH) return completeCidr(line, range, address, bits);
  line.at++;
  const to = readOctets(line);
  let last = to.address;
  // One octet replaces the last one of the beginning.
  if (to.bits === 8) last = address - (address % 2 ** (40 - bits)) + (last / 2 ** 24) * 2 ** (32 - bits);
  else if (to.bits !== bits) return false;
  if (to.bits === 0) return false;
  last += hostMask(bits);
  if (address > last) return false;
  range.first = address;
  range.last = last;
  range.bits = 32;
  return true;
}

export const hasHostBits = (range: Ipv4Range): boolean => range.first % 2 ** (32 - range.bits) !== 0;

/** `a.b.c.d` as octets of ASCII. */
export function shownIpv4(address: number): number[] {
  const text: number[] = [];
  for (let shift = 24; shift >= 0; shift -= 8) {
    if (shift < 24) text.push(DOT);
    for (const digit of ((address >>> shift) & 255).toString()) text.push(digit.charCodeAt(0));
  }
  return text;
}
