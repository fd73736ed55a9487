import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreSubject, type ReporterStanding, type ScoringInput, type Sighting } from './index.js';
import { lastingFactor, occasionsOf, type Attendance } from './recurrence.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const DAY_MS = 86_400_000;

const seen = (reporter: string, daysAgo: number, patch: Partial<Sighting> = {}): Sighting => ({
  ...{ reporter, category: 'zombie', evidence: 'filter', count: 1, influenced: false },
  ...{ firstSeen: NOW - daysAgo * DAY_MS, lastSeen: NOW - daysAgo * DAY_MS },
  ...patch,
});
const both = (daysAgo: number, patch: Partial<Sighting> = {}) =>
  ['a', 'b'].map((reporter) => seen(reporter, daysAgo, patch));

function score(sightings: readonly Sighting[], patch: Partial<ScoringInput> = {}, isDynamic = false) {
  return scoreSubject({
    ...{ type: 'ip', sightings, standings: new Map<string, ReporterStanding>(), now: NOW },
    context: { isDynamic, owners: new Set<string>(), wasListed: false },
    ...patch,
  });
}
const halfLife = (reputation: ReturnType<typeof score>) =>
  reputation.explanation.map(({ detail }) => Number(/half-life ([\d.]+) h/.exec(detail)?.[1]))[0];

describe('what was seen a week before', () => {
  it('makes new evidence last half as long again, and twice as long from the second time on', () => {
    expect(halfLife(score(both(1)))).toBe(72);
    expect(halfLife(score([...both(9), ...both(1)]))).toBe(108);
    expect(halfLife(score([...both(17), ...both(9), ...both(1)]))).toBe(144);
    expect(halfLife(score([...both(33), ...both(25), ...both(17), ...both(9), ...both(1)]))).toBe(144);
  });

  it('is told, and takes nothing from the score', () => {
    const { explanation } = score([...both(9), ...both(1)]);
    expect(explanation).toContainEqual({
      ...{ factor: 'recurrence', contribution: 0 },
      detail: 'seen again after a week or more: what came then lasts up to 1.5 times as long',
    });
    expect(score(both(1)).explanation.map(({ factor }) => factor)).not.toContain('recurrence');
  });

  it('leaves the older evidence the life that it had', () => {
    const before = both(9, { count: 8 });
    const [older, newer] = [
      score(before),
      score([...before, seen('c', 0, { count: 1, evidence: 'bounce' })]),
    ];
    expect(newer.explanation.find(({ factor }) => factor === 'zombie/filter')).toMatchObject({
      detail: older.explanation.find(({ factor }) => factor === 'zombie/filter')?.detail,
    });
  });

  it.each([
    ['six days before only', [...both(7), ...both(1)]],
    ['by one member', [seen('a', 9), seen('a', 10), ...both(1)]],
    ['as another kind of abuse', [...both(9, { category: 'backscatter-source' }), ...both(1)]],
    ['by what listed it itself', [...both(9, { influenced: true }), ...both(1)]],
    ['as good mail', [...both(9, { category: 'ham' }), ...both(1)]],
  ])('counts for nothing %s', (_, sightings) => {
    expect(halfLife(score(sightings))).toBe(72);
  });

  it('counts for nothing by members of one voice, or that are all new', () => {
    const sightings = [...both(9), ...both(1)];
    const of = (standing: Partial<ReporterStanding>) =>
      score(sightings, { standings: new Map(['a', 'b'].map((name) => [name, { trust: 0.8, ...standing }])) });
    expect([of({}), of({ voice: 'a' }), of({ onProbation: true })].map(halfLife)).toEqual([108, 72, 72]);
  });

  it('is another customer on a dynamic range', () => {
    expect(halfLife(score([...both(9), ...both(1)], {}, true))).toBe(12);
  });

  it('never makes a victim of forgeries suffer longer', () => {
    const forged = { category: 'forged-domain' } as const;
    const reputation = score([...both(9, forged), ...both(1, forged)], { type: 'domain' });
    expect(reputation.explanation.map(({ factor }) => factor)).not.toContain('recurrence');
  });
});

describe('occasions', () => {
  const attendance = fc.record({
    from: fc.integer({ min: 0, max: 40 }).map((day) => day * DAY_MS),
    days: fc.integer({ min: 0, max: 10 }),
    voice: fc.constantFrom('a', 'b', 'c'),
    onProbation: fc.boolean(),
  });
  const attendances = fc
    .array(attendance, { maxLength: 20 })
    .map((all): Attendance[] => all.map(({ days, ...one }) => ({ ...one, until: one.from + days * DAY_MS })));

  it('never become fewer by one report more, whichever it is', () => {
    fc.assert(
      fc.property(attendances, fc.nat(19), fc.nat(60), (all, left, day) => {
        const without = occasionsOf(all.filter((_, i) => i !== left));
        const at = day * DAY_MS;
        return lastingFactor(occasionsOf(all), at) >= lastingFactor(without, at);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are a week apart', () => {
    fc.assert(
      fc.property(attendances, (all) => {
        const occasions = occasionsOf(all);
        return occasions.every((at, i) => i === 0 || at >= (occasions[i - 1] ?? 0) + 7 * DAY_MS);
      }),
    );
  });
});
