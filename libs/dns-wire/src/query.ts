// What an authoritative server does with a packet before it looks at the zone: RFC 1035 section 4.1, RFC 6891
// section 6.1 and 7, RFC 9619 section 4 (one question), RFC 8906 (answer, don't be silent).
import { ednsOf, readOptions, type Edns } from './edns.js';
import { readName } from './name.js';
import { OPCODE_QUERY, RCODE, TYPE } from './registry.js';

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
  return { header, rcode, question: body?.question, edns: body?.edns };
}

interface Body {
  readonly rcode: number;
  readonly question: Question | undefined;
  readonly edns: Edns | undefined;
}

function readBody(message: Uint8Array, view: DataView): Body | undefined {
  // More than one question, or none: a cookie query (RFC 7873 section 5.4) has no meaning without cookies.
  if (view.getUint16(4) !== 1) return undefined;
  const read = readName(message, HEADER_BYTES);
  if (!read || read.end + 4 > message.length) return undefined;
  const question = { name: read.name, type: view.getUint16(read.end), class: view.getUint16(read.end + 2) };
  let at = read.end + 4;
  const isAdditional = view.getUint16(6) + view.getUint16(8);
  const records = isAdditional + view.getUint16(10);
  let edns: Edns | undefined;
  let rcode: number = RCODE.NOERROR;
  for (let i = 0; i < records; i++) {
    const start = at;
    const owner = readName(message, at);
    if (!owner || owner.end + 10 > message.length) return undefined;
    const { end } = owner;
    at = end + 10 + view.getUint16(end + 8);
    if (at > message.length) return undefined;
    if (view.getUint16(end) !== TYPE.OPT) continue;
    const options = readOptions(message.subarray(end + 10, at));
    const isMisplaced =
      i < isAdditional || owner.name.length !== 1 || end !== start + 1 || edns !== undefined;
    edns ??= ednsOf(view.getUint16(end + 2), view.getUint32(end + 4), options ?? []);
    if (isMisplaced || !options) rcode = RCODE.FORMERR;
  }
  if (rcode === RCODE.NOERROR && edns !== undefined && edns.version > 0) rcode = RCODE.BADVERS;
  return { rcode, question, edns };
}
