// Answers from data files as rbldnsd gives them; docs/rbldnsd.md lists where a standard wins over it.
import {
  addressRecord,
  CLASS_IN,
  emptyReply,
  encodeResponse,
  MIN_UDP_SIZE,
  nameServerRecord,
  parseQuery,
  QUESTION_NAME,
  RCODE,
  soaRecord,
  TYPE,
  type Query,
  type Question,
  type Reply,
  type ResourceRecord,
} from '@sekisho/dns-wire';
import { Answers, type LoadedZone, type Wanted } from '@sekisho/rbldnsd';
import type { ResponseRateLimiter } from '../access/response-rate-limiter.js';
import { kindOf } from '../answer/answer-kind.js';
import type { Transport } from '../answer/server-state.js';
import type { ServedZone } from './served-zones.js';

/** Fits an Ethernet frame everywhere without fragments (DNS flag day 2020). */
const UDP_SIZE = 1232;
const TCP_SIZE = 65_535;

export interface LoadedState {
  /** The longest first. */
  readonly zones: readonly ServedZone[];
  readonly nowSeconds: number;
  readonly isAllowed: (client: string) => boolean;
  /** Limits answers by UDP. Default: no limit. */
  readonly limiter?: ResponseRateLimiter | undefined;
}

/** The answer to one packet, or undefined when it must not get one. */
export function answerLoaded(
  message: Uint8Array,
  state: LoadedState,
  transport: Transport,
  client: string,
): Uint8Array | undefined {
  const query = parseQuery(message);
  if (!query) return undefined;
  const { place, reply } = decide(query, state, client);
  const { limiter } = state;
  const equal = reply.answers.length > 0 && query.question ? query.question : place;
  const verdict =
    limiter && transport === 'udp'
      ? limiter.judge(client, kindOf(reply), equal, state.nowSeconds * 1000)
      : 'send';
  if (verdict === 'drop') return undefined;
  const maxBytes = transport === 'tcp' ? TCP_SIZE : Math.min(query.edns?.udpSize ?? MIN_UDP_SIZE, UDP_SIZE);
  return encodeResponse(query, reply, { maxBytes, udpSize: UDP_SIZE, isCut: verdict === 'cut' });
}

interface Decision {
  /** Of the zone among those that are served. */
  readonly place: number;
  readonly reply: Reply;
}

/** In no zone of ours. */
const NOWHERE = 0xffff;
const nowhere = (rcode: number): Decision => ({ place: NOWHERE, reply: emptyReply(rcode) });

function decide(query: Query, state: LoadedState, client: string): Decision {
  const { question } = query;
  if (!state.isAllowed(client)) return nowhere(RCODE.REFUSED);
  if (query.rcode !== RCODE.NOERROR || !question) return nowhere(query.rcode);
  if (question.class !== CLASS_IN) return nowhere(RCODE.REFUSED);
  const found = zoneOf(question.name, state.zones);
  if (!found) return nowhere(RCODE.REFUSED);
  const { place, served, end } = found;
  if (question.type === TYPE.AXFR || question.type === TYPE.IXFR) {
    return { place, reply: emptyReply(RCODE.REFUSED) };
  }
  const { expiresAtSeconds } = served.zone;
  if (expiresAtSeconds !== undefined && expiresAtSeconds < state.nowSeconds) {
    return { place, reply: emptyReply(RCODE.SERVFAIL) };
  }
  return { place, reply: inZone(question, end, served.zone) };
}

function zoneOf(
  name: Uint8Array,
  zones: readonly ServedZone[],
): { place: number; served: ServedZone; end: number } | undefined {
  for (const [place, served] of zones.entries()) {
    const end = name.length - served.wire.length;
    if (end >= 0 && isLabelStart(name, end) && endsWith(name, end, served.wire))
      return { place, served, end };
  }
  return undefined;
}

function isLabelStart(name: Uint8Array, place: number): boolean {
  let at = 0;
  while (at < place) at += (name[at] ?? 0) + 1;
  return at === place;
}

function endsWith(name: Uint8Array, start: number, wire: Uint8Array): boolean {
  for (let i = 0; i < wire.length; i++) {
    const octet = name[start + i] ?? 0;
    if ((octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet) !== wire[i]) return false;
  }
  return true;
}

const MX = 15;
// A question is answered before the next one is read: one object serves all.
const ANSWERS = new Answers();

const WANTED: ReadonlyMap<number, Wanted> = new Map([
  [TYPE.A, { addresses: true, texts: false, others: false }],
  [TYPE.TXT, { addresses: false, texts: true, others: false }],
  [MX, { addresses: false, texts: false, others: true }],
  [TYPE.ANY, { addresses: true, texts: true, others: true }],
]);
const NOTHING: Wanted = { addresses: false, texts: false, others: false };

function inZone({ name, type }: Question, end: number, zone: LoadedZone): Reply {
  const answers: ResourceRecord[] = [];
  if (end === 0) {
    // A zone without SOA or NS cannot say that it has none: it must have one.
    if ((type === TYPE.SOA || type === TYPE.ANY) && !zone.soa) return emptyReply(RCODE.REFUSED);
    if ((type === TYPE.NS || type === TYPE.ANY) && !zone.ns?.hosts.length) return emptyReply(RCODE.REFUSED);
    if (type === TYPE.SOA || type === TYPE.ANY) answers.push(...soaOf(zone, QUESTION_NAME));
    if (type === TYPE.NS || type === TYPE.ANY) answers.push(...nsOf(zone, QUESTION_NAME));
  }
  zone.find(name, 0, end, WANTED.get(type) ?? NOTHING, ANSWERS);
  addRecords(answers);
  const isThere = ANSWERS.isFound || ANSWERS.isAbove;
  return {
    rcode: isThere ? RCODE.NOERROR : RCODE.NXDOMAIN,
    isAuthoritative: true,
    answers,
    authority: answers.length > 0 ? [] : soaOf(zone, QUESTION_NAME + end, zone.soa?.minimumSeconds),
  };
}

function addRecords(answers: ResourceRecord[]): void {
  for (const address of ANSWERS.addresses) {
    answers.push(addressRecord(QUESTION_NAME, ANSWERS.addressTtlSeconds, address));
  }
  for (const content of ANSWERS.texts) {
    answers.push({ owner: QUESTION_NAME, type: TYPE.TXT, ttlSeconds: ANSWERS.textTtlSeconds, content });
  }
  for (const { type, content } of ANSWERS.others) {
    answers.push({ owner: QUESTION_NAME, type, ttlSeconds: ANSWERS.otherTtlSeconds, content });
  }
}

/** RFC 2308 section 3: a negative answer carries the SOA, which lives as long as its last number says. */
function soaOf({ soa }: LoadedZone, owner: number, ttlSeconds = soa?.ttlSeconds): ResourceRecord[] {
  if (!soa || ttlSeconds === undefined) return [];
  return [soaRecord(owner, ttlSeconds, { ...soa, mname: rooted(soa.mname), rname: rooted(soa.rname) })];
}

function nsOf({ ns }: LoadedZone, owner: number): ResourceRecord[] {
  return (ns?.hosts ?? []).map((host) => nameServerRecord(owner, ns?.ttlSeconds ?? 0, rooted(host)));
}

const rooted = (name: Uint8Array): Uint8Array => Uint8Array.of(...name, 0);
