// Resource records and their data: RFC 1035 section 3.2.1, 3.3, RFC 8482 section 4.2 (HINFO).
import { TYPE } from './registry.js';

/** A record of class IN. */
export interface ResourceRecord {
  /** A wire name, or the offset in the message of a name that is there (a compression pointer). */
  readonly owner: Uint8Array | number;
  readonly type: number;
  /** 31 bits (RFC 2181 section 8). */
  readonly ttlSeconds: number;
  readonly content: Uint8Array;
}

export interface Soa {
  readonly mname: Uint8Array;
  readonly rname: Uint8Array;
  /** Modulo 2^32 (RFC 1982). */
  readonly serial: number;
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
  /** Lifetime of a negative answer (RFC 2308 section 4). */
  readonly minimumSeconds: number;
}

/** An IPv4 address given as 32 bits. */
export function addressRecord(
  owner: Uint8Array | number,
  ttlSeconds: number,
  address: number,
): ResourceRecord {
  const content = new Uint8Array(4);
  new DataView(content.buffer).setUint32(0, address);
  return { owner, type: TYPE.A, ttlSeconds, content };
}

/** One TXT record; a text over 255 octets of UTF-8 becomes several character-strings, which readers join. */
export function textRecord(owner: Uint8Array | number, ttlSeconds: number, text: string): ResourceRecord {
  const octets = new TextEncoder().encode(text);
  const strings: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < octets.length; at += 255)
    strings.push(characterString(octets.subarray(at, at + 255)));
  return { owner, type: TYPE.TXT, ttlSeconds, content: concat(strings) };
}

export function nameServerRecord(
  owner: Uint8Array | number,
  ttlSeconds: number,
  host: Uint8Array,
): ResourceRecord {
  return { owner, type: TYPE.NS, ttlSeconds, content: host };
}

export function soaRecord(owner: Uint8Array | number, ttlSeconds: number, soa: Soa): ResourceRecord {
  const numbers = new Uint8Array(20);
  const view = new DataView(numbers.buffer);
  [soa.serial, soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, soa.minimumSeconds].forEach(
    (number, i) => {
      view.setUint32(i * 4, number);
    },
  );
  return { owner, type: TYPE.SOA, ttlSeconds, content: concat([soa.mname, soa.rname, numbers]) };
}

/** The answer to ANY of a server that does not hand out everything. */
export function minimalAnyRecord(owner: Uint8Array | number, ttlSeconds: number): ResourceRecord {
  const cpu = characterString(new TextEncoder().encode('RFC8482'));
  return { owner, type: TYPE.HINFO, ttlSeconds, content: concat([cpu, new Uint8Array(1)]) };
}

function characterString(octets: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(octets.length), octets]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
