import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Reputation } from '../reputation.js';
import { scoreSubject } from '../score.js';
import { scoreAsOf, type DatedSighting } from './as-of.js';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 20);
const NOW = START + 400 * HOUR_MS;
const standings = new Map<string, { trust: number }>();

const sightings = fc.array(
  fc
    .record({
      reporter: fc.constantFrom('a', 'b', 'c'),
      evidence: fc.constantFrom('trap', 'filter', 'manual'),
      hours: fc.integer({ min: 0, max: 400 }),
      count: fc.integer({ min: 1, max: 12 }),
      standsHours: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
    })
    .map(({ reporter, evidence, hours, count, standsHours }): DatedSighting => {
      const receivedAt = START + hours * HOUR_MS;
      return {
        receivedAt,
        ...(standsHours !== undefined && { retractedAt: receivedAt + standsHours * HOUR_MS }),
        sighting: {
          ...{ reporter, category: 'zombie', evidence, count, influenced: false },
          ...{ firstSeen: receivedAt, lastSeen: receivedAt },
        },
      };
    }),
  { minLength: 1, maxLength: 8 },
);

/** As the hub did it: from the first report on, one score after the other. */
function step(known: readonly DatedSighting[], now: number, retractedUntil: number, wasListed: boolean) {
  return scoreSubject({
    ...{ type: 'ip', standings, now },
    context: { isDynamic: false, owners: new Set<string>(), wasListed },
    sightings: known
      .filter(({ retractedAt }) => retractedAt === undefined || retractedAt > retractedUntil)
      .map(({ sighting }) => sighting),
  });
}

function forward(all: readonly DatedSighting[]): Reputation {
  const moments = new Set(
    all.flatMap(({ receivedAt, retractedAt }) => [receivedAt, retractedAt ?? receivedAt]),
  );
  let listed = false;
  for (const moment of [...moments].filter((time) => time <= NOW).sort((a, b) => a - b)) {
    const upTo = (time: number) => all.filter(({ receivedAt }) => receivedAt <= time);
    if (listed) listed = step(upTo(moment - 1), moment, moment - 1, true).listed;
    listed = step(upTo(moment), moment, moment, listed).listed;
  }
  return step(all, NOW, NOW, listed);
}

it('looking back for the listing of before finds what scoring from the beginning gives', () => {
  fc.assert(
    fc.property(sightings, (all) => {
      const context = { isDynamic: false, owners: new Set<string>() };
      expect(scoreAsOf({ type: 'ip', sightings: all, standings, context, now: NOW })).toEqual(forward(all));
    }),
    { numRuns: 400 },
  );
});
