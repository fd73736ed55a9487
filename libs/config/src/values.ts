// How single values of SEKISHO_* are written, and what is said of one that is not.
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

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

/** A fault names the variable, what is wrong and a good example; never the value, which may be a secret. */
export const fault = (what: string, example: string) => `${what}. Example: ${example}`;

export const url = (schemes: readonly string[], example: string) =>
  z
    .string()
    .refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}://`)) && URL.canParse(text), {
      error: fault(`not a ${schemes.map((scheme) => `${scheme}://`).join(' or ')} URL`, example),
    });

export const listen = (example: string) =>
  z.string().transform((text, context): ListenAddress => {
    const match = /^(?:\[([0-9a-f:]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text);
    const host = match?.[1] ?? match?.[2] ?? '';
    const port = Number(match?.[3]);
    if (!ipaddr.isValid(host) || !(port >= 0 && port <= 65_535)) {
      context.addIssue({ code: 'custom', message: fault('not an address and port', example) });
      return z.NEVER;
    }
    return { host, port };
  });

export const count = (least: number, most: number, example: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, fault('not a number', example))
    .transform(Number)
    .refine((value) => value >= least && value <= most, fault(`not between ${least} and ${most}`, example));

export const flag = z
  .enum(['0', '1', 'true', 'false', 'yes', 'no'], { error: fault('not yes or no', 'yes') })
  .transform((text) => ['1', 'true', 'yes'].includes(text));

export const zone = z
  .string()
  .transform((text) => text.toLowerCase().replace(/\.$/, ''))
  .refine(
    (text) => /^(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9-]{1,63}$/.test(text) && text.length <= 150,
    {
      error: fault('not a domain name of at most 150 characters', 'sekisho.example'),
    },
  );

export const access = z.string().transform((text, context): DnsAccess => {
  if (text === 'open' || text === 'key') return { kind: text };
  const networks = text.split(/[\s,]+/).filter((part) => part !== '');
  if (networks.length === 0 || !networks.every((network) => ipaddr.isValidCIDR(network))) {
    context.addIssue({
      code: 'custom',
      message: fault('not `open`, not `key` and not a list of networks', '192.0.2.0/24,2001:db8::/32'),
    });
    return z.NEVER;
  }
  return { kind: 'networks', networks };
});

export const networkList = z.string().transform((text, context): readonly string[] => {
  const networks = text.split(/[\s,]+/).filter((part) => part !== '');
  if (networks.every((network) => ipaddr.isValidCIDR(network))) return networks;
  context.addIssue({
    code: 'custom',
    message: fault('not a list of networks', '192.0.2.53/32,2001:db8::/64'),
  });
  return z.NEVER;
});

export const listenList = z.string().transform((text, context): readonly ListenAddress[] => {
  const one = listen('');
  const addresses = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map((part) => one.safeParse(/^[\d.]+$|^\[[^\]]+\]$/.test(part) ? `${part}:53` : part).data);
  const known = addresses.filter((address) => address !== undefined && address.port > 0);
  if (known.length === addresses.length) return known.filter((address) => address !== undefined);
  context.addIssue({
    code: 'custom',
    message: fault('not a list of addresses with ports', '192.0.2.53:53,[2001:db8::53]:53'),
  });
  return z.NEVER;
});

/**
 * Equal answers that a busy network of mail servers never gets, and a victim of reflection would. Negative answers
 * are the normal ones of a blocklist and stay free.
 */
export const DEFAULT_RATES: ResponseRates = {
  ...{ responses: 100, nxdomains: 0, nodata: 0, errors: 50 },
  ...{ windowSeconds: 15, slip: 2 },
};

const RATE_NAMES = { ...DEFAULT_RATES, window: 0 };

export const rates = z.string().transform((text, context): ResponseRates | 'off' => {
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
  context.addIssue({
    code: 'custom',
    message: fault(
      'not `off` and not rates (responses, nxdomains, nodata, errors; window 1 to 3600, slip 0 to 10)',
      'responses=100,nxdomains=0,slip=2',
    ),
  });
  return z.NEVER;
});

export const path = (example: string) => z.string().min(1, fault('empty', example));
