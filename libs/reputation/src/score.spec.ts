import type { Evidence } from '@sekisho/report';
import { describe, expect, it } from 'vitest';
import { MODEL, scoreSubject, type Reputation, type ScoringInput, type Sighting } from './index.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;

const seen = (reporter: string, patch: Partial<Sighting> = {}): Sighting => ({
  reporter,
  category: 'zombie',
  evidence: 'trap',
  count: 12,
  firstSeen: NOW - 600_000,
  lastSeen: NOW,
  influenced: false,
  ...patch,
});

type Patch = Partial<Omit<ScoringInput, 'context'>> & { context?: Partial<ScoringInput['context']> };

function score(sightings: readonly Sighting[], patch: Patch = {}): Reputation {
  const context = { isDynamic: false, owners: new Set<string>(), wasListed: false, ...patch.context };
  return scoreSubject({ type: 'ip', standings: new Map(), now: NOW, ...patch, sightings, context });
}

const three = (patch: Partial<Sighting> = {}) => ['a', 'b', 'c'].map((reporter) => seen(reporter, patch));
const categories = (reputation: Reputation) =>
  reputation.categories.map(({ category, listed }) => `${category}${listed ? ' listed' : ''}`);
const factors = (reputation: Reputation) => reputation.explanation.map(({ factor }) => factor);

describe('calibration', () => {
  it('lists an address as zombie that three members caught in their traps', () => {
    const reputation = score(three());
    expect(reputation.score).toBe(94);
    expect(reputation.listed).toBe(true);
    expect(categories(reputation)).toEqual(['zombie listed']);
    expect(reputation.recommendation).toBe('REJECT');
    expect(reputation.highConfidence).toBe(true);
    expect(reputation.memberCount).toBe(3);
  });

  it.each<Evidence>(['complaint', 'filter', 'port25', 'unknown-user', 'manual', 'rate', 'malware'])(
    'lists an address that three members report with evidence %s',
    (evidence) => {
      expect(score(three({ evidence }))).toMatchObject({ listed: true });
      expect(score(three({ evidence })).score).toBeGreaterThanOrEqual(70);
    },
  );

  it('lists an address that two members caught in their traps, but not with high confidence', () => {
    const reputation = score([seen('a'), seen('b')]);
    expect(reputation).toMatchObject({ score: 85, listed: true, highConfidence: false });
    expect(reputation.recommendation).toBe('DEFER');
  });

  it('does not list what one member reports with every class of evidence, and says so', () => {
    const classes: Evidence[] = ['trap', 'malware', 'complaint', 'port25', 'filter'];
    const reputation = score(classes.map((evidence) => seen('a', { evidence, count: 1_000 })));
    expect(reputation).toMatchObject({ score: 65, listed: false, recommendation: 'TAG', memberCount: 1 });
    expect(factors(reputation)).toContain('uncorroborated');
  });

  it('gives nothing for no evidence', () => {
    const reputation = score([]);
    expect(reputation).toEqual({
      score: 0,
      listed: false,
      highConfidence: false,
      categories: [],
      confidence: 0,
      recommendation: 'ACCEPT',
      memberCount: 0,
      firstSeen: NOW,
      lastSeen: NOW,
      expiresAt: NOW,
      explanation: [],
    });
  });
});

