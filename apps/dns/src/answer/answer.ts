// The order of decisions is RFC 1035 section 4.1 and 6, with RFC 2308 (negative answers), RFC 8020 (NXDOMAIN cuts a
// whole tree), RFC 8482 (ANY), RFC 5782 (the zones).
import {
  addressRecord,
  CLASS_IN,
  emptyReply,
  encodeResponse,
  labelsOfName,
  MIN_UDP_SIZE,
  minimalAnyRecord,
  nameServerRecord,
  parseQuery,
  QUESTION_NAME,
  RCODE,
  soaRecord,
  textRecord,
  TYPE,
  type Query,
  type Question,
  type Reply,
  type ResourceRecord,
} from '@sekisho/dns-wire';
import {
  ABSENT,
  QuestionKey,
  testCode,
  WRONG_ZONE,
  type ReturnCode,
  type ZoneIndex,
  type ZoneName,
} from '@sekisho/zone';
import { explain } from './explain.js';
import { placeOf, type Place } from './place.js';
import type { Destination, ServerState, Transport } from './server-state.js';
import {
  ERROR_TTL_SECONDS,
  EXPIRE_SECONDS,
  NEGATIVE_TTL_SECONDS,
  REFRESH_SECONDS,
  RETRY_SECONDS,
  TTL_SECONDS,
} from './timing.js';

/** Fits an Ethernet frame everywhere without fragments (DNS flag day 2020). */
const UDP_SIZE = 1232;
const TCP_SIZE = 65_535;

/**
 * The answer to one packet, or undefined when it must not get one. Nothing but `state` is read; `client` is the
 * asker's address as text.
 */
export function answer(
  message: Uint8Array,
  state: ServerState,
  transport: Transport,
  client: string,
): Uint8Array | undefined {
  const query = parseQuery(message);
  if (!query) return undefined;
  const { destination, reply } = decide(query, state, client);
  state.count(destination, reply.rcode, transport);
  const maxBytes = transport === 'tcp' ? TCP_SIZE : Math.min(query.edns?.udpSize ?? MIN_UDP_SIZE, UDP_SIZE);
  return encodeResponse(query, reply, { maxBytes, udpSize: UDP_SIZE });
}

interface Decision {
  readonly destination: Destination;
  readonly reply: Reply;
}

const refusal = (rcode: number): Decision => ({ destination: 'none', reply: emptyReply(rcode) });

function decide(query: Query, state: ServerState, client: string): Decision {
  const { question } = query;
  if (!state.isAllowed(client)) return refusal(RCODE.REFUSED);
  if (query.rcode !== RCODE.NOERROR || !question) return refusal(query.rcode);
  if (question.class !== CLASS_IN) return refusal(RCODE.REFUSED);
  const place = placeOf(question.name, state.apexName);
  if (place.kind === 'outside') return refusal(RCODE.REFUSED);
  // Zone transfer needs an access list of its own.
  if (question.type === TYPE.AXFR || question.type === TYPE.IXFR) return refusal(RCODE.REFUSED);
  if (place.kind === 'zone') return { destination: place.zone, reply: inZone(question, place, state) };
  return {
    destination: 'apex',
    reply: place.kind === 'apex' ? atTop(question, state) : inTop(question, place, state),
  };
}

// Everything that is asked for is answered before the next question is read: one key serves all.
const KEY = new QuestionKey();

function inZone({ name, type }: Question, place: Place & { kind: 'zone' }, state: ServerState): Reply {
  const { zone, end } = place;
  const index = state.zones.get(zone);
  if (!index) return emptyReply(RCODE.SERVFAIL);
  const authority: Authority = {
    soa: (ttl) => soaOf(QUESTION_NAME + end, ttl, index.serial, state),
    ns: () => nameServerRecord(QUESTION_NAME + end, TTL_SECONDS, state.hostName),
  };
  if (end === 0) return ofApex(type, authority);
  const codes = codesFor(name, zone, end, index);
  if (codes === ABSENT) return negative(RCODE.NXDOMAIN, authority);
  if (!Array.isArray(codes)) return negative(RCODE.NOERROR, authority);
  switch (type) {
    case TYPE.A:
      return positive(codes.map((code) => addressRecord(QUESTION_NAME, TTL_SECONDS, code)));
    case TYPE.TXT:
      return positive([
        textRecord(QUESTION_NAME, TTL_SECONDS, explain(codes, index, name, end, state.publicUrl)),
      ]);
    case TYPE.ANY:
      return positive([minimalAnyRecord(QUESTION_NAME, TTL_SECONDS)]);
    default:
      return negative(RCODE.NOERROR, authority);
  }
}

