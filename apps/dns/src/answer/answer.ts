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
  OPTION,
  parseQuery,
  QUESTION_NAME,
  RCODE,
  readCookie,
  soaRecord,
  textRecord,
  TYPE,
  type EdnsOption,
  type Query,
  type Question,
  type Reply,
  type ResourceRecord,
} from '@sekisho/dns-wire';
import {
  ABSENT,
  NO_ACCESS,
  QuestionKey,
  testCode,
  TOO_MANY_QUERIES,
  WRONG_ZONE,
  ZONE_NAMES,
  type ReturnCode,
  type ZoneIndex,
  type ZoneName,
} from '@sekisho/zone';
import type { MemberAccess } from '../access/member-access.js';
import type { Equal } from '../access/response-rate-limiter.js';
import type { Signer } from '../transfer/tsig-keys.js';
import { kindOf } from './answer-kind.js';
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
  const nowMs = state.nowMs();
  const signature = signatureOf(query, message, state);
  const cookie = cookieOf(query, client, state, nowMs);
  const { destination, reply } =
    signature.refusal ?? cookie.refusal ?? decide(query, state, { client, transport, nowMs, signature });
  const isVouched = transport !== 'udp' || cookie.isGood || signature.isAuthentic;
  const verdict =
    isVouched || !state.limiter
      ? 'send'
      : state.limiter.judge(client, kindOf(reply), equalOf(query, reply, destination), nowMs);
  if (verdict === 'drop') return undefined;
  const isBadCookie = verdict === 'cut' && cookie.option !== undefined;
  const rcode = isBadCookie ? RCODE.BADCOOKIE : reply.rcode;
  state.count(destination, rcode, transport);
  const room = transport === 'udp' ? Math.min(query.edns?.udpSize ?? MIN_UDP_SIZE, UDP_SIZE) : TCP_SIZE;
  const encoded = encodeResponse(query, isBadCookie ? emptyReply(rcode) : reply, {
    maxBytes: room - (signature.signer?.bytes ?? 0),
    udpSize: UDP_SIZE,
    options: optionsFor(query, cookie.option, transport),
    isCut: verdict === 'cut' && !isBadCookie,
  });
  return signature.signer?.sign(encoded) ?? encoded;
}

interface Decision {
  readonly destination: Destination;
  readonly reply: Reply;
}

const refusal = (rcode: number): Decision => ({ destination: 'none', reply: emptyReply(rcode) });

export interface Signature {
  readonly isAuthentic: boolean;
  /** Of an authentic query. */
  readonly keyName: string | undefined;
  readonly signer: Signer | undefined;
  /** What to answer instead. */
  readonly refusal: Decision | undefined;
}

const UNSIGNED: Signature = {
  isAuthentic: false,
  keyName: undefined,
  signer: undefined,
  refusal: undefined,
};

/** Judges the TSIG of a query, if it has one. */
export function signatureOf(query: Query, message: Uint8Array, state: ServerState): Signature {
  if (!query.tsig) return UNSIGNED;
  const judged = state.tsigKeys.judge(message, query.tsig);
  switch (judged.kind) {
    case 'authentic':
      return { ...UNSIGNED, isAuthentic: true, keyName: judged.keyName, signer: judged.signer };
    case 'refused':
      return { ...UNSIGNED, signer: judged.signer, refusal: refusal(RCODE.NOTAUTH) };
    case 'malformed':
      return { ...UNSIGNED, refusal: refusal(RCODE.FORMERR) };
  }
}

interface CookieState {
  readonly isGood: boolean;
  /** The option for the answer. */
  readonly option: Uint8Array | undefined;
  readonly refusal: Decision | undefined;
}

const NO_COOKIE: CookieState = { isGood: false, option: undefined, refusal: undefined };

