// Zone transfer: RFC 5936 (AXFR), RFC 1995 (IXFR), signed as RFC 8945 section 5.3.1 says.
import {
  CLASS_IN,
  emptyReply,
  encodeResponse,
  isSerialNewer,
  optRecord,
  parseQuery,
  RCODE,
  TransferMessage,
  TYPE,
  type Query,
  type Question,
} from '@sekisho/dns-wire';
import type { Logger } from '@sekisho/telemetry';
import {
  expandChange,
  formerOf,
  Steps,
  ZONE_NAMES,
  ZoneImage,
  type HistoryStep,
  type NameChange,
  type ZoneIndex,
  type ZoneName,
} from '@sekisho/zone';
import { answer, signatureOf, soaOf, topSerial, type Signature } from '../answer/answer.js';
import { placeOf, type Place } from '../answer/place.js';
import type { ServerState, Transport } from '../answer/server-state.js';
import { TTL_SECONDS } from '../answer/timing.js';
import type { Signer } from './tsig-keys.js';
import type { ZoneHistories } from './zone-histories.js';
import { APEX, apexRecords, recordChanges, recordsOf, topRecords, type ZoneRecord } from './zone-records.js';

const MESSAGE_BYTES = 65_535;
const UDP_SIZE = 1_232;
/** Each may hold a copy of a zone; a secondary that is refused comes again after the SOA's retry time. */
const MAX_TRANSFERS = 16;
/** A difference of more than this share of the zone is no shorter than the zone. */
const MAX_CHANGED_SHARE = 0.5;
const SMALL_ZONE = 1_000;
/** Some microseconds each. */
const RECORDS_A_STRETCH = 100;

/**
 * One answer, or the messages of a transfer, made when they are asked for; undefined among them is a place where others
 * may have their turn.
 */
export type StreamAnswer = Uint8Array | undefined | Generator<Uint8Array | undefined>;

interface Image {
  /** What it is a copy of. */
  readonly index: ZoneIndex;
  readonly image: ZoneImage;
  readers: number;
}

/** Undefined: there may be a pause. */
type Records = Iterable<ZoneRecord | undefined>;

/** Answers queries by stream: transfers here, all others as by UDP. */
export class TransferServer {
  private readonly images = new Map<ZoneName, Image>();
  private running = 0;

  constructor(
    private readonly state: ServerState,
    private readonly histories: ZoneHistories | undefined,
    private readonly logger: Logger,
  ) {}

  respond(message: Uint8Array, transport: Transport, client: string): StreamAnswer {
    const query = parseQuery(message);
    const { state } = this;
    const { question } = query ?? {};
    const isTransfer =
      query?.rcode === RCODE.NOERROR &&
      (question?.type === TYPE.AXFR || question?.type === TYPE.IXFR) &&
      question.class === CLASS_IN;
    if (!query || !question || !isTransfer) return answer(message, state, transport, client);
    const signature = signatureOf(query, message, state);
    const fail = (rcode: number, destination: ZoneName | 'apex' | 'none' = 'none') => {
      state.count(destination, rcode, transport);
      state.countTransfer?.(destination, question.type === TYPE.AXFR ? 'AXFR' : 'IXFR', 'refused');
      const bytes = encodeResponse(query, emptyReply(rcode), { maxBytes: MESSAGE_BYTES, udpSize: UDP_SIZE });
      return signature.signer?.sign(bytes) ?? bytes;
    };
    if (signature.refusal) return fail(signature.refusal.reply.rcode);
    const place = placeOf(question.name, state.apexName);
    const isApex = place.kind === 'apex' || (place.kind === 'zone' && place.end === 0);
    if (!signature.isAuthentic && !state.mayTransfer(client)) return fail(RCODE.REFUSED);
    if (!isApex) return fail(RCODE.NOTAUTH);
    if (question.type === TYPE.IXFR && query.knownSerial === undefined) return fail(RCODE.FORMERR);
    const content = place.kind === 'zone' ? this.ofZone(query, place) : this.ofTop();
    if (!content || this.running >= MAX_TRANSFERS) return fail(RCODE.SERVFAIL);
    state.count(place.kind === 'zone' ? place.zone : 'apex', RCODE.NOERROR, transport);
    return this.messages(query, question, content, signature, client);
  }

  /** Z changes only in its serial, which is known once every zone is. */
  private ofTop(): Content | undefined {
    const { state } = this;
    if (!ZONE_NAMES.every((zone) => state.zones.has(zone))) return undefined;
    const soa = soaRecordOf(topSerial(state), state);
    return {
      zone: '',
      kind: 'AXFR',
      serial: topSerial(state),
      apex: state.apexName,
      records: () => whole(soa, topRecords(state)),
    };
  }

  private ofZone(query: Query, place: Place & { kind: 'zone' }): Content | undefined {
    const { state } = this;
    const { zone } = place;
    const index = state.zones.get(zone);
    if (!index) return undefined;
    const apex = query.question?.name.map((octet) => (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet));
    if (!apex) return undefined;
    const serial = index.serial % 2 ** 32;
    const soa = soaRecordOf(serial, state);
    const base = { zone, serial, apex };
    if (query.question?.type === TYPE.IXFR && query.knownSerial !== undefined) {
      if (!isSerialNewer(serial, query.knownSerial)) {
        return { ...base, kind: 'current', records: () => [soa] };
      }
      const steps = this.histories?.of(zone).stepsSince(query.knownSerial);
      const since = soaRecordOf(query.knownSerial, state);
      if (steps) {
        const content: Content = {
          ...base,
          kind: 'IXFR',
          records: () => this.since(content, index, steps, since, soa),
        };
        return content;
      }
    }
    return { ...base, kind: 'AXFR', records: () => this.wholeZone(zone, index, apex, soa) };
  }

