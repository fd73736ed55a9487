import { CATEGORIES, EVIDENCE, type Category } from '@sekisho/report';
import { SUBJECT_TYPES } from '@sekisho/subject';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { scoreSubject, type Reputation, type ScoringInput, type Sighting } from './index.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ABUSE = CATEGORIES.filter((category) => category !== 'ham');

const sightingOf = (categories: readonly Category[], reporters = 5): fc.Arbitrary<Sighting> =>
  fc
    .record({
      reporter: fc.integer({ min: 1, max: reporters }).map((i) => `member-${String(i)}`),
      category: fc.constantFrom(...categories),
      evidence: fc.constantFrom(...EVIDENCE),
      count: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1_000_000 })),
      age: fc.integer({ min: 0, max: 14 * DAY_MS }),
      span: fc.integer({ min: 0, max: 3 * DAY_MS }),
      influenced: fc.integer({ min: 0, max: 9 }).map((i) => i === 0),
    })
    .map(({ age, span, ...rest }) => ({ ...rest, firstSeen: NOW - age - span, lastSeen: NOW - age }));

const contextOf = fc.record(
  {
    isDynamic: fc.boolean(),
    protection: fc.constant({ list: 'cloudflare' }),
    owners: fc.subarray(['member-1', 'member-2']).map((owners) => new Set(owners)),
    wasListed: fc.boolean(),
    decision: fc.constantFrom('list' as const, 'never-list' as const),
  },
  { requiredKeys: ['isDynamic', 'owners', 'wasListed'] },
);

const standingsOf = fc
  .uniqueArray(
    fc.tuple(
      fc.integer({ min: 1, max: 5 }).map((i) => `member-${String(i)}`),
      fc.record(
        {
          trust: fc.double({ min: 0, max: 1, noNaN: true }),
          voice: fc.integer({ min: 1, max: 5 }).map((i) => `member-${String(i)}`),
          onProbation: fc.boolean(),
        },
        { requiredKeys: ['trust'] },
      ),
    ),
    { selector: ([reporter]) => reporter },
  )
  .map((entries) => new Map(entries));

const inputOf = (categories: readonly Category[]): fc.Arbitrary<ScoringInput> =>
  fc.record({
    type: fc.constantFrom(...SUBJECT_TYPES),
    sightings: fc.array(sightingOf(categories), { maxLength: 12 }),
    standings: standingsOf,
    context: contextOf,
    now: fc.constant(NOW),
  });

const RUNS = { numRuns: 400 };
const withSightings = (input: ScoringInput, sightings: readonly Sighting[]) =>
  scoreSubject({ ...input, sightings });
const listedCategories = ({ categories }: Reputation) =>
  categories
    .filter(({ listed }) => listed)
    .map(({ category }) => category)
    .sort()
    .join();
const victimScore = ({ categories }: Reputation) =>
  categories.find(({ category }) => category === 'forged-domain')?.score ?? 0;