/** The return codes of a listed name; ABSENT or EMPTY_NON_TERMINAL of any other. */
function codesFor(name: Uint8Array, zone: ZoneName, end: number, index: ZoneIndex): ReturnCode[] | number {
  KEY.read(zone, name, 0, end);
  const test = testCode(KEY, zone);
  if (test !== undefined) return test === 0 ? ABSENT : [test];
  const found = index.find(KEY);
  return found > 0 ? index.codesOf(found) : found;
}

interface Authority {
  readonly soa: (ttlSeconds: number) => ResourceRecord;
  readonly ns: () => ResourceRecord;
}

function ofApex(type: number, authority: Authority): Reply {
  switch (type) {
    case TYPE.SOA:
      return positive([authority.soa(TTL_SECONDS)]);
    case TYPE.NS:
      return positive([authority.ns()]);
    case TYPE.ANY:
      return positive([minimalAnyRecord(QUESTION_NAME, TTL_SECONDS)]);
    default:
      return negative(RCODE.NOERROR, authority);
  }
}

function topAuthority(start: number, state: ServerState): Authority {
  // Z has no content of its own; the sum moves forward whenever one of its zones does.
  const serial = [...state.zones.values()].reduce((sum, zone) => sum + (zone.serial % 2 ** 32), 0);
  return {
    soa: (ttl) => soaOf(QUESTION_NAME + start, ttl, serial, state),
    ns: () => nameServerRecord(QUESTION_NAME + start, TTL_SECONDS, state.hostName),
  };
}

const atTop = (question: Question, state: ServerState): Reply =>
  ofApex(question.type, topAuthority(0, state));

/**
 * Below Z but in none of its zones: a lookup in a zone that does not exist gets the error answer, so that a slip in
 * a mail server's configuration is noticed. The names on the way there exist, or nobody who asks label by label
 * (RFC 9156) would ever see it.
 */
function inTop({ name, type }: Question, place: Place & { kind: 'other' }, state: ServerState): Reply {
  const { starts, end } = place;
  const authority = topAuthority(end, state);
  const labels = labelsOfName(name, 0, end).map((label) => label.toLowerCase());
  if (labels.length === 1)
    return labels[0] === 'ns1' ? ofHost(type, state, authority) : negative(RCODE.NOERROR, authority);
  const front = starts[starts.length - 1] ?? 0;
  // `score` takes every kind of subject, so its reading tells what looks like a lookup at all.
  KEY.read('score', name, 0, front);
  if (KEY.kind === 'malformed') return negative(RCODE.NXDOMAIN, authority);
  if (KEY.kind === 'partial' || (KEY.kind === 'name' && labels.length < 3))
    return negative(RCODE.NOERROR, authority);
  if (type !== TYPE.A) return negative(RCODE.NOERROR, authority);
  return positive([addressRecord(QUESTION_NAME, ERROR_TTL_SECONDS, WRONG_ZONE)]);
}

function ofHost(type: number, { hostAddress }: ServerState, authority: Authority): Reply {
  const wanted = hostAddress?.length === 4 ? TYPE.A : TYPE.AAAA;
  if (!hostAddress || type !== wanted) return negative(RCODE.NOERROR, authority);
  return positive([{ owner: QUESTION_NAME, type, ttlSeconds: TTL_SECONDS, content: hostAddress }]);
}

const positive = (answers: readonly ResourceRecord[]): Reply => ({
  rcode: RCODE.NOERROR,
  isAuthoritative: true,
  answers,
  authority: [],
});

const negative = (rcode: number, authority: Authority): Reply => ({
  rcode,
  isAuthoritative: true,
  answers: [],
  authority: [authority.soa(NEGATIVE_TTL_SECONDS)],
});

function soaOf(owner: number, ttlSeconds: number, serial: number, state: ServerState): ResourceRecord {
  return soaRecord(owner, ttlSeconds, {
    mname: state.hostName,
    rname: state.hostmasterName,
    serial: serial % 2 ** 32,
    refreshSeconds: REFRESH_SECONDS,
    retrySeconds: RETRY_SECONDS,
    expireSeconds: EXPIRE_SECONDS,
    minimumSeconds: NEGATIVE_TTL_SECONDS,
  });
}
