// What a reporter's standing makes of its reports, beside its trust: whose voice it speaks with, and whether it is new.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreSubject, type ReporterStanding, type ScoringInput, type Sighting } from './index.js';

const NOW = Date.UTC(2026, 10, 20, 12);

const seen = (reporter: string, patch: Partial<Sighting> = {}): Sighting => ({
  ...{ reporter, category: 'zombie', evidence: 'trap', count: 12 },
  ...{ firstSeen: NOW - 600_000, lastSeen: NOW, influenced: false },
  ...patch,
});

function score(
  sightings: readonly Sighting[],
  standings: Readonly<Record<string, Partial<ReporterStanding>>> = {},
  context: Partial<ScoringInput['context']> = {},
) {
  const trusting = Object.entries(standings).map(
    ([reporter, standing]) => [reporter, { trust: 0.8, ...standing }] as const,
  );
  return scoreSubject({
    ...{ type: 'ip', sightings, standings: new Map(trusting), now: NOW },
    context: { isDynamic: false, owners: new Set<string>(), wasListed: false, ...context },
  });
}

const factors = ({ explanation }: ReturnType<typeof score>) => explanation.map(({ factor }) => factor);

describe('reporters of one voice', () => {
  it('are one witness: two that copy one another list nobody', () => {
    const alone = score([seen('a')]);
    const copied = score([seen('a'), seen('b')], { b: { voice: 'a' } });
    expect(copied).toMatchObject({ listed: false, memberCount: 1, recommendation: 'TAG' });
    expect([copied.score, copied.confidence]).toEqual([alone.score, alone.confidence]);
    expect(copied.explanation).toEqual(alone.explanation);
    expect(factors(copied)).toContain('uncorroborated');
  });

  it('are heard as the one that says most, and a liar does not borrow the trust of whom it repeats', () => {
    const trusted = { a: { trust: 1 }, b: { trust: 0.1, voice: 'a' } };
    const liar = score([seen('b')], { b: { trust: 0.1, voice: 'a' } });
    expect(score([seen('a'), seen('b')], trusted).score).toBe(score([seen('a')], trusted).score);
    expect(score([seen('b')], trusted).score).toBe(liar.score);
    expect(liar.score).toBeLessThan(15);
  });

  it('still list with somebody else', () => {
    const standings = { b: { voice: 'a' } };
    expect(score([seen('a'), seen('b'), seen('c')], standings)).toMatchObject({
      listed: true,
      memberCount: 2,
    });
    // Three members, two voices.
    expect(score([seen('a'), seen('b'), seen('c')], standings).highConfidence).toBe(false);
    expect(score([seen('a'), seen('b'), seen('c')]).highConfidence).toBe(true);
  });

  it('vouch for good mail once', () => {
    const ham = (reporter: string) => seen(reporter, { category: 'ham', count: 10_000 });
    const abuse = [seen('x'), seen('y')];
    const once = score([...abuse, ham('a')]).score;
    expect(score([...abuse, ham('a'), ham('b')], { b: { voice: 'a' } }).score).toBe(once);
    expect(score([...abuse, ham('a'), ham('b')]).score).toBeLessThan(once);
  });
});

describe('reporters on probation', () => {
  const isNew = { onProbation: true };

  it('list nobody among themselves, however many they are', () => {
    const everybody = ['a', 'b', 'c', 'd'].map((reporter) => seen(reporter));
    const listing = score(everybody, { a: isNew, b: isNew, c: isNew, d: isNew });
    expect(listing).toMatchObject({ listed: false, highConfidence: false });
    expect(listing.score).toBe(score(everybody).score);
    expect(factors(listing)).toContain('uncorroborated');
  });

  it('confirm what a proven one says, and are no part of high confidence', () => {
    expect(score([seen('a'), seen('b')], { b: isNew })).toMatchObject({ listed: true });
    const three = [seen('a'), seen('b'), seen('c')];
    expect(score(three, { c: isNew })).toMatchObject({ listed: true, highConfidence: false });
  });

  it('list no category that only they name', () => {
    const spam = ['b', 'c'].map((reporter) => seen(reporter, { category: 'spam-source' }));
    const all = [seen('a'), seen('b'), seen('d'), ...spam];
    const named = ({ categories }: ReturnType<typeof score>) =>
      categories.filter(({ listed }) => listed).map(({ category }) => category);
    expect(named(score(all)).sort()).toEqual(['spam-source', 'zombie']);
    expect(named(score(all, { b: isNew, c: isNew }))).not.toContain('spam-source');
  });

  it('speak for a range of their own as owners do', () => {
    const owner = [seen('a', { evidence: 'owner' })];
    expect(score(owner, { a: isNew }, { owners: new Set(['a']) }).listed).toBe(true);
  });
});

const member = fc.integer({ min: 1, max: 5 }).map((i) => `member-${String(i)}`);
const sighting = fc
  .record({
    reporter: member,
    category: fc.constantFrom('zombie' as const, 'spam-source' as const, 'phishing' as const),
    evidence: fc.constantFrom('trap' as const, 'filter' as const, 'owner' as const),
    count: fc.integer({ min: 1, max: 30 }),
    age: fc.integer({ min: 0, max: 96 * 3_600_000 }),
  })
  .map(({ age, reporter, ...rest }) =>
    seen(reporter, { ...rest, firstSeen: NOW - age, lastSeen: NOW - age }),
  );

it('sharing a voice or being new never makes anything worse for whom it is about', () => {
  const standing = fc.record({ voice: member, onProbation: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(sighting, { maxLength: 12 }),
      fc.dictionary(member, standing, { maxKeys: 5 }),
      fc.boolean(),
      (sightings, standings, wasListed) => {
        const context = { wasListed, owners: new Set(['member-1']) };
        const [plain, less] = [score(sightings, {}, context), score(sightings, standings, context)];
        expect(less.score).toBeLessThanOrEqual(plain.score);
        expect(less.confidence).toBeLessThanOrEqual(plain.confidence);
        expect(less.memberCount).toBeLessThanOrEqual(plain.memberCount);
        expect(plain.listed || !less.listed).toBe(true);
        expect(plain.highConfidence || !less.highConfidence).toBe(true);
        const sum = less.explanation.reduce((total, { contribution }) => total + 10 * contribution, 0);
        expect(Math.round(sum)).toBe(10 * less.score);
      },
    ),
    { numRuns: 500 },
  );
});
