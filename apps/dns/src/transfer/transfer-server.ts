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
import { expandChange, ZONE_NAMES, ZoneImage, type ZoneIndex, type ZoneName } from '@sekisho/zone';
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

/** One answer, or the messages of a transfer, made when they are asked for. */
export type StreamAnswer = Uint8Array | undefined | Generator<Uint8Array>;

interface Image {
  readonly index: ZoneIndex;
  readonly image: ZoneImage;
  readers: number;
}

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
      const difference = this.difference(zone, index, query.knownSerial, apex, soa);
      if (difference) return { ...base, kind: 'IXFR', records: () => difference };
    }
    return { ...base, kind: 'AXFR', records: () => this.wholeZone(zone, index, apex, soa) };
  }

  private difference(
    zone: ZoneName,
    index: ZoneIndex,
    since: number,
    apex: Uint8Array,
    soa: ZoneRecord,
  ): ZoneRecord[] | undefined {
    const { state } = this;
    const then = this.histories?.of(zone).formerAt(since);
    if (!then || then.former.length > Math.max(SMALL_ZONE, index.size * MAX_CHANGED_SHARE)) return undefined;
    const changes = expandChange(index, then.former);
    if (!changes) return undefined;
    const removed = [soaRecordOf(since, state)];
    const added = [soa];
    for (const change of changes) {
      const records = recordChanges(change, apex, state.publicUrl);
      removed.push(...records.removed);
      added.push(...records.added);
    }
    return [soa, ...removed, ...added, soa];
  }

  private *wholeZone(
    zone: ZoneName,
    index: ZoneIndex,
    apex: Uint8Array,
    soa: ZoneRecord,
  ): Generator<ZoneRecord> {
    const held = this.hold(zone, index);
    try {
      yield soa;
      yield* apexRecords(zone, this.state);
      for (const name of held.image.expand()) yield* recordsOf(name, apex, this.state.publicUrl);
      yield soa;
    } finally {
      held.readers--;
      if (held.readers === 0 && this.images.get(zone) === held) this.images.delete(zone);
    }
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

  private *messages(
    query: Query,
    question: Question,
    content: Content,
    { signer, keyName }: Signature,
    client: string,
  ): Generator<Uint8Array> {
    const { zone, kind, serial, apex } = content;
    const startMs = performance.now();
    const opt = query.edns && optRecord({ version: 0, udpSize: UDP_SIZE, isDnssecOk: false, options: [] });
    const maxBytes = MESSAGE_BYTES - (signer?.bytes ?? 0);
    const message = new TransferMessage(query.header, question, apex, maxBytes, opt);
    let records = 0;
    let isWhole = false;
    this.running++;
    try {
      for (const { owner, record } of content.records()) {
        records++;
        if (message.add(owner, record)) continue;
        yield signed(message.take(), signer);
        message.add(owner, record);
      }
      yield signed(message.take(), signer);
      isWhole = true;
    } finally {
      this.running--;
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
  readonly kind: 'AXFR' | 'IXFR' | 'current';
  readonly serial: number;
  /** Wire form, lower case. */
  readonly apex: Uint8Array;
  readonly records: () => Iterable<ZoneRecord>;
}

const signed = (message: Uint8Array, signer: Signer | undefined): Uint8Array =>
  signer?.sign(message) ?? message;

const whole = (soa: ZoneRecord, rest: readonly ZoneRecord[]): ZoneRecord[] => [soa, ...rest, soa];

const soaRecordOf = (serial: number, state: ServerState): ZoneRecord => ({
  owner: APEX,
  record: soaOf(APEX, TTL_SECONDS, serial, state),
});
