import { describe, expect, it } from 'vitest';
import { isListed, type ListingCase } from './listing.js';

const CASE: ListingCase = { type: 'ip', score: 80, voices: 2, isProtected: false, wasListed: false };

describe('the listing policy', () => {
  it('lists at 70 points and keeps until below 55', () => {
    const at = (score: number, wasListed: boolean) => isListed({ ...CASE, score, wasListed });
    expect([69.9, 70].map((score) => at(score, false))).toEqual([false, true]);
    expect([54.9, 55].map((score) => at(score, true))).toEqual([false, true]);
  });

  it.each<[string, Partial<ListingCase>]>([
    ['on the word of one voice', { voices: 1 }],
    ['what a warning list protects', { isProtected: true }],
    ['a subscriber', { type: 'subscriber' }],
  ])('never lists %s', (_case, change) => {
    expect(isListed(CASE)).toBe(true);
    expect(isListed({ ...CASE, ...change, wasListed: true })).toBe(false);
  });
});
