import type { Listing, Standing } from '@sekisho/policy';
import { categoryName, decodeReturnCode } from '@sekisho/zone';

/** The codes that each zone answered; empty where an address is not in it or the zone was not asked. */
export interface ZoneCodes {
  readonly ip: readonly number[];
  readonly high: readonly number[];
  readonly dynamic: readonly number[];
  readonly score: readonly number[];
}

/** What return codes say of an address. One code that is none of ours, and nothing is known: never a listing. */
export function standingOfCodes({ ip, high, dynamic, score }: ZoneCodes): Standing {
  const listings = new Array<Listing>(ip.length + dynamic.length);
  for (let i = 0; i < listings.length; i++) {
    const decoded = decodeReturnCode((i < ip.length ? ip[i] : dynamic[i - ip.length]) ?? 0);
    if (decoded.kind !== 'listing') return ERROR_CODE;
    listings[i] = { category: categoryName(decoded.category), score: decoded.score };
  }
  for (const code of high) if (decodeReturnCode(code).kind !== 'listing') return ERROR_CODE;
  let known: { score: number; confidence: number } | undefined;
  for (const code of score) {
    const decoded = decodeReturnCode(code);
    if (decoded.kind !== 'score') return ERROR_CODE;
    known = decoded;
  }
  return {
    kind: 'known',
    listings,
    isHigh: high.length > 0,
    score: known?.score,
    confidence: known?.confidence,
  };
}

const ERROR_CODE: Standing = { kind: 'unknown', reason: 'error-code' };
