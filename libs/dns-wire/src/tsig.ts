// Transaction signatures: RFC 8945. The hash itself is passed in; here is what it covers, and in which order.
import { nameOfText, readName } from './name.js';
import { CLASS_ANY, TYPE } from './registry.js';

/** Algorithm names in wire form, lower case (RFC 8945 section 6). MD5 and what nobody uses are left out. */
export const TSIG_ALGORITHMS = ['hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;
export type TsigAlgorithm = (typeof TSIG_ALGORITHMS)[number];

/** Seconds that two clocks may differ (RFC 8945 section 10). */
export const TSIG_FUDGE_SECONDS = 300;

export const TSIG_ERROR = { BADSIG: 16, BADKEY: 17, BADTIME: 18, BADTRUNC: 22 } as const;

export interface Tsig {
  /** Wire form, lower case. */
  readonly keyName: Uint8Array;
  /** Wire form, lower case. */
  readonly algorithm: Uint8Array;
  /** Seconds since 1970, 48 bits. */
  readonly timeSigned: number;
  readonly fudgeSeconds: number;
  readonly mac: Uint8Array;
  readonly originalId: number;
  readonly error: number;
  readonly other: Uint8Array;
}

/** A TSIG as it was found: where its record starts in the message. */
export interface ReceivedTsig extends Tsig {
  readonly start: number;
}

export function tsigAlgorithmOf(wireName: Uint8Array): TsigAlgorithm | undefined {
  return TSIG_ALGORITHMS.find((name) => equals(algorithmName(name), wireName));
}

/** The wire form of an algorithm's name. */
export const algorithmName = (algorithm: TsigAlgorithm): Uint8Array =>
  nameOfText(algorithm) ?? new Uint8Array(1);

/** The record at `start`; undefined unless it is a whole and well-formed TSIG that ends the message. */
export function readTsig(message: Uint8Array, start: number): ReceivedTsig | undefined {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const owner = readName(message, start);
  if (!owner || owner.end + 10 > message.length) return undefined;
  const { end } = owner;
  if (view.getUint16(end + 2) !== CLASS_ANY || view.getUint32(end + 4) !== 0) return undefined;
  const algorithm = readName(message, end + 10);
  if (!algorithm || algorithm.end + 10 > message.length) return undefined;
  const at = algorithm.end;
  const macEnd = at + 10 + view.getUint16(at + 8);
  if (macEnd + 6 > message.length) return undefined;
  const otherEnd = macEnd + 6 + view.getUint16(macEnd + 4);
  if (otherEnd !== message.length || end + 10 + view.getUint16(end + 8) !== otherEnd) return undefined;
  return {
    keyName: lowerCase(owner.name),
    algorithm: lowerCase(algorithm.name),
    timeSigned: view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2),
    fudgeSeconds: view.getUint16(at + 6),
    mac: copyOf(message, at + 10, macEnd),
    originalId: view.getUint16(macEnd),
    error: view.getUint16(macEnd + 2),
    other: copyOf(message, macEnd + 6, otherEnd),
    start,
  };
}

/** The message as it was before its TSIG was added (section 4.3.2). */
export function withoutTsig(message: Uint8Array, { start, originalId }: ReceivedTsig): Uint8Array {
  const bare = copyOf(message, 0, start);
  const view = new DataView(bare.buffer);
  view.setUint16(0, originalId);
  view.setUint16(10, view.getUint16(10) - 1);
  return bare;
}

/** All variables in hashing order (section 4.3.3), for requests and the first message of an answer. */
export function tsigVariables(tsig: Tsig): Uint8Array {
  const { keyName, algorithm, other } = tsig;
  const bytes = new Uint8Array(keyName.length + 6 + algorithm.length + 12 + other.length);
  const view = new DataView(bytes.buffer);
  bytes.set(keyName);
  view.setUint16(keyName.length, CLASS_ANY);
  let at = keyName.length + 6;
  bytes.set(algorithm, at);
  at += algorithm.length;
  bytes.set(tsigTimers(tsig), at);
  view.setUint16(at + 8, tsig.error);
  view.setUint16(at + 10, other.length);
  bytes.set(other, at + 12);
  return bytes;
}

/** The timers alone, for later messages of a stream (section 5.3.1). */
export function tsigTimers({ timeSigned, fudgeSeconds }: Tsig): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(timeSigned / 2 ** 32));
  view.setUint32(2, timeSigned % 2 ** 32);
  view.setUint16(6, fudgeSeconds);
  return bytes;
}

/** A MAC in front of what it is chained to: its length, then itself. */
export function chainedMac(mac: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + mac.length);
  new DataView(bytes.buffer).setUint16(0, mac.length);
  bytes.set(mac, 2);
  return bytes;
}

/** Octets that a TSIG record will take. */
export const tsigBytes = ({ keyName, algorithm, mac, other }: Tsig): number =>
  keyName.length + 10 + algorithm.length + 16 + mac.length + other.length;

/** The message with the TSIG as its last record. */
export function appendTsig(message: Uint8Array, tsig: Tsig): Uint8Array {
  const { keyName, algorithm, mac, other } = tsig;
  const signed = new Uint8Array(message.length + tsigBytes(tsig));
  const view = new DataView(signed.buffer);
  signed.set(message);
  view.setUint16(10, view.getUint16(10) + 1);
  let at = message.length;
  signed.set(keyName, at);
  at += keyName.length;
  view.setUint16(at, TYPE.TSIG);
  view.setUint16(at + 2, CLASS_ANY);
  view.setUint16(at + 8, algorithm.length + 16 + mac.length + other.length);
  at += 10;
  signed.set(algorithm, at);
  at += algorithm.length;
  signed.set(tsigTimers(tsig), at);
  view.setUint16(at + 8, mac.length);
  signed.set(mac, at + 10);
  at += 10 + mac.length;
  view.setUint16(at, tsig.originalId);
  view.setUint16(at + 2, tsig.error);
  view.setUint16(at + 4, other.length);
  signed.set(other, at + 6);
  return signed;
}

/** Not slice(), which of a Node.js Buffer is no copy. */
const copyOf = (bytes: Uint8Array, start: number, end: number): Uint8Array =>
  new Uint8Array(bytes.subarray(start, end));

/** ASCII letters in lower case; length octets are below 64 and never letters. */
export const lowerCase = (name: Uint8Array): Uint8Array =>
  Uint8Array.from(name, (octet) => (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet));

const equals = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((octet, i) => octet === b[i]);
