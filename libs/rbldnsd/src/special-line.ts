// "Special Entries" of rbldnsd(8): lines that begin with $, and with #$, ;$ or :$ for files that other programs read too.
import type { DatasetNs, DatasetSoa } from './dataset.js';
import { parseSeconds, parseStamp, parseWord } from './duration.js';
import { COLON, DASH, DOLLAR, isCommentSign, type Line } from './line.js';
import { readNameWord } from './name-text.js';
import { BASE_TEMPLATE } from './template.js';

/** An answer has room for no more. */
const MAX_HOSTS = 32;

export type SpecialLine =
  | { readonly kind: 'soa'; readonly soa: DatasetSoa }
  | { readonly kind: 'ns'; readonly ns: DatasetNs }
  | { readonly kind: 'ttl'; readonly ttlSeconds: number }
  | { readonly kind: 'timestamp'; readonly madeAtSeconds: number; readonly expiresAtSeconds: number }
  /** Addresses; 0: any number. */
  | { readonly kind: 'maxrange4'; readonly addresses: number }
  /** Place among the variables, `$=` is BASE_TEMPLATE. */
  | { readonly kind: 'variable'; readonly place: number; readonly text: Uint8Array }
  | { readonly kind: 'dataset'; readonly type: string; readonly subzones: readonly string[] };

/** Goes behind the sign of a special line; false for any other line. */
export function enterSpecial(line: Line): boolean {
  const first = line.peek();
  const isSpecial =
    first === DOLLAR || ((isCommentSign(first) || first === COLON) && line.peek(1) === DOLLAR);
  if (isSpecial) line.at += first === DOLLAR ? 1 : 2;
  return isSpecial;
}

/** Reads a special line behind its sign; undefined when it is none that can be read. */
export function readSpecial(line: Line, ttlSeconds: number): SpecialLine | undefined {
  const keyword = line.word().toLowerCase();
  if (line.isAtEnd) return undefined;
  if (/^[0-9=]$/.test(keyword)) {
    const text = line.bytes.slice(line.at, line.end);
    return { kind: 'variable', place: keyword === '=' ? BASE_TEMPLATE : Number(keyword), text };
  }
  switch (keyword) {
    case 'soa':
      return readSoa(line, ttlSeconds);
    case 'ns':
    case 'nameserver':
      return readNs(line, ttlSeconds);
    case 'ttl': {
      const seconds = parseSeconds(line.word());
      if (seconds === undefined || line.peek() >= 0) return undefined;
      return { kind: 'ttl', ttlSeconds: seconds };
    }
    case 'timestamp':
      return readTimestamp(line);
    case 'maxrange4':
      return readMaxRange(line);
    case 'dataset':
      return readDatasetLine(line);
    default:
      return undefined;
  }
}

function readSoa(line: Line, ttlSeconds: number): SpecialLine | undefined {
  const ttl = parseSeconds(line.word());
  const mname = readName(line);
  const rname = readName(line);
  const serial = parseWord(line.word());
  const times = Array.from({ length: 4 }, () => parseSeconds(line.word()));
  const [refreshSeconds, retrySeconds, expireSeconds, minimumSeconds] = times;
  if (ttl === undefined || !mname || !rname || serial === undefined || !line.isAtEnd) return undefined;
  if (refreshSeconds === undefined || retrySeconds === undefined) return undefined;
  if (expireSeconds === undefined || minimumSeconds === undefined) return undefined;
  return {
    kind: 'soa',
    soa: {
      ttlSeconds: ttl || ttlSeconds,
      mname,
      rname,
      serial,
      refreshSeconds,
      retrySeconds,
      expireSeconds,
      minimumSeconds,
    },
  };
}

function readNs(line: Line, ttlSeconds: number): SpecialLine | undefined {
  const ttl = parseSeconds(line.word());
  if (ttl === undefined || line.isAtEnd) return undefined;
  const hosts: Uint8Array[] = [];
  while (line.peek() >= 0) {
    if (line.peek() === DASH) {
      line.word();
      continue;
    }
    const host = readName(line);
    if (!host) return undefined;
    const isNew = !hosts.some(
      (other) => other.length === host.length && other.every((b, i) => b === host[i]),
    );
    if (isNew && hosts.length < MAX_HOSTS) hosts.push(host);
  }
  return { kind: 'ns', ns: { ttlSeconds: ttl || ttlSeconds, hosts } };
}

function readName(line: Line): Uint8Array | undefined {
  const name = new Uint8Array(256);
  const length = readNameWord(line, name);
  return length < 0 ? undefined : name.slice(0, length);
}

function readTimestamp(line: Line): SpecialLine | undefined {
  const madeAtSeconds = parseStamp(line.word());
  if (madeAtSeconds === undefined) return undefined;
  const text = line.word();
  if (!line.isAtEnd) return undefined;
  if (text === '') return { kind: 'timestamp', madeAtSeconds, expiresAtSeconds: 0 };
  if (!text.startsWith('+')) {
    const expiresAtSeconds = parseStamp(text);
    return expiresAtSeconds === undefined
      ? undefined
      : { kind: 'timestamp', madeAtSeconds, expiresAtSeconds };
  }
  const lifetime = parseSeconds(text.slice(1));
  if (!lifetime || madeAtSeconds === 0) return undefined;
  return { kind: 'timestamp', madeAtSeconds, expiresAtSeconds: madeAtSeconds + lifetime };
}

function readMaxRange(line: Line): SpecialLine | undefined {
  const text = line.word();
  const number = parseWord(text.replace(/^\//, ''));
  if (!number || !line.isAtEnd) return undefined;
  if (!text.startsWith('/')) return { kind: 'maxrange4', addresses: number };
  return number > 32 ? undefined : { kind: 'maxrange4', addresses: 2 ** (32 - number) };
}

function readDatasetLine(line: Line): SpecialLine {
  const words: string[] = [];
  while (!line.isDone) words.push(line.word());
  const [spec = '', ...subzones] = words;
  return { kind: 'dataset', type: spec.replace(/:.*$/s, ''), subzones };
}
