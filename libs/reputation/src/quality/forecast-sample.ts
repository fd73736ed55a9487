// Which scores are held against what comes: few of the many that score low, most of the few that score high, each weighed
// back by the rate at which its kind was taken.
import { CATEGORIES, type Category } from '@sekisho/report';
import type { SubjectType } from '@sekisho/subject';
import { FAMILIES } from '../family.js';
import { HOUR_MS } from '../model.js';

export const FORECAST = Object.freeze({
  /** What a score is held against: abusive mail within this time. */
  horizonMs: 24 * HOUR_MS,
  /** Reports of that mail are waited for a little longer. */
  settlingMs: HOUR_MS,
  /** What is published is about forecasts of this long. */
  windowMs: 14 * 24 * HOUR_MS,
  /** Forecasts of one stratum that an hour is to give; twenty strata give at most 500 an hour on average. */
  perStratum: 25,
  /** Bins of ten points. */
  bins: 10,
});

/** Networks are judged by their addresses, and a subscriber's match is for a person to review. */
export const FORETOLD_TYPES = ['ip', 'domain', 'address', 'fingerprint'] as const satisfies SubjectType[];

/** The bin of a score (0..100), 0..9; 100 is in the last. */
export const binOf = (score: number): number =>
  Math.max(0, Math.min(FORECAST.bins - 1, Math.floor(score / (100 / FORECAST.bins))));

/** Categories that say of such a subject that it did something, not that something was done to it. */
export const abuseOf = (type: SubjectType): Category[] =>
  CATEGORIES.filter((category) =>
    FAMILIES[type].some(({ isVictim, categories }) => !isVictim && categories.includes(category)),
  );

export interface Stratum {
  readonly bin: number;
  readonly listed: boolean;
}

/** The share (0..1] of each stratum's subjects to take, so that each gives about as many. */
export const samplingRates = (
  strata: readonly (Stratum & { readonly subjects: number })[],
  perStratum: number = FORECAST.perStratum,
): (Stratum & { readonly rate: number })[] =>
  strata
    .filter(({ subjects }) => subjects > 0)
    .map(({ bin, listed, subjects }) => ({ bin, listed, rate: Math.min(1, perStratum / subjects) }));
