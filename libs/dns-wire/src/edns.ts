// EDNS(0): RFC 6891 section 6.1.
import { TYPE } from './registry.js';

export interface EdnsOption {
  readonly code: number;
  readonly value: Uint8Array;
}

export interface Edns {
  readonly version: number;
  /** Octets that the sender can take by UDP; below 512 counts as 512. */
  readonly udpSize: number;
  readonly isDnssecOk: boolean;
  readonly options: readonly EdnsOption[];
}

export const MIN_UDP_SIZE = 512;
const DNSSEC_OK = 0x8000;

/** Octets of an OPT record without options. */
export const OPT_BYTES = 11;

/** The options of an OPT record; undefined when their encoding is wrong. */
export function readOptions(bytes: Uint8Array): EdnsOption[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const options: EdnsOption[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + view.getUint16(at + 2);
    if (end > bytes.length) return undefined;
    options.push({ code: view.getUint16(at), value: bytes.subarray(at + 4, end) });
    at = end;
  }
  return options;
}

/** An OPT record; `rcode` is the whole response code of which it carries the upper eight bits. */
export function optRecord(edns: Edns, rcode = 0): Uint8Array {
  const length = edns.options.reduce((sum, { value }) => sum + 4 + value.length, 0);
  const bytes = new Uint8Array(OPT_BYTES + length);
  const view = new DataView(bytes.buffer);
  view.setUint16(1, TYPE.OPT);
  view.setUint16(3, edns.udpSize);
  view.setUint8(5, rcode >> 4);
  view.setUint8(6, edns.version);
  view.setUint16(7, edns.isDnssecOk ? DNSSEC_OK : 0);
  view.setUint16(9, length);
  let at = OPT_BYTES;
  for (const { code, value } of edns.options) {
    view.setUint16(at, code);
    view.setUint16(at + 2, value.length);
    bytes.set(value, at + 4);
    at += 4 + value.length;
  }
  return bytes;
}

export function ednsOf(udpSize: number, ttl: number, options: readonly EdnsOption[]): Edns {
  return {
    version: (ttl >>> 16) & 255,
    udpSize: Math.max(MIN_UDP_SIZE, udpSize),
    isDnssecOk: (ttl & DNSSEC_OK) !== 0,
    options,
  };
}