  /** The difference, or the whole zone when that is no longer. */
  private *since(
    content: Content,
    index: ZoneIndex,
    steps: readonly HistoryStep[],
    old: ZoneRecord,
    soa: ZoneRecord,
  ): Generator<ZoneRecord | undefined> {
    const { apex } = content;
    const zone = index.zone;
    const size = index.size;
    // Both are as of now, whatever happens to the zone from here on.
    const held = this.hold(zone, index);
    try {
      const former = yield* formerOf(steps);
      const isShort = former.length <= Math.max(SMALL_ZONE, size * MAX_CHANGED_SHARE);
      const changes = isShort ? yield* expandChange(held.image.index, former) : undefined;
      if (changes) yield* this.difference(changes, apex, old, soa);
      else {
        content.kind = 'AXFR';
        yield* this.wholeOf(held, apex, soa);
      }
    } finally {
      this.release(zone, held);
    }
  }

  private *difference(
    changes: readonly NameChange[],
    apex: Uint8Array,
    old: ZoneRecord,
    soa: ZoneRecord,
  ): Generator<ZoneRecord | undefined> {
    const { publicUrl } = this.state;
    const pause = new Steps();
    yield soa;
    for (const [side, begin] of [
      ['removed', old],
      ['added', soa],
    ] as const) {
      yield begin;
      for (const change of changes) {
        yield* recordChanges(change, apex, publicUrl)[side];
        if (pause.isDue) yield undefined;
      }
    }
    yield soa;
  }

  private *wholeZone(
    zone: ZoneName,
    index: ZoneIndex,
    apex: Uint8Array,
    soa: ZoneRecord,
  ): Generator<ZoneRecord | undefined> {
    const held = this.hold(zone, index);
    try {
      yield* this.wholeOf(held, apex, soa);
    } finally {
      this.release(zone, held);
    }
  }

  private *wholeOf({ image }: Image, apex: Uint8Array, soa: ZoneRecord): Generator<ZoneRecord | undefined> {
    yield soa;
    yield* apexRecords(image.index.zone, this.state);
    for (const name of image.expand()) {
      if (name) yield* recordsOf(name, apex, this.state.publicUrl);
      else yield undefined;
    }
    yield soa;
  }

  /** Transfers of the same serial read from one copy. */
  private hold(zone: ZoneName, index: ZoneIndex): Image {
    const there = this.images.get(zone);
    if (there?.index === index && there.image.serial === index.serial) {
      there.readers++;
      return there;
    }
    const fresh = { index, image: ZoneImage.of(index), readers: 1 };
    this.images.set(zone, fresh);
    return fresh;
  }

  private release(zone: ZoneName, held: Image): void {
    held.readers--;
    if (held.readers === 0 && this.images.get(zone) === held) this.images.delete(zone);
  }

  private *messages(
    query: Query,
    question: Question,
    content: Content,
    { signer, keyName }: Signature,
    client: string,
  ): Generator<Uint8Array | undefined> {
    const { zone, serial, apex } = content;
    const startMs = performance.now();
    const opt = query.edns && optRecord({ version: 0, udpSize: UDP_SIZE, isDnssecOk: false, options: [] });
    const maxBytes = MESSAGE_BYTES - (signer?.bytes ?? 0);
    const message = new TransferMessage(query.header, question, apex, maxBytes, opt);
    let records = 0;
    let isWhole = false;
    this.running++;
    try {
      for (const one of content.records()) {
        if (!one || records % RECORDS_A_STRETCH === 0) yield undefined;
        if (!one) continue;
        const { owner, record } = one;
        records++;
        if (message.add(owner, record)) continue;
        yield signed(message.take(), signer);
        message.add(owner, record);
      }
      yield signed(message.take(), signer);
      isWhole = true;
    } finally {
      this.running--;
      const { kind } = content;
      const ms = Math.round(performance.now() - startMs);
      this.state.countTransfer?.(zone === '' ? 'apex' : zone, kind, isWhole ? 'whole' : 'broken');
      const what = isWhole ? 'zone transferred' : 'zone transfer broken off';
      this.logger.info({ zone, kind, serial, client, key: keyName, records, ms }, what);
    }
  }
}

interface Content {
  /** Empty: Z itself. */
  readonly zone: ZoneName | '';
  /** Of an IXFR known when its first record is. */
  kind: 'AXFR' | 'IXFR' | 'current';
  readonly serial: number;
  /** Wire form, lower case. */
  readonly apex: Uint8Array;
  readonly records: () => Records;
}

const signed = (message: Uint8Array, signer: Signer | undefined): Uint8Array =>
  signer?.sign(message) ?? message;

const whole = (soa: ZoneRecord, rest: readonly ZoneRecord[]): ZoneRecord[] => [soa, ...rest, soa];

const soaRecordOf = (serial: number, state: ServerState): ZoneRecord => ({
  owner: APEX,
  record: soaOf(APEX, TTL_SECONDS, serial, state),
});
