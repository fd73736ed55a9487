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
  const listings: Listing[] = [];
  if (!areListings(ip, listings) || !areListings(dynamic, listings)) return ERROR_CODE;
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

/** Adds what the codes say to `listings`. @returns false when one is no listing */
function areListings(codes: readonly number[], listings: Listing[]): boolean {
  for (const code of codes) {
    const decoded = decodeReturnCode(code);
    if (decoded.kind !== 'listing') return false;
    listings.push({ category: categoryName(decoded.category), score: decoded.score });
  }
  return true;
}
