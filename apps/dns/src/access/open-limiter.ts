import type { Config } from '@sekisho/config';
import { randomInt } from 'node:crypto';
import { createRates } from './rate-table.js';
import { ResponseRateLimiter } from './response-rate-limiter.js';

/** The limiter of access `open`, unless it is off; with any other access the askers are known. */
export function openLimiter({
  dnsAccess,
  dnsRates,
}: Pick<Config, 'dnsAccess' | 'dnsRates'>): ResponseRateLimiter | undefined {
  if (dnsAccess.kind !== 'open' || !dnsRates) return undefined;
  return new ResponseRateLimiter(createRates(dnsRates, randomInt(2 ** 32), Date.now()));
}
