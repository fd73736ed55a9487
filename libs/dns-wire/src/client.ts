// The asking side: queries as a stub resolver sends them, and answers as it reads them.
import { ednsOf, optRecord, readOptions, type Edns } from './edns.js';
import { nameOfText, readName, textOfName } from './name.js';
import type { Question } from './query.js';
import { CLASS_IN, TYPE } from './registry.js';

export interface QueryOptions {
  /** 16 bits; unpredictable, chosen by the caller. */
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly class?: number;
  readonly isRecursionDesired?: boolean;
  readonly edns?: Edns;
}

/** A query packet. @throws {RangeError} for a text that is no name */
export function encodeQuery(options: QueryOptions): Uint8Array {
  const name = nameOfText(options.name);
  if (!name) throw new RangeError(`not a DNS name: ${JSON.stringify(options.name)}`);
  const opt = options.edns ? optRecord(options.edns) : new Uint8Array(0);
  const message = new Uint8Array(12 + name.length + 4 + opt.length);
  const view = new DataView(message.buffer);
  view.setUint16(0, options.id);
  view.setUint16(2, options.isRecursionDesired ? 0x0100 : 0);
  view.setUint16(4, 1);
  view.setUint16(10, options.edns ? 1 : 0);
  message.set(name, 12);
  view.setUint16(12 + name.length, options.type);
  view.setUint16(14 + name.length, options.class ?? CLASS_IN);
  message.set(opt, 16 + name.length);
  return message;
}

export type RecordValue =
  | { readonly kind: 'A'; readonly address: string }
  | { readonly kind: 'NS'; readonly host: string }
  | { readonly kind: 'TXT'; readonly text: string }
  | {
      readonly kind: 'SOA';
      readonly mname: string;
      readonly rname: string;
      readonly serial: number;
      readonly minimumSeconds: number;
    }
  | { readonly kind: 'other'; readonly content: Uint8Array };

export interface ResponseRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttlSeconds: number;
  readonly value: RecordValue;
}

export interface Response {
  readonly id: number;
  readonly opcode: number;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  readonly isRecursionDesired: boolean;
  readonly isRecursionAvailable: boolean;
  /** With the upper bits from the OPT. */
  readonly rcode: number;
  readonly question: Question | undefined;
  readonly answers: readonly ResponseRecord[];
  readonly authority: readonly ResponseRecord[];
  /** Without the OPT. */
  readonly additional: readonly ResponseRecord[];
  readonly edns: Edns | undefined;
}

/** Reads a response; undefined when it is none, malformed or has more than one question. Never throws. */
export function decodeResponse(message: Uint8Array): Response | undefined {
  if (message.length < 12) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const flags = view.getUint16(2);
  const questions = view.getUint16(4);
  if ((flags & 0x8000) === 0 || questions > 1) return undefined;
  let at = 12;
  let question: Question | undefined;
  if (questions === 1) {
    const read = readName(message, at);
    if (!read || read.end + 4 > message.length) return undefined;
    question = { name: read.name, type: view.getUint16(read.end), class: view.getUint16(read.end + 2) };
    at = read.end + 4;
  }
  const sections: ResponseRecord[][] = [[], [], []];
  let edns: Edns | undefined;
  let upper = 0;
  for (const [i, section] of sections.entries()) {
    for (let left = view.getUint16(6 + i * 2); left > 0; left--) {
      const record = readRecord(message, view, at);
      if (!record) return undefined;
      at = record.end;
      if (record.type === TYPE.OPT) {
        const options = readOptions(record.content);
        if (!options || edns) return undefined;
        edns = ednsOf(record.class, record.ttlSeconds, options);
        upper = record.ttlSeconds >>> 24;
        continue;
      }
      const value = readValue(message, record);
      if (!value) return undefined;
      const { name, type, ttlSeconds } = record;
      section.push({ name, type, class: record.class, ttlSeconds, value });
    }
  }
  const [answers = [], authority = [], additional = []] = sections;
  return {
    id: view.getUint16(0),
    opcode: (flags >> 11) & 15,
    isAuthoritative: (flags & 0x0400) !== 0,
    isTruncated: (flags & 0x0200) !== 0,
    isRecursionDesired: (flags & 0x0100) !== 0,
    isRecursionAvailable: (flags & 0x0080) !== 0,
    rcode: (upper << 4) | (flags & 15),
    question,
    answers,
    authority,
    additional,
    edns,
  };
}

interface RawRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttlSeconds: number;
  readonly content: Uint8Array;
  /** Where the content starts and ends in the message. */
  readonly start: number;
  readonly end: number;
}

function readRecord(message: Uint8Array, view: DataView, at: number): RawRecord | undefined {
  const owner = readName(message, at);
  if (!owner || owner.end + 10 > message.length) return undefined;
  const start = owner.end + 10;
  const end = start + view.getUint16(owner.end + 8);
  if (end > message.length) return undefined;
  return {
    name: textOfName(owner.name),
    type: view.getUint16(owner.end),
    class: view.getUint16(owner.end + 2),
    ttlSeconds: view.getUint32(owner.end + 4),
    content: message.subarray(start, end),
    start,
    end,
  };
}

function readValue(message: Uint8Array, { type, content, start, end }: RawRecord): RecordValue | undefined {
  switch (type) {
    case TYPE.A:
      return content.length === 4 ? { kind: 'A', address: content.join('.') } : undefined;
    case TYPE.NS: {
      const host = readName(message, start);
      return host?.end === end ? { kind: 'NS', host: textOfName(host.name) } : undefined;
    }
    case TYPE.TXT:
      return readText(content);
    case TYPE.SOA: {
      const mname = readName(message, start);
      const rname = mname && readName(message, mname.end);
      if (!rname || rname.end + 20 !== end) return undefined;
      const view = new DataView(message.buffer, message.byteOffset + rname.end, 20);
      return {
        kind: 'SOA',
        mname: textOfName(mname.name),
        rname: textOfName(rname.name),
        serial: view.getUint32(0),
        minimumSeconds: view.getUint32(16),
      };
    }
    default:
      return { kind: 'other', content };
  }
}

function readText(content: Uint8Array): RecordValue | undefined {
  const octets: number[] = [];
  let at = 0;
  while (at < content.length) {
    const next = at + 1 + (content[at] ?? 0);
    if (next > content.length) return undefined;
    octets.push(...content.subarray(at + 1, next));
    at = next;
  }
  return { kind: 'TXT', text: new TextDecoder().decode(Uint8Array.from(octets)) };
}
