/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// A subject as the words or bytes under which the index keeps it, and back.
import { formatBytes, parseIp, parseNetwork, type Subject } from '@sekisho/subject';
import { MAX_NAME_BYTES } from './name-table.js';

export type SubjectKey =
  | { readonly kind: 'ipv4' | 'ipv6'; readonly words: Uint32Array }
  | { readonly kind: 'network4' | 'network6'; readonly words: Uint32Array; readonly prefixLength: number }
  | { readonly kind: 'address' | 'fingerprint'; readonly words: Uint32Array }
  | { readonly kind: 'name'; readonly bytes: Uint8Array };

/** @throws {SubjectInvalid} for a value that is not canonical text of its type @throws {RangeError} for a subscriber */
export function keyOfSubject(subject: Subject): SubjectKey {
  switch (subject.type) {
    case 'ip': {
      const dotted = wordOfDotted(subject.value);
      if (dotted >= 0) return { kind: 'ipv4', words: Uint32Array.of(dotted) };
      const words = wordsOfGroups(subject.value) ?? wordsOfBytes(parseIp(subject.value).bytes);
      return { kind: words.length === 1 ? 'ipv4' : 'ipv6', words };
    }
    case 'network': {
      const { bytes, prefixLength } = parseNetwork(subject.value);
      const words = wordsOfBytes(bytes);
      if (prefixLength === words.length * 32) return { kind: words.length === 1 ? 'ipv4' : 'ipv6', words };
      return { kind: words.length === 1 ? 'network4' : 'network6', words, prefixLength };
    }
    case 'domain':
      return { kind: 'name', bytes: wireOfDomain(subject.value) };
    case 'address':
    case 'fingerprint':
      return { kind: subject.type, words: wordsOfHex(subject.value) };
    case 'subscriber':
      throw new RangeError('a subscriber is never in a zone');
  }
}

export function subjectOfIp(words: Uint32Array, at: number, width: number): Subject {
  return { type: 'ip', value: formatBytes(bytesOfWords(words, at, width)) };
}

export function subjectOfNetwork(words: Uint32Array, at: number, width: number, length: number): Subject {
  return { type: 'network', value: `${formatBytes(bytesOfWords(words, at, width))}/${length}` };
}

export function subjectOfHash(type: 'address' | 'fingerprint', words: Uint32Array, at: number): Subject {
  let value = '';
  for (let i = 0; i < 8; i++) value += words[at + i]!.toString(16).padStart(8, '0');
  return { type, value };
}

export function subjectOfWireName(bytes: Uint8Array, start: number, end: number): Subject {
  const labels: string[] = [];
  for (let at = start; at < end; at += bytes[at]! + 1) {
    labels.push(String.fromCharCode(...bytes.subarray(at + 1, at + 1 + bytes[at]!)));
  }
  return { type: 'domain', value: labels.join('.') };
}

// Most entries of most zones are IPv4: parseIp takes ten times as long. -1 sends everything unusual there.
function wordOfDotted(text: string): number {
  let word = 0;
  let octet = -1;
  let octets = 0;
  for (let i = 0; i <= text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit >= 0 && digit <= 9 && octet !== 0) octet = Math.max(octet, 0) * 10 + digit;
    else if (octet >= 0 && octet <= 255 && (i === text.length || text[i] === '.')) {
      word = word * 256 + octet;
      octet = -1;
      octets++;
    } else return -1;
  }
  return octets === 4 ? word : -1;
}

// The same for IPv6 in plain hex groups; undefined sends mapped addresses and everything unusual to parseIp.
function wordsOfGroups(text: string): Uint32Array | undefined {
  const [head = '', tail, ...more] = text.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - front.length - back.length;
  const isWhole = tail === undefined ? missing === 0 : missing > 0;
  if (!isWhole || more.length > 0) return undefined;
  const words = new Uint32Array(4);
  const put = (groups: readonly string[], first: number) =>
    groups.every((group, i) => {
      const place = first + i;
      words[place >> 1] = words[place >> 1]! | (Number.parseInt(group, 16) << (place & 1 ? 0 : 16));
      return /^[0-9a-f]{1,4}$/.test(group);
    });
  if (!put(front, 0) || !put(back, 8 - back.length)) return undefined;
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff ? undefined : words;
}

function wireOfDomain(domain: string): Uint8Array {
  const labels = domain.split('.');
  if (domain.length + 1 > MAX_NAME_BYTES || !labels.every((label) => /^[\x21-\x7e]{1,63}$/.test(label))) {
    throw new RangeError('not a domain name of at most 253 characters with labels of at most 63');
  }
  const bytes = new Uint8Array(domain.length + 1);
  let at = 0;
  for (const label of labels) {
    bytes[at++] = label.length;
    for (let i = 0; i < label.length; i++) bytes[at++] = label.toLowerCase().charCodeAt(i);
  }
  return bytes;
}

function wordsOfBytes(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4));
}

function bytesOfWords(words: Uint32Array, at: number, width: number): Uint8Array {
  const bytes = new Uint8Array(width * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < width; i++) view.setUint32(i * 4, words[at + i]!);
  return bytes;
}

function wordsOfHex(hex: string): Uint32Array {
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new RangeError('not a SHA-256 in lower-case hex');
  return Uint32Array.from({ length: 8 }, (_, i) => Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16));
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
