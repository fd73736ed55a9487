import { nameOfText } from '@sekisho/dns-wire';
import { parseIp, SubjectInvalid } from '@sekisho/subject';
import type { ZoneIndex, ZoneName } from '@sekisho/zone';
import type { CookieJar } from '../access/cookie-jar.js';
import type { MemberAccess } from '../access/member-access.js';
import type { ResponseRateLimiter } from '../access/response-rate-limiter.js';
import { TsigKeys } from '../transfer/tsig-keys.js';

export type Transport = 'udp' | 'tcp' | 'tls';

/** Where a counted query went: a zone, the apex with all that is in none of its zones, or nowhere of ours. */
export type Destination = ZoneName | 'apex' | 'none';

/** Called at the end of a zone transfer; `current` is the answer to IXFR that there is nothing newer. */
export type TransferCount = (
  zone: ZoneName | 'apex' | 'none',
  kind: 'AXFR' | 'IXFR' | 'current',
  result: 'whole' | 'broken' | 'refused',
) => void;

export interface ServerOptions {
  /** The apex Z as text, lower case, without final dot. */
  readonly apex: string;
  /** Where the server listens: the address of `ns1.Z`, unless it is a wildcard. */
  readonly listenHost: string;
  /** Where TXT records lead people; without a final slash. */
  readonly publicUrl: string;
  /** A zone that is missing here was never seen: its names get SERVFAIL. */
  readonly zones: ReadonlyMap<ZoneName, ZoneIndex>;
  readonly isAllowed: (client: string) => boolean;
  readonly count: (destination: Destination, rcode: number, transport: Transport) => void;
  /** Default: transfers are not counted. */
  readonly countTransfer?: TransferCount;
  /** Who may transfer zones without a key. Default: nobody. */
  readonly mayTransfer?: (client: string) => boolean;
  /** Default: no keys, so every signature is refused. */
  readonly tsigKeys?: TsigKeys;
  /** With these, a lookup needs a member's key in its name. */
  readonly members?: MemberAccess | undefined;
  /** Default: cookies are ignored. */
  readonly cookies?: CookieJar | undefined;
  /** Limits answers by UDP. Default: no limit. */
  readonly limiter?: ResponseRateLimiter | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs?: () => number;
}

/** All that an answer depends on besides the query. Names are whole wire names, lower case. */
export interface ServerState extends ServerOptions {
  readonly mayTransfer: (client: string) => boolean;
  readonly tsigKeys: TsigKeys;
  readonly nowMs: () => number;
  readonly apexName: Uint8Array;
  /** `ns1.Z`, MNAME and the only NS. */
  readonly hostName: Uint8Array;
  /** `hostmaster.Z`, RNAME. */
  readonly hostmasterName: Uint8Array;
  /** 4 or 16 octets, undefined when the server listens on a wildcard address. */
  readonly hostAddress: Uint8Array | undefined;
}

/** @throws {RangeError} when the apex is no name */
export function createServerState(options: ServerOptions): ServerState {
  const { nowMs = Date.now, mayTransfer = () => false } = options;
  return {
    ...options,
    nowMs,
    mayTransfer,
    tsigKeys: options.tsigKeys ?? new TsigKeys([], () => Math.floor(nowMs() / 1_000)),
    apexName: wireName(options.apex),
    hostName: wireName(`ns1.${options.apex}`),
    hostmasterName: wireName(`hostmaster.${options.apex}`),
    hostAddress: specificAddress(options.listenHost),
  };
}

function wireName(text: string): Uint8Array {
  const name = nameOfText(text);
  if (!name) throw new RangeError(`not a DNS name: ${JSON.stringify(text)}`);
  return name;
}

function specificAddress(host: string): Uint8Array | undefined {
  try {
    const { bytes } = parseIp(host);
    return bytes.some((octet) => octet !== 0) ? bytes : undefined;
  } catch (error) {
    if (error instanceof SubjectInvalid) return undefined;
    throw error;
  }
}
