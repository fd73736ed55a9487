// Answers: RFC 1035 section 4.1.1 (header), RFC 2181 section 9 (TC), RFC 6891 section 6.1.1 (OPT in, OPT out).
import { optRecord, type EdnsOption } from './edns.js';
import type { Query } from './query.js';
import type { ResourceRecord } from './record.js';
import { RCODE } from './registry.js';

const QR = 0x8000;
const AA = 0x0400;
const TC = 0x0200;
const RD = 0x0100;

/** Where the name of the question stands in every answer that has one: a record may point there. */
export const QUESTION_NAME = 12;

export interface Reply {
  /** With the upper bits of an extended code, which are dropped when the query had no OPT. */
  readonly rcode: number;
  readonly isAuthoritative: boolean;
  readonly answers: readonly ResourceRecord[];
  readonly authority: readonly ResourceRecord[];
}

export interface ResponseLimits {
  /** The largest answer that may be sent, in octets: by UDP the smaller of the asker's and our own limit. */
  readonly maxBytes: number;
  /** The UDP size that our own OPT offers. */
  readonly udpSize: number;
  /** For our OPT, if the query had one. */
  readonly options?: readonly EdnsOption[];
  /** Leaves the records out and sets TC, whatever their size: the asker shall come back by TCP. */
  readonly isCut?: boolean;
}

/**
 * The answer to a query: ID, opcode, RD and question as they came, an OPT when it had one. When the records do not
 * fit, TC is set and the sections stay empty.
 */
export function encodeResponse(query: Query, reply: Reply, limits: ResponseLimits): Uint8Array {
  const { question, edns, header } = query;
  const opt = edns
    ? optRecord(
        { version: 0, udpSize: limits.udpSize, isDnssecOk: false, options: limits.options ?? [] },
        reply.rcode,
      )
    : undefined;
  const questionEnd = QUESTION_NAME + (question ? question.name.length + 4 : 0);
  const records = [...reply.answers, ...reply.authority];
  const size = records.reduce((sum, record) => sum + sizeOf(record), questionEnd + (opt?.length ?? 0));
  const isTruncated = limits.isCut === true || size > limits.maxBytes;
  const message = new Uint8Array(isTruncated ? questionEnd + (opt?.length ?? 0) : size);
  const view = new DataView(message.buffer);
  const flags =
    QR |
    (header.opcode << 11) |
    (reply.isAuthoritative ? AA : 0) |
    (isTruncated ? TC : 0) |
    (header.isRecursionDesired ? RD : 0);
  view.setUint16(0, header.id);
  view.setUint16(2, flags | (reply.rcode & 15));
  view.setUint16(4, question ? 1 : 0);
  view.setUint16(6, isTruncated ? 0 : reply.answers.length);
  view.setUint16(8, isTruncated ? 0 : reply.authority.length);
  view.setUint16(10, opt ? 1 : 0);
  if (question) {
    message.set(question.name, QUESTION_NAME);
    view.setUint16(questionEnd - 4, question.type);
    view.setUint16(questionEnd - 2, question.class);
  }
  let at = questionEnd;
  if (!isTruncated) for (const record of records) at = writeRecord(message, view, at, record);
  if (opt) message.set(opt, at);
  return message;
}

/** An answer without records, for a query that is refused or not understood. */
export const emptyReply = (rcode: number): Reply => ({
  rcode,
  isAuthoritative: false,
  answers: [],
  authority: [],
});

/** SERVFAIL for a packet whose handling failed, from its header alone; undefined for a packet not to be answered. */
export function failureOf(message: Uint8Array): Uint8Array | undefined {
  if (message.length < 12 || ((message[2] ?? 0) & 0x80) !== 0) return undefined;
  const answer = new Uint8Array(12);
  answer.set(message.subarray(0, 2));
  answer[2] = 0x80 | ((message[2] ?? 0) & 0x79);
  answer[3] = RCODE.SERVFAIL;
  return answer;
}

const sizeOf = ({ owner, content }: ResourceRecord): number =>
  (typeof owner === 'number' ? 2 : owner.length) + 10 + content.length;

function writeRecord(message: Uint8Array, view: DataView, start: number, record: ResourceRecord): number {
  let at = start;
  if (typeof record.owner === 'number') {
    view.setUint16(at, 0xc000 | record.owner);
    at += 2;
  } else {
    message.set(record.owner, at);
    at += record.owner.length;
  }
  view.setUint16(at, record.type);
  view.setUint16(at + 2, 1);
  view.setUint32(at + 4, record.ttlSeconds);
  view.setUint16(at + 8, record.content.length);
  message.set(record.content, at + 10);
  return at + 10 + record.content.length;
}