function cookieOf(query: Query, client: string, state: ServerState, nowMs: number): CookieState {
  const { cookies } = state;
  const cookie = cookies && query.rcode === RCODE.NOERROR ? readCookie(query.edns) : undefined;
  if (!cookies || !cookie) {
    // A query without question is only for a cookie, which this server then does not give.
    const isEmpty = query.rcode === RCODE.NOERROR && !query.question;
    return isEmpty ? { ...NO_COOKIE, refusal: refusal(RCODE.FORMERR) } : NO_COOKIE;
  }
  if (cookie === 'malformed') return { ...NO_COOKIE, refusal: refusal(RCODE.FORMERR) };
  const nowSeconds = Math.floor(nowMs / 1_000);
  const verdict = cookies.judge(cookie, client, nowSeconds);
  const option =
    verdict === 'good'
      ? Uint8Array.from([...cookie.client, ...cookie.server])
      : cookies.make(cookie, client, nowSeconds);
  const isGood = verdict !== 'bad';
  if (query.question) return { isGood, option, refusal: undefined };
  // RFC 7873 section 5.4: a query only for a cookie.
  const rcode = isGood || cookie.server.length === 0 ? RCODE.NOERROR : RCODE.BADCOOKIE;
  return { isGood, option, refusal: refusal(rcode) };
}

/** What RFC 7828 tells a client that asks: how long an idle connection stays, in units of 100 ms. */
const KEEPALIVE = Uint8Array.of(0, 100);

function optionsFor(query: Query, cookie: Uint8Array | undefined, transport: Transport): EdnsOption[] {
  const options = cookie ? [{ code: OPTION.COOKIE, value: cookie }] : [];
  const wantsKeepalive = query.edns?.options.some(({ code }) => code === OPTION.TCP_KEEPALIVE);
  if (transport === 'udp' || !wantsKeepalive) return options;
  return [...options, { code: OPTION.TCP_KEEPALIVE, value: KEEPALIVE }];
}

const BESIDE_ZONES = ['apex', 'none'] as const;

/** What there is by its name and type, what is not there by its zone. */
function equalOf({ question }: Query, { answers }: Reply, destination: Destination): Equal {
  if (answers.length > 0 && question) return question;
  return destination === 'apex' || destination === 'none'
    ? ZONE_NAMES.length + BESIDE_ZONES.indexOf(destination)
    : ZONE_NAMES.indexOf(destination);
}

interface Asker {
  readonly client: string;
  readonly transport: Transport;
  readonly nowMs: number;
  readonly signature: Signature;
}

function decide(query: Query, state: ServerState, asker: Asker): Decision {
  const { question } = query;
  const { isAuthentic } = asker.signature;
  if (!isAuthentic && !state.isAllowed(asker.client)) return refusal(RCODE.REFUSED);
  if (query.rcode !== RCODE.NOERROR || !question) return refusal(query.rcode);
  if (question.class !== CLASS_IN) return refusal(RCODE.REFUSED);
  const place = placeOf(question.name, state.apexName);
  if (place.kind === 'outside') return refusal(RCODE.REFUSED);
  if (question.type === TYPE.AXFR || question.type === TYPE.IXFR) {
    // Transfers go by TCP and do not come here; by UDP an IXFR gets the serial, so that the asker comes by TCP
    // (RFC 1995 section 2).
    const isIxfr = question.type === TYPE.IXFR && (isAuthentic || state.mayTransfer(asker.client));
    if (!isIxfr || place.kind !== 'zone' || place.end > 0) return refusal(RCODE.REFUSED);
    return { destination: place.zone, reply: inZone({ ...question, type: TYPE.SOA }, place, 0, state) };
  }
  if (place.kind === 'zone') {
    const reply =
      state.members && place.end > 0
        ? byKey(question, place, state, state.members, asker.nowMs)
        : inZone(question, place, place.end, state);
    return { destination: place.zone, reply };
  }
  return {
    destination: 'apex',
    reply: place.kind === 'apex' ? atTop(question, state) : inTop(question, place, state),
  };
}

// Everything that is asked for is answered before the next question is read: one key serves all.
const KEY = new QuestionKey();

