/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// Names in data files: labels with dots between them, empty labels left out, `\X` and `\DDD` as in RFC 1035 section 5.1.
// In wire form without the root label, lower case; the empty name is the zone itself.
import { BACKSLASH, DOT, isDigit, lowerCase, type Line } from './line.js';

/** RFC 1035 section 2.3.4, without the root label. */
const MAX_NAME = 254;
const MAX_LABEL = 63;

/** Reads a word as a name into `into` (at least 255 octets). The length in wire form, -1 for what is no name. */
export function readNameWord(line: Line, into: Uint8Array): number {
  const end = line.wordEnd();
  if (end === line.at) return -1;
  const { bytes } = line;
  let start = 0;
  let length = 1;
  for (let at = line.at; at < end;) {
    let octet = bytes[at++]!;
    if (octet === DOT) {
      if (length - start - 1 > MAX_LABEL) return -1;
      if (length - start > 1) {
        into[start] = length - start - 1;
        start = length++;
      }
      continue;
    }
    if (octet === BACKSLASH) {
      if (at >= end) break;
      octet = bytes[at++]!;
      if (isDigit(octet)) {
        octet -= 0x30;
        for (let digits = 1; digits < 3 && at < end && isDigit(bytes[at]!); digits++) {
          octet = octet * 10 + bytes[at++]! - 0x30;
        }
        if (octet > 255) return -1;
      }
    }
    if (length >= MAX_NAME) return -1;
    into[length++] = lowerCase(octet);
  }
  if (length - start - 1 > MAX_LABEL) return -1;
  line.at = end;
  line.skipSpace();
  if (length - start === 1) return start;
  into[start] = length - start - 1;
  return length;
}

/** The wire form without root label of a name given as text; undefined when it is none. Reads no escapes. */
export function wireName(text: string): Uint8Array | undefined {
  const labels = text.split('.').filter((label) => label !== '');
  const octets = labels.flatMap((label) => [
    label.length,
    ...Array.from(label, (character) => lowerCase(character.charCodeAt(0))),
  ]);
  const isName = labels.every((label) => /^[\x21-\x7e]{1,63}$/.test(label)) && octets.length <= MAX_NAME;
  return isName ? Uint8Array.from(octets) : undefined;
}

/** Octets that stand for something in a zone file, so they are shown escaped: " . ; \ @ $ */
const SPECIAL = new Set([0x22, 0x2e, 0x3b, 0x5c, 0x40, 0x24]);

/** The text of a wire name without root label, as TXT records show it. */
export function shownName(bytes: Uint8Array, start: number, end: number): number[] {
  const text: number[] = [];
  for (let at = start; at < end;) {
    const stop = at + 1 + bytes[at]!;
    if (at > start) text.push(DOT);
    for (at++; at < stop; at++) {
      const octet = bytes[at]!;
      if (SPECIAL.has(octet)) text.push(BACKSLASH, octet);
      else if (octet > 0x20 && octet < 0x7f) text.push(octet);
      else {
        text.push(BACKSLASH);
        for (const digit of octet.toString().padStart(3, '0')) text.push(digit.charCodeAt(0));
      }
    }
  }
  return text;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
