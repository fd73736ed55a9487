import { describe, expect, it } from 'vitest';
import { filterListings, typeOf } from './listing-filter.ts';
import type { ListingRow } from './use-live-feed.ts';

const row = (subject: string, change: Partial<ListingRow> = {}): ListingRow => ({
  ...{ subject, score: 80, listed: true, categories: ['ZOMBIE'], confidence: 50, recommendation: 'REJECT' },
  ...{ memberCount: 3, firstSeen: '', lastSeen: '', expiresAt: '' },
  ...change,
});
const NONE = { q: '', type: '', category: '', advice: '', min: '' };
const subjectsOf = (rows: readonly ListingRow[]) => rows.map(({ subject }) => subject);

describe('the filter of listings', () => {
  it.each([
    ['203.0.113.9', 'ip'],
    ['2001:db8::1', 'ip'],
    ['2001:db8::/48', 'network'],
    ['shop.example.com', 'domain'],
    [`address:${'a'.repeat(64)}`, 'address'],
    [`fingerprint:${'a'.repeat(64)}`, 'fingerprint'],
  ])('tells what %s is', (subject, type) => {
    expect(typeOf(subject)).toBe(type);
  });

  it('takes all its parts together', () => {
    const rows = [
      row('203.0.113.9'),
      row('203.0.113.10', { categories: ['SPAM_SOURCE'] }),
      row('203.0.113.11', { score: 60 }),
      row('spam.example'),
    ];
    expect(filterListings(rows, NONE)).toBe(rows);
    const filter = { ...NONE, q: ' 203.0.113 ', category: 'ZOMBIE', type: 'ip', min: '70', advice: 'REJECT' };
    expect(subjectsOf(filterListings(rows, filter))).toEqual(['203.0.113.9']);
    expect(subjectsOf(filterListings(rows, { ...NONE, min: 'seventy' }))).toHaveLength(4);
  });
});
