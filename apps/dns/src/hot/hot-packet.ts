/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// What the answerers of the hot path have in common: queries with one question of class IN and a plain OPT (RFC 6891)
// or none are answered in place, all else is left alone.
import { CLASS_IN, TYPE } from '@sekisho/dns-wire';
import type { Publication } from './hot-control.js';

/** Not for the hot path: hand the packet, which is unchanged, to the ordinary path. */
export const UNUSUAL = 0;
/** A response or too short: it must not be answered. */
export const DROP = -1;
/** Over the rate: it is not answered. */
export const LIMITED = -2;

export const HEADER_BYTES = 12;
export const OPT_BYTES = 11;
export const ADDRESS_RECORD_BYTES = 16;
const MIN_UDP_SIZE = 512;
const UDP_SIZE = 1232;

/** Answers packets in place. */
export interface PacketAnswerer {
  /** What it counts, by COUNT; written by this thread alone. */
  readonly counts: Float64Array;
  /** Serves from what was published from now on. */
  take(publication: Publication): void;
  /** Before each batch of packets. */
  refresh(nowMs: number): void;
  /**
   * Turns the query in bytes[start…start+length) into its answer in the same place; behind it there must be room for
   * 1232 octets. The length of the answer, or UNUSUAL, DROP or LIMITED.
   */
  answer(bytes: Uint8Array, start: number, length: number): number;
}

/** Whether a packet of at least HEADER_BYTES is a query with one question, no records and at most one additional. */
export function isPlainHeader(bytes: Uint8Array, start: number): boolean {
  return (
    (bytes[start + 2]! & 0x78) === 0 &&
    bytes[start + 4] === 0 &&
    bytes[start + 5] === 1 &&
    bytes[start + 6] === 0 &&
    bytes[start + 7] === 0 &&
    bytes[start + 8] === 0 &&
    bytes[start + 9] === 0 &&
    bytes[start + 10] === 0 &&
    bytes[start + 11]! <= 1
  );
}

/**
 * How long the answer may be, when what follows the name is a question of class IN for a type that mail servers, filters
 * and resolvers with QNAME minimisation (RFC 9156) ask for, and a plain OPT or nothing; 0: it is something else.
 */
export function limitOf(bytes: Uint8Array, questionEnd: number, end: number, hasOpt: boolean): number {
  if (end !== (hasOpt ? questionEnd + OPT_BYTES : questionEnd)) return 0;
  const type = bytes[questionEnd - 3]!;
  if (
    bytes[questionEnd - 4] !== 0 ||
    (type !== TYPE.A && type !== TYPE.AAAA && type !== TYPE.NS) ||
    bytes[questionEnd - 2] !== 0 ||
    bytes[questionEnd - 1] !== CLASS_IN
  )
    return 0;
  if (!hasOpt) return MIN_UDP_SIZE;
  if (!isPlainOpt(bytes, questionEnd)) return 0;
  const size = (bytes[questionEnd + 3]! << 8) | bytes[questionEnd + 4]!;
  return size < MIN_UDP_SIZE ? MIN_UDP_SIZE : size > UDP_SIZE ? UDP_SIZE : size;
}

/** Root owner, version 0, no options; flags and size are free. */
function isPlainOpt(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0 &&
    bytes[at + 1] === 0 &&
    bytes[at + 2] === TYPE.OPT &&
    bytes[at + 6] === 0 &&
    bytes[at + 9] === 0 &&
    bytes[at + 10] === 0
  );
}

/** Makes a header that of an authoritative answer without records. */
export function writeHeader(bytes: Uint8Array, start: number, rcode: number): void {
  bytes[start + 2] = 0x84 | (bytes[start + 2]! & 1);
  bytes[start + 3] = rcode;
}

/** The answer without its records and with TC. Its length. */
export function writeCut(
  bytes: Uint8Array,
  start: number,
  questionEnd: number,
  rcode: number,
  hasOpt: boolean,
): number {
  writeHeader(bytes, start, rcode);
  bytes[start + 2] = bytes[start + 2]! | 0x02;
  if (hasOpt) writeOpt(bytes, questionEnd);
  return questionEnd - start + (hasOpt ? OPT_BYTES : 0);
}

/**
 * Puts the zone's SOA, which comes without its owner, into the authority section. Where it ends.
 * @param front where the zone's name begins
 */
export function writeAuthority(
  bytes: Uint8Array,
  start: number,
  questionEnd: number,
  front: number,
  soa: Uint8Array,
): number {
  if (soa.length === 0) return questionEnd;
  bytes[start + 9] = 1;
  const owner = front - start;
  bytes[questionEnd] = 0xc0 | (owner >> 8);
  bytes[questionEnd + 1] = owner & 255;
  for (let i = 0; i < soa.length; i++) bytes[questionEnd + 2 + i] = soa[i]!;
  return questionEnd + 2 + soa.length;
}

export function writeOpt(bytes: Uint8Array, at: number): void {
  bytes[at] = 0;
  bytes[at + 1] = 0;
  bytes[at + 2] = TYPE.OPT;
  bytes[at + 3] = UDP_SIZE >> 8;
  bytes[at + 4] = UDP_SIZE & 255;
  for (let i = at + 5; i < at + OPT_BYTES; i++) bytes[i] = 0;
}

/** An A record of the name of the question. */
export function writeAddress(bytes: Uint8Array, at: number, address: number, ttlSeconds: number): void {
  bytes[at] = 0xc0;
  bytes[at + 1] = HEADER_BYTES;
  bytes[at + 2] = 0;
  bytes[at + 3] = TYPE.A;
  bytes[at + 4] = 0;
  bytes[at + 5] = CLASS_IN;
  writeWord(bytes, at + 6, ttlSeconds);
  bytes[at + 10] = 0;
  bytes[at + 11] = 4;
  writeWord(bytes, at + 12, address);
}

export function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = (word >>> 16) & 255;
  bytes[at + 2] = (word >>> 8) & 255;
  bytes[at + 3] = word & 255;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
