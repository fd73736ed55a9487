import { parseSubject } from '@sekisho/subject';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetworkNotRollable, rollUp, type CategoryScore, type ChildReputation } from './index.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const V4 = parseSubject('network', '192.0.2.0/24');
const V6_64 = parseSubject('network', '2001:db8:0:1::/64');
const V6_48 = parseSubject('network', '2001:db8::/48');
const listedAs = (category: CategoryScore['category'], score = 90) => ({ category, score, listed: true });

const children = (length: number, patch: Partial<ChildReputation> = {}): ChildReputation[] =>
  Array.from({ length }, () => ({ score: 90, reporters: 3, categories: [listedAs('zombie')], ...patch }));

const roll = (network: typeof V4, of: readonly ChildReputation[], wasListed = false) =>
  rollUp({ network, children: of, wasListed, now: NOW });

describe('rollUp', () => {
  it.each([
    [V4, 16],
    [V6_64, 3],
    [V6_48, 3],
  ])('lists %o from as many bad children as it needs, not from one fewer', (network, needed) => {
    expect(roll(network, children(needed)).listed).toBe(true);
    expect(roll(network, children(needed - 1)).listed).toBe(false);
  });

  it('keeps a listed network until fewer than half of them are left', () => {
    expect(roll(V4, children(8), true).listed).toBe(true);
    expect(roll(V4, children(7), true).listed).toBe(false);
    expect(roll(V4, children(8, { score: 70 }), true)).toMatchObject({ score: 52, listed: false });
  });

  it('does not list a network of middling addresses', () => {
    expect(roll(V4, children(16, { score: 70 }))).toMatchObject({ score: 65, listed: false });
  });

  it('does not count addresses that only one reporter, such as their owner, speaks about', () => {
    expect(roll(V4, children(200, { reporters: 1 }))).toMatchObject({
      score: 0,
      listed: false,
      memberCount: 0,
    });
  });

  it('takes the categories of the majority, or the most frequent when there is none', () => {
    const both = { categories: [listedAs('zombie'), listedAs('spam-source')] };
    const mixed = [...children(12, both), ...children(8)];
    expect(roll(V4, mixed).categories.map(({ category }) => category)).toEqual(['zombie', 'spam-source']);
    const split = ['zombie', 'zombie', 'harvester', 'phishing', 'spam-source'] as const;
    const many = split.flatMap((category) => children(4, { categories: [listedAs(category)] }));
    expect(roll(V4, many).categories).toEqual([{ category: 'zombie', score: 87, listed: true }]);
  });

  it('reaches high confidence only where the network is one customer', () => {
    expect(roll(V6_64, children(6, { score: 96 }))).toMatchObject({
      highConfidence: true,
      recommendation: 'REJECT',
    });
    expect(roll(V4, children(64, { score: 96 }))).toMatchObject({
      highConfidence: false,
      recommendation: 'DEFER',
    });
  });

  it('spans the times of its children', () => {
    const times = { firstSeen: NOW - 9, lastSeen: NOW - 3, expiresAt: NOW + 50 };
    expect(
      roll(V6_64, [...children(1, times), ...children(2, { ...times, firstSeen: NOW - 20 })]),
    ).toMatchObject({
      firstSeen: NOW - 20,
      lastSeen: NOW - 3,
      expiresAt: NOW + 50,
    });
  });

  it('is listed until so few of its children are that it is not kept', () => {
    const ending = (hours: number) => children(1, { listedUntil: NOW + hours });
    // Three are needed, and two keep it.
    expect(roll(V6_64, [1, 5, 3, 4].flatMap(ending)).listedUntil).toBe(NOW + 4);
    expect(roll(V6_64, [1, 5].flatMap(ending), true).listedUntil).toBe(NOW + 1);
    expect(roll(V6_64, [...[1, 5, 3].flatMap(ending), ...children(1)]).listedUntil).toBeUndefined();
    expect(roll(V6_64, [1].flatMap(ending)).listedUntil).toBeUndefined();
  });

  it('refuses other widths', () => {
    expect(() => roll(parseSubject('network', '192.0.0.0/16'), [])).toThrow(NetworkNotRollable);
    expect(() => roll(parseSubject('ip', '192.0.2.1'), [])).toThrow(NetworkNotRollable);
  });

  it('is never above the mean of its children, grows with their number, and explains itself exactly', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 300 });
    fc.assert(
      fc.property(scores, fc.constantFrom(V4, V6_64, V6_48), fc.boolean(), (of, network, wasListed) => {
        const all = of.map((score) => ({ score, reporters: 2, categories: [listedAs('zombie', score)] }));
        const reputation = roll(network, all, wasListed);
        const mean = of.reduce((a, b) => a + b, 0) / Math.max(1, of.length);
        const tenths = reputation.explanation.map(({ contribution }) => Math.round(contribution * 10));
        const twice = roll(network, [...all, ...all], wasListed);
        return (
          reputation.score <= mean &&
          reputation.score >= 0 &&
          twice.score >= reputation.score &&
          tenths.reduce((a, b) => a + b, 0) === reputation.score * 10
        );
      }),
    );
  });
});
