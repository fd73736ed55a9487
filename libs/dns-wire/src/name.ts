// Names: RFC 1035 section 3.1 (labels), 2.3.4 (sizes), 4.1.4 (compression); text form with escapes, section 5.1.

/** Octets of a name in wire form, with the root label. */
const MAX_NAME = 255;
const MAX_LABEL = 63;

export interface ReadName {
  /** Wire form without compression, with the root label; the letters keep their case. May be part of the message. */
  readonly name: Uint8Array;
  /** Where the message goes on. */
  readonly end: number;
}

/**
 * The name at `at`. A pointer may only lead strictly backwards, before the labels that it continues, so reading
 * always ends. undefined for a label type other than 00 and 11, a name over 255 octets or cut off.
 */
export function readName(message: Uint8Array, at: number): ReadName | undefined {
  const plainEnd = endOfPlainName(message, at);
  if (plainEnd > 0) return { name: message.subarray(at, plainEnd), end: plainEnd };
  const name = new Uint8Array(MAX_NAME);
  let length = 0;
  let end = -1;
  let segment = at;
  let place = at;
  for (;;) {
    const label = message[place];
    if (label === undefined) return undefined;
    if (label >= 0xc0) {
      const low = message[place + 1];
      if (low === undefined) return undefined;
      const target = ((label & 0x3f) << 8) | low;
      if (target >= segment) return undefined;
      if (end < 0) end = place + 2;
      segment = target;
      place = target;
      continue;
    }
    if (label > MAX_LABEL || length + 1 + label > MAX_NAME || place + 1 + label > message.length)
      return undefined;
    name.set(message.subarray(place, place + 1 + label), length);
    length += 1 + label;
    place += 1 + label;
    if (label === 0) return { name: name.subarray(0, length), end: end < 0 ? place : end };
  }
}

/** Where a name without pointers ends, which every question is in practice; 0 for any other. */
function endOfPlainName(message: Uint8Array, at: number): number {
  for (let place = at; place < message.length && place - at < MAX_NAME;) {
    const label = message[place] ?? 0;
    if (label === 0) return place + 1;
    if (label > MAX_LABEL) return 0;
    place += 1 + label;
  }
  return 0;
}

/** The wire form, letters as they are, of a name written as text; undefined when it is none. Escapes are not read. */
export function nameOfText(text: string): Uint8Array | undefined {
  const bare = text.replace(/\.$/, '');
  if (bare === '') return new Uint8Array(1);
  const octets: number[] = [];
  for (const label of bare.split('.')) {
    if (!/^[\x21-\x5b\x5d-\x7e]{1,63}$/.test(label)) return undefined;
    octets.push(label.length);
    for (let i = 0; i < label.length; i++) octets.push(label.charCodeAt(i));
  }
  return octets.length < MAX_NAME ? Uint8Array.from([...octets, 0]) : undefined;
}

/** The text of a whole wire name without final dot (`.` for the root); odd octets as `\DDD`. */
export function textOfName(name: Uint8Array): string {
  return labelsOfName(name).join('.') || '.';
}

/** The labels of a wire name as text, without the root. */
export function labelsOfName(name: Uint8Array, start = 0, end = name.length): string[] {
  const labels: string[] = [];
  for (let at = start; at < end;) {
    const length = name[at] ?? 0;
    if (length === 0) break;
    labels.push(Array.from(name.subarray(at + 1, at + 1 + length), escaped).join(''));
    at += 1 + length;
  }
  return labels;
}

function escaped(octet: number): string {
  if (octet === 0x2e || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
  if (octet > 0x20 && octet < 0x7f) return String.fromCharCode(octet);
  return `\\${octet.toString().padStart(3, '0')}`;
}