describe('who counts', () => {
  it('ignores influenced sightings wholly', () => {
    expect(score(three({ influenced: true }))).toEqual(score([]));
  });

  it('lets the owner of the range list its own address alone, and nobody else', () => {
    const sightings = [seen('isp', { evidence: 'owner' })];
    const own = score(sightings, { context: { owners: new Set(['isp']) } });
    expect(own).toMatchObject({ score: 91, listed: true, highConfidence: false, recommendation: 'DEFER' });
    const trusted = { standings: new Map([['isp', { trust: 1 }]]), context: { owners: new Set(['isp']) } };
    expect(score(sightings, trusted)).toMatchObject({ score: 95, confidence: 50, highConfidence: false });
    expect(score(sightings, { context: { owners: new Set(['other']) } })).toEqual(score([]));
  });

  it('does not let an owner list alone with anything but owner evidence', () => {
    expect(score([seen('isp')], { context: { owners: new Set(['isp']) } }).listed).toBe(false);
  });

  it('does not take a distrusted reporter for a second witness', () => {
    const sightings = [seen('a', { evidence: 'malware' }), seen('a'), seen('b')];
    expect(score(sightings).listed).toBe(true);
    expect(score(sightings, { standings: new Map([['b', { trust: 0.05 }]]) }).listed).toBe(false);
    expect(score(sightings, { standings: new Map([['b', { trust: 0 }]]) }).memberCount).toBe(1);
  });

  it('keeps an address listed when one of three reporters retracts, not when two do', () => {
    const wasListed = { context: { wasListed: true } };
    expect(score(three().slice(0, 2), wasListed).listed).toBe(true);
    expect(score(three().slice(0, 1), wasListed).listed).toBe(false);
  });

  it('adds up members who disagree about the kind of abuse, and publishes the strongest kind', () => {
    const reputation = score([seen('a'), seen('b', { category: 'spam-source', evidence: 'complaint' })]);
    expect(reputation.listed).toBe(true);
    expect(categories(reputation)).toEqual(['zombie listed', 'spam-source']);
  });

  it('gives a member nothing for naming five categories', () => {
    const names = ['zombie', 'spam-source', 'malware-sender', 'harvester', 'phishing'] as const;
    const all = names.map((category) => seen('a', { category }));
    expect(score(all).score).toBe(65);
  });

  it('ignores categories that do not fit the subject, and dynamic-range as no abuse', () => {
    expect(score(three({ category: 'spam-domain' }))).toEqual(score([]));
    expect(score(three({ category: 'dynamic-range' }), { type: 'network' })).toEqual(score([]));
  });

  it('lets a flood live no longer than the eight messages that it is believed for', () => {
    const later = { now: NOW + 240 * HOUR_MS };
    expect(score(three({ count: 1_000_000 }), later).score).toBe(score(three({ count: 8 }), later).score);
    expect(score(three({ count: 7 }), later).score).toBeLessThan(score(three({ count: 8 }), later).score);
  });

  it('takes no number of distrusted reporters for a second witness', () => {
    const sybils = ['s', 't', 'u', 'v'];
    const standings = new Map(sybils.map((reporter) => [reporter, { trust: 0.05 }]));
    const sightings = [seen('a'), seen('a', { evidence: 'malware' }), ...sybils.map((s) => seen(s))];
    const reputation = score(sightings, { standings });
    expect(reputation.score).toBeGreaterThanOrEqual(70);
    expect(reputation.listed).toBe(false);
  });
});

