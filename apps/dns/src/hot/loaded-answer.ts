/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// The common case of answer-loaded.ts in place: what it answers is octet for octet what answerLoaded() would; all else
// it leaves to that.
import { CLASS_IN, RCODE, soaRecord, TYPE } from '@sekisho/dns-wire';
import { Answers, LoadedZone, type Wanted } from '@sekisho/rbldnsd';
import { RATE } from '../access/rate-table.js';
import { COUNT, type Publication, type PublishedZone } from './hot-control.js';
import { CUT, SEND, type HotGuard } from './hot-guard.js';
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
  type PacketAnswerer,
} from './hot-packet.js';
import { ZoneFinder } from './zone-finder.js';

const ADDRESSES: Wanted = { addresses: true, texts: false, others: false };
const NOTHING: Wanted = { addresses: false, texts: false, others: false };
/** The count of records has two octets, of which one is written. */
const MAX_ADDRESSES = 255;

interface HotLoadedZone {
  readonly zone: LoadedZone;
  /** The SOA of negative answers without its owner; empty when the zone has none. */
  readonly soa: Uint8Array;
}

export class LoadedAnswerer implements PacketAnswerer {
  private zones: readonly HotLoadedZone[] = [];
  private finder = new ZoneFinder([]);
  private readonly answers = new Answers();
  private nowSeconds = 0;

  constructor(
    readonly counts: Float64Array,
    private readonly guard: HotGuard,
  ) {}

  take(publication: Publication): void {
    if (publication.kind !== 'loaded') return;
    this.zones = publication.zones.map(hotZoneOf);
    this.finder = new ZoneFinder(publication.zones.map(({ wire }) => wire));
  }

  refresh(nowMs: number): void {
    this.nowSeconds = nowMs / 1000;
  }

  answer(bytes: Uint8Array, start: number, length: number): number {
    if (length < HEADER_BYTES || (bytes[start + 2]! & 0x80) !== 0) return DROP;
    if (!isPlainHeader(bytes, start)) return UNUSUAL;
    const { finder, answers, guard } = this;
    const nameStart = start + HEADER_BYTES;
    const place = finder.find(bytes, nameStart, start + length);
    const served = place < 0 ? undefined : this.zones[place];
    if (!served || finder.front === nameStart) return UNUSUAL;
    const { zone, soa } = served;
    if (zone.expiresAtSeconds !== undefined && zone.expiresAtSeconds < this.nowSeconds) return UNUSUAL;
    const questionEnd = finder.end + 4;
    const hasOpt = bytes[start + 11] === 1;
    const limit = limitOf(bytes, questionEnd, start + length, hasOpt);
    if (limit === 0) return UNUSUAL;
    const isForAddress = bytes[questionEnd - 3] === TYPE.A;
    zone.find(bytes, nameStart, finder.front, isForAddress ? ADDRESSES : NOTHING, answers);
    const count = answers.addressCount;
    const sectionBytes = count > 0 ? count * ADDRESS_RECORD_BYTES : soa.length > 0 ? soa.length + 2 : 0;
    const end = questionEnd + sectionBytes;
    const answerBytes = end - start + (hasOpt ? OPT_BYTES : 0);
    if (answerBytes > limit || count > MAX_ADDRESSES) return UNUSUAL;
    const rcode = answers.isFound || answers.isAbove ? RCODE.NOERROR : RCODE.NXDOMAIN;
    const verdict =
      count > 0
        ? guard.judgeName(RATE.responses, TYPE.A, bytes, nameStart, finder.end)
        : guard.judgeZone(rcode === RCODE.NOERROR ? RATE.nodata : RATE.nxdomains, place);
    if (verdict === CUT) {
      this.counts[COUNT.slipped]!++;
      return writeCut(bytes, start, questionEnd, rcode, hasOpt);
    }
    if (verdict !== SEND) return LIMITED;
    writeHeader(bytes, start, rcode);
    if (count > 0) {
      bytes[start + 7] = count;
      const ttlSeconds = answers.addressTtlSeconds;
      for (let i = 0; i < count; i++) {
        writeAddress(bytes, questionEnd + i * ADDRESS_RECORD_BYTES, answers.addressAt(i), ttlSeconds);
      }
    } else writeAuthority(bytes, start, questionEnd, finder.front, soa);
    if (hasOpt) writeOpt(bytes, end);
    return answerBytes;
  }
}

function hotZoneOf({ datasets, modifiedAtSeconds }: PublishedZone): HotLoadedZone {
  const zone = new LoadedZone(datasets, modifiedAtSeconds);
  if (!zone.soa) return { zone, soa: new Uint8Array(0) };
  const rooted = (name: Uint8Array) => Uint8Array.of(...name, 0);
  const { mname, rname, minimumSeconds } = zone.soa;
  const names = { mname: rooted(mname), rname: rooted(rname) };
  const { content } = soaRecord(0, minimumSeconds, { ...zone.soa, ...names });
  const soa = new Uint8Array(10 + content.length);
  const view = new DataView(soa.buffer);
  view.setUint16(0, TYPE.SOA);
  view.setUint16(2, CLASS_IN);
  view.setUint32(4, minimumSeconds);
  view.setUint16(8, content.length);
  soa.set(content, 10);
  return { zone, soa };
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
