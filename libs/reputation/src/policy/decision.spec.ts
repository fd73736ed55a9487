import { describe, expect, it } from 'vitest';
import { scoreSubject } from '../score.js';
import type { Reputation, Sighting } from '../reputation.js';
import { decisionThatCounts, underDecision, type Decision } from './decision.js';

const NOW = Date.parse('2030-03-15T12:00:00Z');
const HOUR = 3_600_000;
const decision = (kind: Decision['kind'], change: Partial<Decision> = {}): Decision => ({
  ...{ kind, from: NOW - HOUR, until: NOW + HOUR, ...change },
});
const seen = (reporter: string): Sighting => ({
  ...{ reporter, category: 'zombie', evidence: 'trap', count: 12, influenced: false },
  ...{ firstSeen: NOW, lastSeen: NOW },
});
const scored = (sightings: readonly Sighting[]): Reputation =>
  scoreSubject({
    ...{ type: 'ip', sightings, standings: new Map(), now: NOW },
    context: { isDynamic: false, owners: new Set(), wasListed: false },
  });
const sum = ({ explanation }: Reputation) =>
  explanation.reduce((total, { contribution }) => total + Math.round(10 * contribution), 0) / 10;

describe('a reputation under a decision', () => {
  it('is listed without evidence, with the score that a listing needs, for what was decided', () => {
    const listed = underDecision('ip', scored([]), decision('list', { category: 'malware-sender' }));
    expect(listed).toMatchObject({ score: 70, listed: true, highConfidence: true, recommendation: 'DEFER' });
    expect(listed.categories).toEqual([{ category: 'malware-sender', score: 70, listed: true }]);
    expect([listed.firstSeen, listed.expiresAt, listed.nextReviewAt]).toEqual([
      NOW - HOUR,
      NOW + HOUR,
      NOW + HOUR,
    ]);
    expect(sum(listed)).toBe(70);
  });

  it('is listed for what the evidence says most when nothing else was decided, and for the usual thing without', () => {
    expect(underDecision('ip', scored([seen('a')]), decision('list')).categories).toMatchObject([
      { category: 'zombie', listed: true },
    ]);
    expect(underDecision('domain', scored([]), decision('list')).categories).toMatchObject([
      { category: 'spam-domain', listed: true },
    ]);
  });

  it('keeps the higher score of the evidence, and its lines go on to sum to the score', () => {
    const evidence = scored(['a', 'b', 'c'].map(seen));
    expect(evidence.score).toBeGreaterThan(90);
    const listed = underDecision('ip', evidence, decision('list'));
    expect(listed).toMatchObject({ score: evidence.score, recommendation: 'REJECT' });
    expect(sum(listed)).toBe(listed.score);
  });

  it('is on no list against a decision, whatever the evidence, and says why', () => {
    const evidence = scored(['a', 'b', 'c'].map(seen));
    const exempt = underDecision('ip', evidence, decision('never-list'));
    expect(exempt).toMatchObject({ listed: false, highConfidence: false, recommendation: 'TAG' });
    expect(exempt.categories.every(({ listed }) => !listed)).toBe(true);
    expect(exempt.score).toBe(evidence.score);
    expect(exempt.explanation.at(-1)).toMatchObject({ factor: 'decision', contribution: 0 });
  });

  it('is listed until the decision ends or the evidence would no longer list, whichever is later', () => {
    const evidence = scored(['a', 'b', 'c'].map(seen));
    const [until, later] = [evidence.listedUntil ?? NaN, (evidence.listedUntil ?? NaN) + HOUR];
    expect(until).toBeGreaterThan(NOW + HOUR);
    const listedUntil = (one: Decision) => underDecision('ip', evidence, one).listedUntil;
    expect(listedUntil(decision('list'))).toBe(until);
    expect(listedUntil(decision('list', { until: later }))).toBe(later);
    expect(listedUntil(decision('never-list'))).toBeUndefined();
    expect(underDecision('ip', scored([]), decision('list')).listedUntil).toBe(NOW + HOUR);
  });

  it('foretells the end of what the evidence lists, not of what only the decision does', () => {
    const under = (sightings: readonly Sighting[]) =>
      scoreSubject({
        ...{ type: 'ip', sightings, standings: new Map(), now: NOW },
        context: { isDynamic: false, owners: new Set(), wasListed: false, decision: 'list' },
      }).listedUntil;
    const evidence = ['a', 'b', 'c'].map(seen);
    expect(under([seen('a')])).toBeUndefined();
    const [undecided = NaN, decided = NaN] = [scored(evidence).listedUntil, under(evidence)];
    // Each is found to a thousandth of the time ahead.
    expect(Math.abs(decided - undecided)).toBeLessThan((undecided - NOW) / 500);
  });

  it('is looked at again at the end of the decision at the latest', () => {
    const evidence = scored(['a', 'b'].map(seen));
    const soon = decision('never-list', { until: NOW + 1 });
    expect(underDecision('ip', evidence, soon).nextReviewAt).toBe(NOW + 1);
    const late = decision('never-list', { until: NOW + 1e12 });
    expect(underDecision('ip', evidence, late).nextReviewAt).toBe(evidence.nextReviewAt);
  });
});

describe('of several decisions', () => {
  it('never-list counts before list, and then the one that holds longest', () => {
    const never = decision('never-list');
    const [short, long] = [decision('list'), decision('list', { until: NOW + 9 * HOUR })];
    expect(decisionThatCounts([short, never, long])).toBe(never);
    expect(decisionThatCounts([short, long])).toBe(long);
    expect(decisionThatCounts([])).toBeUndefined();
  });
});
