// What an authoritative server does with a packet before it looks at the zone: RFC 1035 section 4.1, RFC 6891
// section 6.1 and 7, RFC 9619 section 4 (one question), RFC 8906 (answer, don't be silent).
import { ednsOf, readOptions, type Edns } from './edns.js';
import { readName } from './name.js';
import { OPCODE_QUERY, OPTION, RCODE, TYPE } from './registry.js';
import { readTsig, type ReceivedTsig } from './tsig.js';

const HEADER_BYTES = 12;
const RESPONSE = 0x8000;

export interface QueryHeader {
  readonly id: number;
  readonly opcode: number;
  readonly isRecursionDesired: boolean;
}

export interface Question {
  /** Wire form without compression, letters as the asker wrote them (RFC 4343). */
  readonly name: Uint8Array;
  readonly type: number;
  readonly class: number;
}

/** A packet that can be answered: `rcode` is NOERROR for a well-formed query of one question, or why not. */
export interface Query {
  readonly header: QueryHeader;
  readonly rcode: number;
  /** Present when the packet could be parsed and had one. */
  readonly question: Question | undefined;
  /** Present when the query had a readable OPT: then every answer has one too. */
  readonly edns: Edns | undefined;
  /** Present when the query is signed; a TSIG that is malformed or not the last record gives FORMERR. */
  readonly tsig: ReceivedTsig | undefined;
  /** The serial of a SOA in the authority section: what an IXFR asker has (RFC 1995 section 3). */
  readonly knownSerial: number | undefined;
}

/** Reads a packet. undefined: drop it, since it is too short to answer or itself a response. Never throws. */
export function parseQuery(message: Uint8Array): Query | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const flags = view.getUint16(2);
  if ((flags & RESPONSE) !== 0) return undefined;
  const header = {
    id: view.getUint16(0),
    opcode: (flags >> 11) & 15,
    isRecursionDesired: (flags & 0x0100) !== 0,
  };
  const body = readBody(message, view);
  const rcode = header.opcode === OPCODE_QUERY ? (body?.rcode ?? RCODE.FORMERR) : RCODE.NOTIMP;
  const { question, edns, tsig, knownSerial } = body ?? {};
  return { header, rcode, question, edns, tsig, knownSerial };
}

type Body = Omit<Query, 'header'>;

function readBody(message: Uint8Array, view: DataView): Body | undefined {
  const questions = view.getUint16(4);
  if (questions > 1) return undefined;
  let at = HEADER_BYTES;
  let question: Question | undefined;
  if (questions === 1) {
    const read = readName(message, at);
    if (!read || read.end + 4 > message.length) return undefined;
    question = { name: read.name, type: view.getUint16(read.end), class: view.getUint16(read.end + 2) };
    at = read.end + 4;
  }
  const authority = view.getUint16(6);
  const additional = authority + view.getUint16(8);
  const records = additional + view.getUint16(10);
  let edns: Edns | undefined;
  let tsig: ReceivedTsig | undefined;
  let knownSerial: number | undefined;
  let isMalformed = false;
  for (let i = 0; i < records; i++) {
    const start = at;
    const owner = readName(message, at);
    if (!owner || owner.end + 10 > message.length) return undefined;
    const { end } = owner;
    at = end + 10 + view.getUint16(end + 8);
    if (at > message.length) return undefined;
    switch (view.getUint16(end)) {
      case TYPE.OPT: {
        const options = readOptions(message.subarray(end + 10, at));
        const isMisplaced =
          i < additional || owner.name.length !== 1 || end !== start + 1 || edns !== undefined;
        edns ??= ednsOf(view.getUint16(end + 2), view.getUint32(end + 4), options ?? []);
        if (isMisplaced || !options) isMalformed = true;
        break;
      }
      case TYPE.TSIG:
        // RFC 8945 section 5.1: the last record of the additional section, and only one.
        if (i >= additional && i === records - 1) tsig = readTsig(message, start);
        if (!tsig) isMalformed = true;
        break;
      case TYPE.SOA:
        // The serial is the first of the five numbers that end a SOA.
        if (i >= authority && i < additional && at - end - 10 >= 22) knownSerial ??= view.getUint32(at - 20);
        break;
    }
  }
  const rcode =
    isMalformed || (!question && !isCookieQuery(edns))
      ? RCODE.FORMERR
      : edns !== undefined && edns.version > 0
        ? RCODE.BADVERS
        : RCODE.NOERROR;
  return { rcode, question, edns, tsig, knownSerial };
}

/** Without a question a query may still ask for a cookie (RFC 7873 section 5.4). */
const isCookieQuery = (edns: Edns | undefined): boolean =>
  edns?.options.some(({ code }) => code === OPTION.COOKIE) ?? false;
