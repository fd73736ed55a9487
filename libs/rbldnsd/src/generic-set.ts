// The generic dataset of rbldnsd(8): `name [ttl] [IN] TYPE data`, one record a line, A, TXT and MX.
import { parseSeconds, parseWord } from './duration.js';
import { readIpv4 } from './ipv4-text.js';
import { AT, isDigit, isSpace, textOf, type Line } from './line.js';
import { readNameWord } from './name-text.js';

const TYPE = { A: 1, MX: 15, TXT: 16 } as const;
const MAX_TEXT = 255;

export interface GenericRecord {
  readonly type: number;
  readonly ttlSeconds: number;
  /** As it stands in an answer. */
  readonly content: Uint8Array;
}

/** Records by name: wire form without root as characters U+00…U+FF; a name above another one has an empty list. */
export type GenericTable = ReadonlyMap<string, readonly GenericRecord[]>;

export class GenericSet {
  private readonly records = new Map<string, GenericRecord[]>();
  private readonly name = new Uint8Array(256);
  private entries = 0;

  get size(): number {
    return this.entries;
  }

  /** Takes a line; the reason when it cannot be read. */
  add(line: Line, defaultTtlSeconds: number): string | undefined {
    const length = this.readOwner(line);
    if (length < 0) return 'it does not begin with a name or @';
    let ttlSeconds = defaultTtlSeconds;
    if (isDigit(line.peek())) {
      const seconds = parseSeconds(line.word());
      if (seconds === undefined) return 'its TTL is no time';
      if (seconds > 0) ttlSeconds = seconds;
    }
    let type = line.word().toUpperCase();
    if (type === 'IN') type = line.word().toUpperCase();
    const content = readContent(type, line);
    if (typeof content === 'string') return content;
    this.put(length, { type: TYPE[type as keyof typeof TYPE], ttlSeconds, content });
    this.entries++;
    return undefined;
  }

  private readOwner(line: Line): number {
    if (line.peek() === AT && isSpace(line.peek(1))) {
      line.at++;
      line.skipSpace();
      return 0;
    }
    const length = readNameWord(line, this.name);
    return length === 0 ? -1 : length;
  }

  private put(length: number, record: GenericRecord): void {
    for (let at = 0; at < length; at += (this.name[at] ?? 0) + 1) {
      const key = textOf(this.name, at, length);
      const there = this.records.get(key);
      if (at === 0) {
        if (there) there.push(record);
        else this.records.set(key, [record]);
      } else if (there) break;
      else this.records.set(key, []);
    }
    if (length === 0) this.records.set('', [...(this.records.get('') ?? []), record]);
  }

  toTable(): GenericTable {
    return this.records;
  }
}

/** The content, or why there is none. */
function readContent(type: string, line: Line): Uint8Array | string {
  switch (type) {
    case 'A': {
      const address = readIpv4(line);
      if (address === undefined) return 'its address is none';
      return Uint8Array.of(address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255);
    }
    case 'TXT': {
      const isQuoted = line.end - line.at >= 2 && line.peek() === 0x22 && line.bytes[line.end - 1] === 0x22;
      const text = line.bytes.subarray(line.at + (isQuoted ? 1 : 0), line.end - (isQuoted ? 1 : 0));
      const taken = text.subarray(0, MAX_TEXT);
      return Uint8Array.of(taken.length, ...taken);
    }
    case 'MX': {
      const preference = parseWord(line.word());
      const host = new Uint8Array(256);
      const length = readNameWord(line, host);
      if (preference === undefined || preference > 0xffff || length < 0 || !line.isAtEnd) {
        return 'not an MX: preference and host';
      }
      return Uint8Array.of(preference >> 8, preference & 255, ...host.subarray(0, length), 0);
    }
    default:
      return 'its type is not A, TXT or MX';
  }
}
