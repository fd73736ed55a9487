/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// IPv6 prefixes as rbldnsd(8) reads them, section "ip6trie Dataset": words that are left off are zero, no dotted quads.
import { COLON, isDigit, SLASH, type Line } from './line.js';

/** An address as eight words of 16 bits, and the bits that were written; reused for every line. */
export class Ipv6Prefix {
  readonly words = new Uint16Array(8);
  bits = 0;
}

/** `2001:db8:1:2` is 64 bits, anything with `::` is 128. False when it is no prefix. */
export function readIpv6Words(line: Line, prefix: Ipv6Prefix): boolean {
  const { words } = prefix;
  words.fill(0);
  let count = 0;
  let gap = -1;
  let isComplete = false;
  if (line.peek() === COLON && line.peek(1) === COLON) {
    gap = 0;
    line.at += 2;
  }
  for (;;) {
    const start = line.at;
    let word = 0;
    for (let digit = hexOf(line.peek()); digit >= 0; digit = hexOf(line.peek())) {
      word = word * 16 + digit;
      if (word > 0xffff) break;
      line.at++;
    }
    if (line.at === start || word > 0xffff) break;
    words[count++] = word;
    if (line.peek() !== COLON || count === 8) {
      isComplete = true;
      break;
    }
    line.at++;
    if (gap < 0 && line.peek() === COLON) {
      gap = count;
      line.at++;
    }
  }
  prefix.bits = count * 16;
  if (gap < 0) return isComplete;
  if (count === 8) return false;
  const moved = count - gap;
  words.copyWithin(8 - moved, gap, count);
  words.fill(0, gap, 8 - moved);
  prefix.bits = 128;
  return true;
}

/** readIpv6Words with an optional `/bits`; one bare word is no prefix. */
export function readIpv6Cidr(line: Line, prefix: Ipv6Prefix): boolean {
  if (!readIpv6Words(line, prefix)) return false;
  if (line.peek() !== SLASH) return prefix.bits !== 16;
  line.at++;
  if (!isDigit(line.peek())) return false;
  let bits = 0;
  for (; isDigit(line.peek()); line.at++) {
    bits = bits * 10 + line.peek() - 0x30;
    if (bits > 128) return false;
  }
  prefix.bits = bits;
  return true;
}

export function hasIpv6HostBits({ words, bits }: Ipv6Prefix): boolean {
  for (let i = bits >> 4; i < 8; i++) {
    const hosts = i === bits >> 4 ? 0xffff >> (bits & 15) : 0xffff;
    if ((words[i]! & hosts) !== 0) return true;
  }
  return false;
}

function hexOf(octet: number): number {
  if (isDigit(octet)) return octet - 0x30;
  const letter = octet | 0x20;
  return octet > 0 && letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** RFC 5952: lower case, no leading zeros, the longest run of at least two zero words as `::`. Octets of ASCII. */
export function shownIpv6(words: Uint32Array): number[] {
  const groups = Array.from({ length: 8 }, (_, i) => (words[i >> 1]! >>> (i & 1 ? 0 : 16)) & 0xffff);
  let gap = -1;
  let gapLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > gapLength) {
      gap = i;
      gapLength = length;
    }
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  const text = gap < 0 ? hex(groups) : `${hex(groups.slice(0, gap))}::${hex(groups.slice(gap + gapLength))}`;
  return Array.from(text, (character) => character.charCodeAt(0));
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
