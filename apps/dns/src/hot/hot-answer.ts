/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// The common case of answer.ts without an object per query: one question of class IN in a zone of ours, with a plain
// OPT (RFC 6891) or none. What it answers is octet for octet what answer() would; all else it leaves to answer().
import { CLASS_IN, RCODE, soaRecord, TYPE } from '@sekisho/dns-wire';
import { ABSENT, QuestionKey, testCode, ZONE_NAMES, ZoneIndex } from '@sekisho/zone';
import { RATE } from '../access/rate-table.js';
import type { ServerState } from '../answer/server-state.js';
import {
  EXPIRE_SECONDS,
  NEGATIVE_TTL_SECONDS,
  REFRESH_SECONDS,
  RETRY_SECONDS,
  TTL_SECONDS,
} from '../answer/timing.js';
import { COUNT, createCounts, type Publication } from './hot-control.js';
import { CUT, HotGuard, OPEN, SEND } from './hot-guard.js';
import {
  ADDRESS_RECORD_BYTES,
  DROP,
  HEADER_BYTES,
  isPlainHeader,
  LIMITED,
  limitOf,
  OPT_BYTES,
  UNUSUAL,
  writeAddress,
  writeAuthority,
  writeCut,
  writeHeader,
  writeOpt,
  writeWord,
  type PacketAnswerer,
} from './hot-packet.js';
import { ZoneFinder } from './zone-finder.js';

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

export class HotAnswerer implements PacketAnswerer {
  readonly counts: Float64Array;
  private readonly zones: (HotZone | undefined)[] = ZONE_NAMES.map(() => undefined);
  private readonly finder: ZoneFinder;
  private readonly key = new QuestionKey();
  private readonly single = new Uint8Array(ADDRESS_RECORD_BYTES);

  /** `counts`, when given, can be shared with another thread. */
  constructor(
    private readonly names: HotNames,
    counts?: Float64Array,
    private readonly guard = new HotGuard(OPEN),
  ) {
    this.finder = ZoneFinder.under(names.apexName);
    this.counts = counts ?? createCounts();
  }

  take(publication: Publication): void {
    if (publication.kind === 'zone') this.use(ZoneIndex.attach(publication.zone));
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

  answer(bytes: Uint8Array, start: number, length: number): number {
    if (length < HEADER_BYTES || (bytes[start + 2]! & 0x80) !== 0) return DROP;
    if (!isPlainHeader(bytes, start)) return UNUSUAL;
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
    const limit = limitOf(bytes, questionEnd, start + length, hasOpt);
    if (limit === 0) return UNUSUAL;
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
    const verdict = isPositive
      ? guard.judgeName(RATE.responses, TYPE.A, bytes, start + HEADER_BYTES, finder.end)
      : guard.judgeZone(rcode === RCODE.NOERROR ? RATE.nodata : RATE.nxdomains, place);
    if (verdict !== SEND && verdict !== CUT) return LIMITED;
    if (member >= 0 && !guard.count(member)) return UNUSUAL;
    this.counts[place * 2 + (rcode === RCODE.NXDOMAIN ? 1 : 0)]!++;
    if (verdict === CUT) {
      this.counts[COUNT.slipped]!++;
      return writeCut(bytes, start, questionEnd, rcode, hasOpt);
    }
    writeHeader(bytes, start, rcode);
    if (isPositive) {
      bytes[start + 7] = records.length / ADDRESS_RECORD_BYTES;
      for (let i = 0; i < records.length; i++) bytes[questionEnd + i] = records[i]!;
    } else writeAuthority(bytes, start, questionEnd, finder.front, records);
    if (hasOpt) writeOpt(bytes, end);
    return length;
  }

  /** undefined when the set came after the array of sets that this thread knows. */
  private answersOf(zone: HotZone, handle: number): Uint8Array | undefined {
    const there = zone.answers[handle];
    if (there) return there;
    const { codes } = zone.index.tables;
    if (!codes.has(handle)) return undefined;
    const count = codes.count(handle);
    const records = new Uint8Array(count * ADDRESS_RECORD_BYTES);
    for (let i = 0; i < count; i++)
      writeAddress(records, i * ADDRESS_RECORD_BYTES, codes.codeAt(handle, i), TTL_SECONDS);
    // One octet of the count is all that is written; so many codes do not fit anyway.
    if (count > 255) return undefined;
    zone.answers[handle] = records;
    return records;
  }

  private singleAnswer(code: number): Uint8Array {
    writeAddress(this.single, 0, code, TTL_SECONDS);
    return this.single;
  }
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
