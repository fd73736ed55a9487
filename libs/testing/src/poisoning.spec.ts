import { describe, expect, it } from 'vitest';
import { simulatePoisoning } from './poisoning.js';

/** docs/trust.md publishes these; the seed makes them exact, the margin lets the model improve and not worsen. */
const BOUNDS = [
  { colluders: 1, listedUnknown: 0, listedKnown: 0, clearedBots: 0, isNetworkListed: false },
  { colluders: 2, listedUnknown: 1, listedKnown: 0.02, clearedBots: 0, isNetworkListed: true },
  { colluders: 5, listedUnknown: 1, listedKnown: 1, clearedBots: 0, isNetworkListed: true },
  { colluders: 20, listedUnknown: 1, listedKnown: 1, clearedBots: 0.05, isNetworkListed: true },
];

describe('colluding members', () => {
  it.each(BOUNDS)('$colluders of 100 do no more harm than is published', ({ colluders, ...bound }) => {
    const harm = simulatePoisoning({ members: 100, colluders, subjects: 1_000, seed: 1 });
    expect(harm.listedUnknown).toBeLessThanOrEqual(bound.listedUnknown);
    expect(harm.listedKnown).toBeLessThanOrEqual(bound.listedKnown);
    expect(harm.clearedBots).toBeLessThanOrEqual(bound.clearedBots);
    // An owner's praise of its own network counts for nothing.
    expect(harm.clearedOwnBots).toBeLessThanOrEqual(harm.clearedBots);
    expect(harm.countGuessed).toBeLessThanOrEqual(0.97);
    // One member's word that a fix did not hold costs the owner nothing.
    expect(harm.failedFixes).toBe(colluders < 2 ? 0 : 1);
    if (!bound.isNetworkListed) expect(harm.isNetworkListed).toBe(false);
  });

  it.each([2, 5, 20])('%i of 100 list nobody of whom others say nothing while they are new', (colluders) => {
    const harm = simulatePoisoning({ members: 100, colluders, areNew: true, subjects: 200, seed: 1 });
    expect(harm).toMatchObject({ listedUnknown: 0, listedKnown: 0, isNetworkListed: false });
  });

  it.each([1, 2, 5, 20])('%i of 100 list nobody on a warning list and learn no reporter', (colluders) => {
    const harm = simulatePoisoning({ members: 100, colluders, subjects: 200, seed: 2 });
    expect(harm.listedOnWarningList).toBe(0);
    expect(harm.namedReporters).toBe(0);
  });
});