describe('decay', () => {
  const last = (hours: number) => ({ firstSeen: NOW - hours * HOUR_MS, lastSeen: NOW - hours * HOUR_MS });

  it('halves a single message in 72 h on a static range and in 12 h on a dynamic one', () => {
    const fresh = score([seen('a', { count: 1, ...last(0) })]);
    const at72 = score([seen('a', { count: 1, ...last(72) })]);
    expect(fresh.score).toBe(Math.round(100 * (1 - Math.exp(-0.96 * (1 - Math.exp(-1))))));
    expect(at72.score).toBe(Math.round(100 * (1 - Math.exp(-0.96 * (1 - Math.exp(-0.5))))));
    const dynamic = { context: { isDynamic: true } };
    expect(score([seen('a', { count: 1, ...last(12) })], dynamic).score).toBe(at72.score);
  });

  it('weighs a long sighting by the mean decay of its span', () => {
    const span = seen('a', { count: 1, firstSeen: NOW - 72 * HOUR_MS, lastSeen: NOW });
    const mass = 0.5 / Math.LN2;
    expect(score([span]).score).toBe(Math.round(100 * (1 - Math.exp(-0.96 * (1 - Math.exp(-mass))))));
  });

  it('lets old evidence die although the same reporter reports again', () => {
    const old = Array.from({ length: 5 }, () => seen('a', { count: 1, ...last(480) }));
    const fresh = seen('a', { count: 1, ...last(0) });
    expect(score([...old, fresh]).score - score([fresh]).score).toBeLessThanOrEqual(1);
  });

  it('takes a clock ahead of ours for now', () => {
    const ahead = { firstSeen: NOW + 72 * HOUR_MS, lastSeen: NOW + 72 * HOUR_MS };
    const reputation = score(three({ count: 1, ...ahead }));
    expect(reputation.score).toBe(score(three({ count: 1, ...last(0) })).score);
    expect(reputation.lastSeen).toBe(NOW);
  });

  it('expires when its score reaches 0', () => {
    const { expiresAt } = score(three());
    expect(score(three(), { now: expiresAt }).score).toBe(0);
    expect(score(three(), { now: NOW + 0.99 * (expiresAt - NOW) }).score).toBeGreaterThan(0);
  });

  it('asks for a review when the recommendation turns, and never when there is nothing to review', () => {
    const { nextReviewAt = 0 } = score(three());
    const wasListed = { context: { wasListed: true } };
    expect(score(three(), { now: nextReviewAt, ...wasListed }).recommendation).toBe('DEFER');
    expect(score(three(), { now: nextReviewAt - HOUR_MS, ...wasListed }).recommendation).toBe('REJECT');
    expect(score([])).not.toHaveProperty('nextReviewAt');
  });

  it('asks for a review when one of two listed categories falls off', () => {
    const sightings = [...three(), ...three({ category: 'hit-and-run' })];
    const before = score(sightings);
    expect(categories(before)).toEqual(['zombie listed', 'hit-and-run listed']);
    const after = score(sightings, { now: before.nextReviewAt ?? 0, context: { wasListed: true } });
    expect(categories(after)).toEqual(['zombie listed', 'hit-and-run']);
    expect(after.score).toBe(before.score);
  });

  it('foresees the hysteresis of a listing that it has just kept', () => {
    const two = [seen('a', { evidence: 'filter' }), seen('b', { evidence: 'filter' })];
    const kept = score(two, { context: { wasListed: true } });
    expect(score(two, { now: kept.nextReviewAt ?? 0 }).score).toBe(kept.score - 5);
  });
});

describe('good mail', () => {
  const ham = (reporter: string, count: number) =>
    seen(reporter, { category: 'ham', evidence: 'filter', count });

  it('lowers the score, visibly in the explanation', () => {
    const reputation = score([...three(), ham('d', 5_000), ham('e', 5_000)]);
    expect(reputation.score).toBeLessThan(score(three()).score);
    expect(reputation.explanation.find(({ factor }) => factor === 'ham')?.contribution).toBeLessThan(0);
  });

  it('of one member never takes off what others have just listed', () => {
    const barely = three({ evidence: 'auth-failure' });
    expect(score(barely)).toMatchObject({ score: 70, listed: true });
    const standings = new Map([['x', { trust: 1 }]]);
    const countered = score([...barely, ham('x', 1e9)], { standings, context: { wasListed: true } });
    expect(countered).toMatchObject({ score: 55, listed: true });
  });

  it('does not refute that a domain is forged', () => {
    const forged = three({ category: 'forged-domain' });
    const reputation = score([...forged, ham('d', 5_000)], { type: 'domain' });
    expect(reputation.categories).toEqual(score(forged, { type: 'domain' }).categories);
  });

  it('does not count when the owner vouches for its own range', () => {
    const owners = new Set(['isp']);
    expect(score([...three(), ham('isp', 1_000)], { context: { owners } }).score).toBe(score(three()).score);
  });
});

