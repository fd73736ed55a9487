import { SubscriberRefused } from './errors.js';
import type { Reason } from './vocabulary.js';

/** Years by class, counted from the day of termination: what the federation's rules promise the persons concerned. */
const DEFAULT_YEARS: Readonly<Record<Reason, number>> = {
  'spam-sending': 1,
  'address-harvesting': 1,
  phishing: 2,
  'malware-sending': 2,
};
/** As long as the carriers' exchange of terminated subscribers keeps its records at most. */
export const MAX_YEARS = 5;

const yearsAfter = (day: string, years: number): Date => {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date;
};

/**
 * When a record stops answering and is deleted.
 * @param terminatedOn,expiresOn calendar days, YYYY-MM-DD
 * @throws {SubscriberRefused} expiry-not-admissible
 */
export function expiryOf(
  {
    reason,
    terminatedOn,
    expiresOn,
  }: { reason: Reason; terminatedOn: string; expiresOn?: string | undefined },
  now: Date,
): Date {
  const latest = yearsAfter(terminatedOn, MAX_YEARS);
  const expiry =
    expiresOn === undefined
      ? yearsAfter(terminatedOn, DEFAULT_YEARS[reason])
      : new Date(`${expiresOn}T00:00:00Z`);
  if (expiry > latest) {
    throw new SubscriberRefused('expiry-not-admissible', `a record lives ${MAX_YEARS} years at most`);
  }
  if (expiry <= now) {
    throw new SubscriberRefused(
      'expiry-not-admissible',
      `the record would have expired on ${expiry.toISOString().slice(0, 10)}`,
    );
  }
  return expiry;
}
