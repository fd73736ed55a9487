import { describe, expect, it } from 'vitest';
import { scoreSubject } from '../score.js';
import { REPLAY_BUDGET, scoreAsOf, type DatedSighting } from './as-of.js';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 20);
const context = { isDynamic: false, owners: new Set<string>() };
const standings = new Map<string, { trust: number }>();

const seen = (reporter: string, hours: number, retractedAfterHours?: number): DatedSighting => ({
  receivedAt: START + hours * HOUR_MS,
  ...(retractedAfterHours !== undefined && { retractedAt: START + retractedAfterHours * HOUR_MS }),
  sighting: {
    ...{ reporter, category: 'zombie', evidence: 'trap', count: 12, influenced: false },
    firstSeen: START + hours * HOUR_MS,
    lastSeen: START + hours * HOUR_MS,
  },
});
const at = (hours: number, sightings: readonly DatedSighting[]) =>
  scoreAsOf({ type: 'ip', sightings, standings, context, now: START + hours * HOUR_MS });

/** The first whole hour at which the score is between the two thresholds. */
function hourBetweenThresholds(sightings: readonly DatedSighting[], from: number): number {
  for (let hour = from; hour < 2_000; hour++) {
    const { score } = at(hour, sightings);
    if (score < 70 && score >= 55) return hour;
  }
  throw new Error('the score never falls between the thresholds');
}

describe('a reputation as of a moment', () => {
  it('is that of scoreSubject over what was known then', () => {
    const sightings = [seen('a', 0), seen('b', 1), seen('c', 50)];
    const known = sightings.slice(0, 2).map(({ sighting }) => sighting);
    const now = START + 2 * HOUR_MS;
    expect(at(2, sightings)).toEqual(
      scoreSubject({
        type: 'ip',
        sightings: known,
        standings,
        context: { ...context, wasListed: false },
        now,
      }),
    );
  });

  it('counts a report until its retraction and not from then on', () => {
    const sightings = [seen('a', 0), seen('b', 1, 5)];
    expect(at(4, sightings).memberCount).toBe(2);
    expect(at(5, sightings).memberCount).toBe(1);
  });

  it('is still listed between the thresholds when it was listed before', () => {
    const sightings = [seen('a', 0), seen('b', 0)];
    expect(at(0, sightings).listed).toBe(true);
    expect(at(hourBetweenThresholds(sightings, 1), sightings).listed).toBe(true);
  });

  it('is not listed between the thresholds when the listing ended with a retraction', () => {
    const before = [seen('a', 0), seen('b', 0)];
    const hour = hourBetweenThresholds(before, 1);
    const faded = hour + 400;
    const weak = [seen('a', 0), seen('b', 0, 10), seen('c', faded)];
    expect(at(0, weak).listed).toBe(true);
    expect(at(11, weak).listed).toBe(false);
    expect(at(faded, weak).listed).toBe(false);
  });

  it('does not depend on the order of the sightings', () => {
    const sightings = [seen('a', 0), seen('b', 3), seen('c', 2, 6)];
    expect(at(90, sightings.toReversed())).toEqual(at(90, sightings));
  });

  it('weighs a bounded number of sightings, however long the subject hung between the thresholds', () => {
    let weighed = 0;
    class Counting extends Map<string, { trust: number }> {
      override get(reporter: string) {
        weighed++;
        return super.get(reporter);
      }
    }
    const first = [seen('a', 0), seen('b', 0)];
    const hour = hourBetweenThresholds(first, 1);
    // Of no weight, but each a moment of its own.
    const idle = Array.from({ length: 2_000 }, (_, i) => {
      const { sighting, ...times } = seen('z', hour + i * 1e-6);
      return { ...times, sighting: { ...sighting, evidence: 'auth-failure' as const, count: 1 } };
    });
    const trusts = new Counting([['z', { trust: 1e-9 }]]);
    const now = START + (hour + 0.01) * HOUR_MS;
    const { score } = scoreAsOf({
      type: 'ip',
      sightings: [...first, ...idle],
      standings: trusts,
      context,
      now,
    });
    expect(score).toBeGreaterThanOrEqual(55);
    expect(score).toBeLessThan(70);
    expect(weighed).toBeGreaterThan(REPLAY_BUDGET / 10);
    expect(weighed).toBeLessThan(2 * REPLAY_BUDGET);
  });
});