describe('listing policy', () => {
  it('lists at 70 and delists below 55', () => {
    const sightings = [seen('a', { evidence: 'filter' }), seen('b', { evidence: 'filter' })];
    const between = score(sightings);
    expect(between.score).toBe(67);
    expect(between).toMatchObject({ listed: false, recommendation: 'TAG' });
    const kept = score(sightings, { context: { wasListed: true } });
    expect(kept).toMatchObject({ listed: true, recommendation: 'DEFER' });
    expect(factors(kept)).toContain('hysteresis');
    const weak = [seen('a', { evidence: 'rate', count: 1 }), seen('b', { evidence: 'manual' })];
    expect(score(weak, { context: { wasListed: true } })).toMatchObject({ score: 53, listed: false });
  });

  it('scores but does not list what is on a warning list, unless the working group decides', () => {
    const protection = { list: 'gmail-senders' };
    const spared = score(three(), { context: { protection } });
    expect(spared).toMatchObject({ score: 94, listed: false, highConfidence: false, recommendation: 'TAG' });
    expect(categories(spared)).toEqual(['zombie']);
    expect(factors(spared)).toContain('warning-list');
    const decided = score(three(), { context: { protection, decision: 'list' } });
    expect(decided).toMatchObject({ listed: true, highConfidence: true, recommendation: 'REJECT' });
  });

  it('follows a decision to list whatever the evidence, and names the leading category only', () => {
    const sightings = [
      seen('a', { count: 1 }),
      seen('a', { category: 'backscatter-source', count: 1, evidence: 'rate' }),
    ];
    const reputation = score(sightings, { context: { decision: 'list' } });
    expect(reputation).toMatchObject({ listed: true, recommendation: 'DEFER' });
    expect(categories(reputation)).toEqual(['zombie listed', 'backscatter-source']);
  });

  it('never lists against a decision', () => {
    const reputation = score(three(), { context: { decision: 'never-list', wasListed: true } });
    expect(reputation).toMatchObject({
      score: 94,
      listed: false,
      highConfidence: false,
      recommendation: 'TAG',
    });
  });

  it('never lists a subscriber: a match is for a person to review', () => {
    const reputation = score(three({ category: 'hit-and-run' }), { type: 'subscriber' });
    expect(reputation).toMatchObject({ score: 94, listed: false, recommendation: 'TAG' });
  });

  it('judges backscatter apart from spam', () => {
    const reputation = score([seen('a'), seen('b', { category: 'backscatter-source' })]);
    expect(reputation).toMatchObject({ score: 62, listed: false });
  });

  it('publishes a forged domain as victim without raising its own score', () => {
    const forged = three({ category: 'forged-domain', evidence: 'auth-failure' });
    const reputation = score(forged, { type: 'domain' });
    expect(reputation).toMatchObject({ score: 0, listed: false, recommendation: 'ACCEPT' });
    expect(reputation.categories).toEqual([{ category: 'forged-domain', score: 70, listed: true }]);
    expect(reputation.nextReviewAt).toBeGreaterThan(NOW);
    const spared = score(forged, { type: 'domain', context: { protection: { list: 'free-mail' } } });
    expect(categories(spared)).toEqual(['forged-domain']);
  });
});

describe('explanation', () => {
  it('sums to the score and names classes, not reporters', () => {
    const reputation = score([seen('isp-secret'), seen('b', { evidence: 'complaint' }), seen('c')]);
    expect(reputation.explanation.map(({ factor }) => factor)).toEqual(['zombie/trap', 'zombie/complaint']);
    const tenths = reputation.explanation.map(({ contribution }) => Math.round(contribution * 10));
    expect(tenths.reduce((a, b) => a + b, 0)).toBe(reputation.score * 10);
    expect(JSON.stringify(reputation)).not.toContain('isp-secret');
    expect(reputation.explanation[0]?.detail).toBe(
      'fewer than 3 members, 10 messages or more, last seen within the hour, half-life 72 h',
    );
  });
});

describe('the model', () => {
  it('cannot be changed at run time', () => {
    expect(Object.isFrozen(MODEL.halfLifeHours.static)).toBe(true);
  });

  it('keeps one reporter below the listing threshold', () => {
    expect(100 * (1 - Math.exp(-MODEL.maxReporterHazard))).toBeLessThan(MODEL.listing.listAt);
  });
});
