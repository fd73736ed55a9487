// Who was there a week ago and is there again will be there longer than who is seen for the first time.
import { HOUR_MS, MODEL } from './model.js';

/** One sighting, as far as recurrence asks. Milliseconds since 1970. */
export interface Attendance {
  readonly from: number;
  readonly until: number;
  readonly voice: string;
  readonly onProbation: boolean;
}

const APART_MS = MODEL.recurrence.apartHours * HOUR_MS;

/**
 * When the occasions were complete, in ascending order: an occasion is reports of two voices, one of them not on probation, that began
 * a week or more after the occasion before. Taking each as early as it can be makes them as many as they can be
 * (interval scheduling), so one more report never makes them fewer.
 */
export function occasionsOf(attendances: readonly Attendance[]): number[] {
  const occasions: number[] = [];
  const voices = new Set<string>();
  let isProven = false;
  let since = Number.NEGATIVE_INFINITY;
  for (const { from, until, voice, onProbation } of attendances.toSorted((a, b) => a.until - b.until)) {
    if (from < since) continue;
    voices.add(voice);
    isProven ||= !onProbation;
    if (voices.size < MODEL.listing.minReporters || !isProven) continue;
    occasions.push(until);
    since = until + APART_MS;
    voices.clear();
    isProven = false;
  }
  return occasions;
}

/** By how much longer than usual a report that began `at` lasts, 1 or more. */
export function lastingFactor(occasions: readonly number[], at: number): number {
  const { lasting } = MODEL.recurrence;
  let before = 0;
  while (before < lasting.length - 1 && (occasions[before] ?? Infinity) <= at - APART_MS) before++;
  return lasting[before] ?? 1;
}
