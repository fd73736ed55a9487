/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// The common case of answer.ts without an object per query: one question of class IN in a zone of ours, with a plain
// OPT (RFC 6891) or none. What it answers is octet for octet what answer() would; all else it leaves to answer().
import { CLASS_IN, RCODE, soaRecord, TYPE } from '@sekisho/dns-wire';
import { ABSENT, QuestionKey, testCode, ZONE_NAMES, type ZoneIndex } from '@sekisho/zone';
import type { ServerState } from '../answer/server-state.js';
import {
  EXPIRE_SECONDS,
  NEGATIVE_TTL_SECONDS,
  REFRESH_SECONDS,
  RETRY_SECONDS,
  TTL_SECONDS,
} from '../answer/timing.js';
import { HotGuard, OPEN, RATE } from './hot-guard.js';
import { ZoneFinder } from './zone-finder.js';

/** Not for the hot path: hand the packet, which is unchanged, to answer(). */
export const UNUSUAL = 0;
/** A response or too short: it must not be answered. */
export const DROP = -1;

const HEADER_BYTES = 12;
const OPT_BYTES = 11;
const MIN_UDP_SIZE = 512;
const UDP_SIZE = 1232;
const ADDRESS_BYTES = 16;

/** What all answers depend on besides the zones. Can be sent to another thread. */
export type HotNames = Pick<ServerState, 'apexName' | 'hostName' | 'hostmasterName'>;

interface HotZone {
  readonly index: ZoneIndex;
  /** The SOA of negative answers without its owner. */
  readonly soa: Uint8Array;
  serial: number;
  /** The answer section for each handle of a code set. */
  readonly answers: (Uint8Array | undefined)[];
}

export class HotAnswerer {
  /** Answers so far: two for each place in ZONE_NAMES, NOERROR and NXDOMAIN. */
  readonly counts: Float64Array;
  private readonly zones: (HotZone | undefined)[] = ZONE_NAMES.map(() => undefined);
  private readonly finder: ZoneFinder;
  private readonly key = new QuestionKey();
  private readonly single = new Uint8Array(ADDRESS_BYTES);

  /** `counts`, when given, has 2 × ZONE_NAMES.length places and can be shared with another thread. */
  constructor(
    private readonly names: HotNames,
    counts?: Float64Array,
    private readonly guard = new HotGuard(OPEN),
  ) {
    this.finder = new ZoneFinder(names.apexName);
    this.counts = counts ?? new Float64Array(2 * ZONE_NAMES.length);
  }

  /** Serves a zone from this index from now on. */
  use(index: ZoneIndex): void {
    const { hostName: mname, hostmasterName: rname } = this.names;
    const serial = index.dnsSerial;
    const { content } = soaRecord(HEADER_BYTES, NEGATIVE_TTL_SECONDS, {
      mname,
      rname,
      serial,
      refreshSeconds: REFRESH_SECONDS,
      retrySeconds: RETRY_SECONDS,
      expireSeconds: EXPIRE_SECONDS,
      minimumSeconds: NEGATIVE_TTL_SECONDS,
    });
    const soa = new Uint8Array(10 + content.length);
    const view = new DataView(soa.buffer);
    view.setUint16(0, TYPE.SOA);
    view.setUint16(2, CLASS_IN);
    view.setUint32(4, NEGATIVE_TTL_SECONDS);
    view.setUint16(8, content.length);
    soa.set(content, 10);
    this.zones[ZONE_NAMES.indexOf(index.zone)] = { index, soa, serial, answers: [] };
  }

  /** Takes over the serials that the writer has set; before each batch of packets. */
  refresh(): void {
    for (const zone of this.zones) {
      if (!zone) continue;
      const serial = zone.index.dnsSerial;
      if (serial === zone.serial) continue;
      zone.serial = serial;
      writeWord(zone.soa, zone.soa.length - 20, serial);
    }
  }

  /**
   * Turns the query in bytes[start…start+length) into its answer in the same place; behind it there must be room for
   * 1232 octets. The length of the answer, or UNUSUAL, or DROP.
   */
  answer(bytes: Uint8Array, start: number, length: number): number {
    if (length < HEADER_BYTES || (bytes[start + 2]! & 0x80) !== 0) return DROP;
    // Opcode, and the counts of questions and records: 1, 0, 0 and at most 1.
    if (
      (bytes[start + 2]! & 0x78) !== 0 ||
      bytes[start + 4] !== 0 ||
      bytes[start + 5] !== 1 ||
      bytes[start + 6] !== 0 ||
      bytes[start + 7] !== 0 ||
      bytes[start + 8] !== 0 ||
      bytes[start + 9] !== 0 ||
      bytes[start + 10] !== 0 ||
      bytes[start + 11]! > 1
    )
      return UNUSUAL;
    const { finder } = this;
    const nameStart = start + HEADER_BYTES;
    const place = finder.find(bytes, nameStart, start + length);
    const zone = place < 0 ? undefined : this.zones[place];
    if (!zone || finder.front === nameStart) return UNUSUAL;
    let member = -1;
    if (this.guard.isByKey) {
      member = finder.last === nameStart ? -1 : this.guard.memberOf(bytes, finder.last);
      if (member < 0) return UNUSUAL;
    }
    const questionEnd = finder.end + 4;
    const hasOpt = bytes[start + 11] === 1;
    if (start + length !== (hasOpt ? questionEnd + OPT_BYTES : questionEnd)) return UNUSUAL;
    if (
      bytes[questionEnd - 4] !== 0 ||
      !isPlainType(bytes[questionEnd - 3]!) ||
      bytes[questionEnd - 2] !== 0 ||
      bytes[questionEnd - 1] !== CLASS_IN
    )
      return UNUSUAL;
    let limit = MIN_UDP_SIZE;
    if (hasOpt) {
      if (!isPlainOpt(bytes, questionEnd)) return UNUSUAL;
      const size = (bytes[questionEnd + 3]! << 8) | bytes[questionEnd + 4]!;
      limit = size < MIN_UDP_SIZE ? MIN_UDP_SIZE : size > UDP_SIZE ? UDP_SIZE : size;
    }
    return this.write(bytes, start, place, zone, questionEnd, hasOpt, limit, member);
  }

