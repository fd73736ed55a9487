// How single values of SEKISHO_* are written, and what is said of one that is not.
import ipaddr from 'ipaddr.js';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export type DnsAccess =
  | { readonly kind: 'open' }
  /** By the member's key label in front of the zone. */
  | { readonly kind: 'key' }
  | { readonly kind: 'networks'; readonly networks: readonly string[] };

/** Response rate limiting; each rate is equal answers a second to one network, 0 for no limit. */
export interface ResponseRates {
  readonly responses: number;
  readonly nxdomains: number;
  readonly nodata: number;
  readonly errors: number;
  readonly windowSeconds: number;
  /** Every so-manieth suppressed answer is sent cut, so that a real client comes back by TCP; 0: none. */
  readonly slip: number;
}

/** Says what is wrong and gives a good example; never the value, which may be a secret. The variable is named by others. */
export class ValueInvalid extends Error {
  override readonly name = 'ValueInvalid';
  constructor(what: string, example: string) {
    super(`${what}. Example: ${example}`);
  }
}

/** Reads one variable as it is set. @throws {ValueInvalid} */
type Read<T> = (text: string) => T;
/** The same for a variable that may not be set. */
export type Variable<T> = (text: string | undefined) => T;

export const optional =
  <T>(read: Read<T>): Variable<T | undefined> =>
  (text) =>
    text === undefined ? undefined : read(text);

export const otherwise =
  <T>(fallback: T, read: Read<T>): Variable<T> =>
  (text) =>
    text === undefined ? fallback : read(text);

export const url =
  (schemes: readonly string[], example: string): Read<string> =>
  (text) => {
    if (schemes.some((scheme) => text.startsWith(`${scheme}://`)) && URL.canParse(text)) return text;
    throw new ValueInvalid(`not a ${schemes.map((scheme) => `${scheme}://`).join(' or ')} URL`, example);
  };

function addressOf(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  return ipaddr.isValid(host) && port >= 0 && port <= 65_535 ? { host, port } : undefined;
}

export const listen =
  (example: string): Read<ListenAddress> =>
  (text) => {
    const address = addressOf(text);
    if (!address) throw new ValueInvalid('not an address and port', example);
    return address;
  };

export const count =
  (least: number, most: number, example: string): Read<number> =>
  (text) => {
    if (!/^\d{1,9}$/.test(text)) throw new ValueInvalid('not a number', example);
    const value = Number(text);
    if (value < least || value > most) throw new ValueInvalid(`not between ${least} and ${most}`, example);
    return value;
  };

/** One of some words; `what` says that it is none of them. */
export const word =
  <const T extends string>(words: readonly T[], what: string, example: string): Read<T> =>
  (text) => {
    const known = words.find((one) => one === text);
    if (known === undefined) throw new ValueInvalid(what, example);
    return known;
  };

const yesOrNo = word(['0', '1', 'true', 'false', 'yes', 'no'], 'not yes or no', 'yes');
export const flag: Read<boolean> = (text) => ['1', 'true', 'yes'].includes(yesOrNo(text));

export const zone: Read<string> = (text) => {
  const name = text.toLowerCase().replace(/\.$/, '');
  const isName = /^(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9-]{1,63}$/.test(name) && name.length <= 150;
  if (!isName) throw new ValueInvalid('not a domain name of at most 150 characters', 'sekisho.example');
  return name;
};

const partsOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((part) => part !== '');

export const access: Read<DnsAccess> = (text) => {
  if (text === 'open' || text === 'key') return { kind: text };
  const networks = partsOf(text);
  if (networks.length === 0 || !networks.every((network) => ipaddr.isValidCIDR(network))) {
    throw new ValueInvalid('not `open`, not `key` and not a list of networks', '192.0.2.0/24,2001:db8::/32');
  }
  return { kind: 'networks', networks };
};

export const networkList: Read<readonly string[]> = (text) => {
  const networks = partsOf(text);
  if (networks.every((network) => ipaddr.isValidCIDR(network))) return networks;
  throw new ValueInvalid('not a list of networks', '192.0.2.53/32,2001:db8::/64');
};

export const listenList: Read<readonly ListenAddress[]> = (text) => {
  const addresses = partsOf(text).map((part) =>
    addressOf(/^[\d.]+$|^\[[^\]]+\]$/.test(part) ? `${part}:53` : part),
  );
  const known = addresses.filter((address) => address !== undefined && address.port > 0);
  if (known.length === addresses.length) return known.filter((address) => address !== undefined);
  throw new ValueInvalid('not a list of addresses with ports', '192.0.2.53:53,[2001:db8::53]:53');
};

/**
 * Equal answers that a busy network of mail servers never gets, and a victim of reflection would. Negative answers
 * are the normal ones of a blocklist and stay free.
 */
export const DEFAULT_RATES: ResponseRates = {
  ...{ responses: 100, nxdomains: 0, nodata: 0, errors: 50 },
  ...{ windowSeconds: 15, slip: 2 },
};

const RATE_NAMES = { ...DEFAULT_RATES, window: 0 };

export const rates: Read<ResponseRates | 'off'> = (text) => {
  if (text === 'off') return text;
  const given: Record<string, number> = {};
  let isValid = true;
  for (const part of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const match = /^(\w+)=(\d{1,7})$/.exec(part) ?? /^()(\d{1,7})$/.exec(part);
    const name = match?.[1] === '' ? 'responses' : (match?.[1] ?? '');
    isValid &&= name in RATE_NAMES && name !== 'windowSeconds';
    given[name === 'window' ? 'windowSeconds' : name] = Number(match?.[2]);
  }
  const wanted = { ...DEFAULT_RATES, ...given };
  const { windowSeconds, slip } = wanted;
  if (isValid && windowSeconds >= 1 && windowSeconds <= 3_600 && slip <= 10) return wanted;
  throw new ValueInvalid(
    'not `off` and not rates (responses, nxdomains, nodata, errors; window 1 to 3600, slip 0 to 10)',
    'responses=100,nxdomains=0,slip=2',
  );
};

export const path =
  (example: string): Read<string> =>
  (text) => {
    if (text === '') throw new ValueInvalid('empty', example);
    return text;
  };

// The usual form: no dot first, none after another, a name with a top domain of letters.
const MAIL = /^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/;
export const mail =
  (example: string): Read<string> =>
  (text) => {
    if (!MAIL.test(text)) throw new ValueInvalid('not a mail address', example);
    return text;
  };