describe('scoreSubject', () => {
  it('never lowers the score for one more sighting of abuse', () => {
    fc.assert(
      fc.property(inputOf(CATEGORIES), sightingOf(ABUSE), (input, more) => {
        return withSightings(input, [...input.sightings, more]).score >= scoreSubject(input).score;
      }),
      RUNS,
    );
  });

  it('never raises the score for one more sighting of good mail', () => {
    fc.assert(
      fc.property(inputOf(CATEGORIES), sightingOf(['ham']), (input, more) => {
        const after = withSightings(input, [...input.sightings, more]);
        const before = scoreSubject(input);
        return after.score <= before.score && (before.highConfidence || !after.highConfidence);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of the sightings', () => {
    const shuffled = inputOf(CATEGORIES).chain((input) =>
      fc.tuple(
        fc.constant(input),
        fc.shuffledSubarray([...input.sightings], {
          minLength: input.sightings.length,
          maxLength: input.sightings.length,
        }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([input, sightings]) => {
        return JSON.stringify(withSightings(input, sightings)) === JSON.stringify(scoreSubject(input));
      }),
      RUNS,
    );
  });

  it('gives finite figures in range for any count, time and trust', () => {
    const instant = fc.oneof(
      fc.integer({ min: 0, max: 8.64e15 }),
      fc.integer({ min: NOW - DAY_MS, max: NOW + DAY_MS }),
    );
    const wild = fc
      .record({ sighting: sightingOf(CATEGORIES), a: instant, b: instant, count: fc.maxSafeNat() })
      .map(({ sighting, a, b, count }) => ({
        ...sighting,
        count: count + 1,
        firstSeen: Math.min(a, b),
        lastSeen: Math.max(a, b),
      }));
    fc.assert(
      fc.property(
        inputOf(CATEGORIES),
        fc.array(wild, { maxLength: 12 }),
        instant,
        (input, sightings, now) => {
          const r = scoreSubject({ ...input, sightings, now });
          const times = [r.firstSeen, r.lastSeen, r.expiresAt, r.nextReviewAt ?? now];
          const points = [r.score, r.confidence, ...r.categories.map(({ score }) => score)];
          return (
            points.every((p) => Number.isInteger(p) && p >= 0 && p <= 100) &&
            [...times, ...r.explanation.map(({ contribution }) => contribution)].every(Number.isFinite) &&
            r.expiresAt >= now
          );
        },
      ),
      RUNS,
    );
  });

  it('never lists a third party on the word of one reporter, whatever it sends', () => {
    const lone = fc.array(sightingOf(CATEGORIES, 1), { maxLength: 30 });
    fc.assert(
      fc.property(inputOf(CATEGORIES), lone, fc.boolean(), (input, sightings, wasListed) => {
        const context = { isDynamic: input.context.isDynamic, owners: new Set<string>(), wasListed };
        const reputation = scoreSubject({ ...input, sightings, context });
        return !reputation.listed && listedCategories(reputation) === '' && reputation.score <= 65;
      }),
      RUNS,
    );
  });

  it('never lets the good mail of one reporter take a subject off the list', () => {
    const lone = fc.array(sightingOf(['ham'], 1), { maxLength: 10 });
    fc.assert(
      fc.property(inputOf(ABUSE), lone, (input, ham) => {
        const fresh = { ...input, context: { ...input.context, wasListed: false } };
        if (!scoreSubject(fresh).listed) return true;
        const later = { ...fresh, context: { ...fresh.context, wasListed: true } };
        return withSightings(later, [...input.sightings, ...ham]).listed;
      }),
      RUNS,
    );
  });

  it('falls to nothing when nothing more is reported, and never rises without good mail', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 10 * DAY_MS }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(inputOf(ABUSE), steps, (input, ages) => {
        const scores = [0, ...ages]
          .sort((a, b) => a - b)
          .map((age) => scoreSubject({ ...input, now: NOW + age }).score);
        const isFalling = scores.every((score, i) => i === 0 || score <= (scores[i - 1] ?? 0));
        const { expiresAt } = scoreSubject(input);
        const end = scoreSubject({ ...input, now: expiresAt });
        const muchLater = scoreSubject({ ...input, now: NOW + 5_000 * DAY_MS });
        return isFalling && end.score === 0 && victimScore(end) === 0 && muchLater.score === 0;
      }),
      RUNS,
    );
  });

  it('explains exactly its score, to the tenth', () => {
    fc.assert(
      fc.property(inputOf(CATEGORIES), (input) => {
        const { score, explanation } = scoreSubject(input);
        const tenths = explanation.map(({ contribution }) => contribution * 10);
        const isWhole = tenths.every((t) => Math.abs(t - Math.round(t)) < 1e-9);
        return isWhole && tenths.reduce((sum, t) => sum + Math.round(t), 0) === score * 10;
      }),
      RUNS,
    );
  });

  it('never counts an influenced sighting', () => {
    fc.assert(
      fc.property(inputOf(CATEGORIES), sightingOf(CATEGORIES), (input, more) => {
        const after = withSightings(input, [...input.sightings, { ...more, influenced: true }]);
        return JSON.stringify(after) === JSON.stringify(scoreSubject(input));
      }),
      RUNS,
    );
  });

  it('names as next review the moment at which its figures move, and not one before', () => {
    const hasMoved = (from: Reputation, to: Reputation) =>
      Math.abs(from.score - to.score) >= 5 ||
      Math.abs(victimScore(from) - victimScore(to)) >= 5 ||
      from.listed !== to.listed ||
      from.highConfidence !== to.highConfidence ||
      from.recommendation !== to.recommendation ||
      listedCategories(from) !== listedCategories(to) ||
      (to.score === 0 && victimScore(to) === 0);
    fc.assert(
      fc.property(inputOf(ABUSE), fc.double({ min: 0, max: 1, noNaN: true }), (input, share) => {
        const current = scoreSubject(input);
        const { nextReviewAt } = current;
        if (nextReviewAt === undefined) return current.score === 0 && victimScore(current) === 0;
        const context = { ...input.context, wasListed: current.listed };
        const at = (now: number) => scoreSubject({ ...input, context, now });
        const elapsed = nextReviewAt - NOW;
        const before = Math.floor(share * (elapsed - Math.max(1_001, elapsed / 1_000)));
        return hasMoved(current, at(nextReviewAt)) && (before <= 0 || !hasMoved(current, at(NOW + before)));
      }),
      RUNS,
    );
  });

  it('names as the end of a listing the moment at which it ends when nothing more is reported, and not one before', () => {
    fc.assert(
      fc.property(inputOf(ABUSE), fc.double({ min: 0, max: 1, noNaN: true }), (input, share) => {
        // A decision lists beyond the evidence: decision.spec.ts.
        fc.pre(input.context.decision === undefined);
        const { listed, listedUntil, expiresAt } = scoreSubject(input);
        if (!listed || listedUntil === undefined) return !listed && listedUntil === undefined;
        const context = { ...input.context, wasListed: true };
        const isListedAt = (now: number) => scoreSubject({ ...input, context, now }).listed;
        const elapsed = listedUntil - NOW;
        const before = Math.floor(share * (elapsed - Math.max(1_001, elapsed / 1_000)));
        return (
          listedUntil <= expiresAt && !isListedAt(listedUntil) && (before <= 0 || isListedAt(NOW + before))
        );
      }),
      RUNS,
    );
  });
});
