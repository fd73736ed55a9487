// DNS cookies: RFC 7873 (the option, what a server does) and RFC 9018 (interoperable server cookies, version 1).
import type { Edns } from './edns.js';
import { OPTION } from './registry.js';
import { isSerialNewer } from './serial.js';
import { sipHash24 } from './siphash.js';

const CLIENT_BYTES = 8;
const SERVER_BYTES = 16;
const MIN_WITH_SERVER = 16;
const MAX_BYTES = 40;
/** RFC 9018 section 4.3. */
const MAX_AGE_SECONDS = 3_600;
const MAX_AHEAD_SECONDS = 300;
const RENEW_SECONDS = 1_800;

export interface Cookie {
  readonly client: Uint8Array;
  /** Empty when the asker has none yet. */
  readonly server: Uint8Array;
}

/** What a server cookie is made from: its secret (16 octets), the asker's address (4 or 16) and the time. */
export interface CookieContext {
  readonly secret: Uint8Array;
  readonly address: Uint8Array;
  /** Seconds since 1970. */
  readonly nowSeconds: number;
}

/** The first cookie of a query; `malformed` for a length that no cookie has (RFC 7873 section 5.2.2: FORMERR). */
export function readCookie(edns: Edns | undefined): Cookie | 'malformed' | undefined {
  const option = edns?.options.find(({ code }) => code === OPTION.COOKIE);
  if (!option) return undefined;
  const { value } = option;
  if (value.length !== CLIENT_BYTES && (value.length < MIN_WITH_SERVER || value.length > MAX_BYTES)) {
    return 'malformed';
  }
  return { client: value.subarray(0, CLIENT_BYTES), server: value.subarray(CLIENT_BYTES) };
}

/** The whole option (24 octets) for an answer: the client's part and a fresh server part. */
export function makeCookie(client: Uint8Array, { secret, address, nowSeconds }: CookieContext): Uint8Array {
  const option = new Uint8Array(CLIENT_BYTES + SERVER_BYTES);
  option.set(client);
  option[CLIENT_BYTES] = 1;
  new DataView(option.buffer).setUint32(12, nowSeconds % 2 ** 32);
  option.set(hashOf(option.subarray(0, 16), secret, address), 16);
  return option;
}

/**
 * Judges the server part: `good`, `old` (good, to be replaced by a fresh one), or `bad`, which includes none.
 * The comparison takes the same time wherever they differ.
 */
export function judgeCookie(cookie: Cookie, context: CookieContext): 'good' | 'old' | 'bad' {
  const { client, server } = cookie;
  if (server.length !== SERVER_BYTES || server[0] !== 1) return 'bad';
  const start = new Uint8Array(16);
  start.set(client);
  start.set(server.subarray(0, 8), CLIENT_BYTES);
  const expected = hashOf(start, context.secret, context.address);
  let difference = 0;
  for (let i = 0; i < 8; i++) difference |= (expected[i] ?? 0) ^ (server[8 + i] ?? 0);
  if (difference !== 0) return 'bad';
  const made = new DataView(start.buffer).getUint32(12);
  const now = context.nowSeconds % 2 ** 32;
  const age = (now - made + 2 ** 32) % 2 ** 32;
  if (isSerialNewer(made, now)) return 2 ** 32 - age > MAX_AHEAD_SECONDS ? 'bad' : 'good';
  return age > MAX_AGE_SECONDS ? 'bad' : age > RENEW_SECONDS ? 'old' : 'good';
}

function hashOf(start: Uint8Array, secret: Uint8Array, address: Uint8Array): Uint8Array {
  const text = new Uint8Array(16 + address.length);
  text.set(start);
  text.set(address, 16);
  return sipHash24(secret, text);
}