  private write(
    bytes: Uint8Array,
    start: number,
    place: number,
    zone: HotZone,
    questionEnd: number,
    hasOpt: boolean,
    limit: number,
    member: number,
  ): number {
    const { key, finder, guard } = this;
    const labelsEnd = member < 0 ? finder.front : finder.last;
    key.read(ZONE_NAMES[place]!, bytes, start + HEADER_BYTES, labelsEnd);
    const test = testCode(key, ZONE_NAMES[place]!);
    const found = test ?? zone.index.find(key);
    const isListed = found > 0;
    const isPositive = isListed && bytes[questionEnd - 3] === TYPE.A;
    const records = isPositive
      ? test === undefined
        ? this.answersOf(zone, found)
        : this.singleAnswer(found)
      : zone.soa;
    if (!records) return UNUSUAL;
    const ownerBytes = isPositive ? 0 : 2;
    const end = questionEnd + ownerBytes + records.length;
    const length = end - start + (hasOpt ? OPT_BYTES : 0);
    if (length > limit) return UNUSUAL;
    const rcode = found === ABSENT ? RCODE.NXDOMAIN : RCODE.NOERROR;
    const kind = isPositive ? RATE.responses : rcode === RCODE.NOERROR ? RATE.nodata : RATE.nxdomains;
    // Equal answers: a listing by its name, what is not there by its zone.
    if (!guard.isUnderRate(kind, bytes, isPositive ? start + HEADER_BYTES : finder.front, finder.end))
      return UNUSUAL;
    if (member >= 0 && !guard.count(member)) return UNUSUAL;
    bytes[start + 2] = 0x84 | (bytes[start + 2]! & 1);
    bytes[start + 3] = rcode;
    let at = questionEnd;
    if (isPositive) bytes[start + 7] = records.length / ADDRESS_BYTES;
    else {
      bytes[start + 9] = 1;
      const owner = finder.front - start;
      bytes[at] = 0xc0 | (owner >> 8);
      bytes[at + 1] = owner & 255;
      at += 2;
    }
    for (let i = 0; i < records.length; i++) bytes[at + i] = records[i]!;
    if (hasOpt) writeOpt(bytes, end);
    this.counts[place * 2 + (rcode === RCODE.NXDOMAIN ? 1 : 0)]!++;
    return length;
  }

  /** undefined when the set came after the array of sets that this thread knows. */
  private answersOf(zone: HotZone, handle: number): Uint8Array | undefined {
    const there = zone.answers[handle];
    if (there) return there;
    const { codes } = zone.index.tables;
    if (!codes.has(handle)) return undefined;
    const count = codes.count(handle);
    const records = new Uint8Array(count * ADDRESS_BYTES);
    for (let i = 0; i < count; i++) writeAddress(records, i * ADDRESS_BYTES, codes.codeAt(handle, i));
    // One octet of the count is all that is written; so many codes do not fit anyway.
    if (count > 255) return undefined;
    zone.answers[handle] = records;
    return records;
  }

  private singleAnswer(code: number): Uint8Array {
    writeAddress(this.single, 0, code);
    return this.single;
  }
}

// What mail servers, filters and resolvers with QNAME minimisation (RFC 9156) ask for.
function isPlainType(type: number): boolean {
  return type === TYPE.A || type === TYPE.AAAA || type === TYPE.NS;
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

function writeOpt(bytes: Uint8Array, at: number): void {
  bytes[at] = 0;
  bytes[at + 1] = 0;
  bytes[at + 2] = TYPE.OPT;
  bytes[at + 3] = UDP_SIZE >> 8;
  bytes[at + 4] = UDP_SIZE & 255;
  for (let i = at + 5; i < at + OPT_BYTES; i++) bytes[i] = 0;
}

function writeAddress(bytes: Uint8Array, at: number, code: number): void {
  bytes[at] = 0xc0;
  bytes[at + 1] = HEADER_BYTES;
  bytes[at + 2] = 0;
  bytes[at + 3] = TYPE.A;
  bytes[at + 4] = 0;
  bytes[at + 5] = CLASS_IN;
  writeWord(bytes, at + 6, TTL_SECONDS);
  bytes[at + 10] = 0;
  bytes[at + 11] = 4;
  writeWord(bytes, at + 12, code);
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = (word >>> 16) & 255;
  bytes[at + 2] = (word >>> 8) & 255;
  bytes[at + 3] = word & 255;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