type InZone = Place & { kind: 'zone' };

/** Answers for the labels in name[0…labelsEnd), which stand in front of the zone or of a member's key. */
function inZone(
  { name, type }: Question,
  { zone, end }: InZone,
  labelsEnd: number,
  state: ServerState,
): Reply {
  const index = state.zones.get(zone);
  if (!index) return emptyReply(RCODE.SERVFAIL);
  const authority = zoneAuthority(end, index.serial, state);
  if (end === 0) return ofApex(type, authority);
  // The key alone: the names below it exist.
  if (labelsEnd === 0) return negative(RCODE.NOERROR, authority);
  const codes = codesFor(name, zone, labelsEnd, index);
  if (codes === ABSENT) return negative(RCODE.NXDOMAIN, authority);
  if (!Array.isArray(codes)) return negative(RCODE.NOERROR, authority);
  switch (type) {
    case TYPE.A:
      return positive(codes.map((code) => addressRecord(QUESTION_NAME, TTL_SECONDS, code)));
    case TYPE.TXT:
      return positive([
        textRecord(QUESTION_NAME, TTL_SECONDS, explain(codes, index, name, labelsEnd, state.publicUrl)),
      ]);
    case TYPE.ANY:
      return positive([minimalAnyRecord(QUESTION_NAME, TTL_SECONDS)]);
    default:
      return negative(RCODE.NOERROR, authority);
  }
}

const zoneAuthority = (start: number, serial: number, state: ServerState): Authority => ({
  soa: (ttl) => soaOf(QUESTION_NAME + start, ttl, serial, state),
  ns: () => nameServerRecord(QUESTION_NAME + start, TTL_SECONDS, state.hostName),
});

/** 26 characters of base32 and more: a label that can be a member's key. */
const KEY_LABEL = /^[a-z2-7]{26,63}$/i;

/**
 * With access by key the last label in front of the zone is a member's key, and what it may ask for stands before it.
 * Without a key, with one that is unknown or over its quota, a lookup gets an error answer for one second.
 */
function byKey(
  question: Question,
  place: InZone,
  state: ServerState,
  members: MemberAccess,
  nowMs: number,
): Reply {
  const { name } = question;
  const { zone, end } = place;
  let last = 0;
  for (let at = 0; at < end; at += (name[at] ?? 0) + 1) last = at;
  const label = String.fromCharCode(...name.subarray(last + 1, end));
  const isKey = KEY_LABEL.test(label);
  const admission = isKey ? members.admit(label, nowMs) : 'unknown';
  if (admission === 'allowed') return inZone(question, place, last, state);
  const index = state.zones.get(zone);
  const authority = zoneAuthority(end, index?.serial ?? 0, state);
  const labelsEnd = isKey ? last : end;
  if (labelsEnd > 0) KEY.read(zone, name, 0, labelsEnd);
  // Who asks label by label (RFC 9156) must get down to the whole name.
  const isPartial =
    labelsEnd === 0 || KEY.kind === 'partial' || (!isKey && KEY.kind === 'name' && last === 0);
  if (isPartial || question.type !== TYPE.A) return negative(RCODE.NOERROR, authority);
  if (KEY.kind === 'malformed') return negative(RCODE.NXDOMAIN, authority);
  const code = admission === 'over-quota' ? TOO_MANY_QUERIES : NO_ACCESS;
  return positive([addressRecord(QUESTION_NAME, ERROR_TTL_SECONDS, code)]);
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

/** Z has no content of its own; the sum moves forward whenever one of its zones does. */
export const topSerial = (state: ServerState): number =>
  [...state.zones.values()].reduce((sum, zone) => sum + (zone.serial % 2 ** 32), 0);

function topAuthority(start: number, state: ServerState): Authority {
  const serial = topSerial(state);
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

/** The SOA of Z or of a zone under it. */
export function soaOf(
  owner: number | Uint8Array,
  ttlSeconds: number,
  serial: number,
  state: ServerState,
): ResourceRecord {
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
