// Self-service removal: what was seen until then counts no more, unless the abuse goes on.
import type { Sighting } from '../reputation.js';

/** Mail that was under way; sightings are told to the minute at best. */
const GRACE_MS = 5 * 60_000;

/**
 * What counts after a release: only what was seen later than it; as soon as abuse was seen later, everything again, so that a
 * machine that was not cleaned is listed at once and not by and by.
 */
export function countingAfterRelease<T extends Pick<Sighting, 'category' | 'influenced' | 'lastSeen'>>(
  sightings: readonly T[],
  releasedAt: number,
): readonly T[] {
  const until = releasedAt + GRACE_MS;
  const isBack = sightings.some(
    ({ category, influenced, lastSeen }) =>
      lastSeen > until && !influenced && category !== 'ham' && category !== 'dynamic-range',
  );
  return isBack ? sightings : sightings.filter(({ lastSeen }) => lastSeen > until);
}
