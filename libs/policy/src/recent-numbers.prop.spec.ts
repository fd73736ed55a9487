import { fc, it } from '@fast-check/vitest';
import { expect } from 'vitest';
import { RecentNumbers } from './recent-numbers.js';

it.prop([
  fc.integer({ min: 1, max: 20 }),
  fc.nat(0xffff_ffff),
  fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 0xffff_ffff })), { maxLength: 200 }),
])('knows the last half of the keys at least, with what was put last', (most, seed, puts) => {
  const numbers = new RecentNumbers(most, seed);
  const last = new Map<number, number>();
  for (const [key, value] of puts) {
    numbers.put(String(key), value);
    last.delete(key);
    last.set(key, value);
    const newestFirst = [...last].reverse();
    for (const [one, wanted] of newestFirst.slice(0, Math.ceil(most / 2)))
      expect(numbers.get(String(one))).toBe(wanted);
    for (const [one, wanted] of newestFirst) expect([0, wanted]).toContain(numbers.get(String(one)));
    expect(newestFirst.filter(([one]) => numbers.get(String(one)) > 0).length).toBeLessThanOrEqual(most + 1);
  }
});

it('takes none of a million new connections for one that it knows', () => {
  const numbers = new RecentNumbers(100_000, 1);
  const connection = (i: number) => `198.51.${i >> 16}.${(i >> 8) & 255} ${1_024 + (i & 255)}`;
  let known = 0;
  for (let i = 0; i < 1_000_000; i++) {
    known += numbers.get(connection(i));
    numbers.put(connection(i), 1);
  }
  expect(known).toBe(0);
  expect(numbers.get(connection(999_999 - 49_999))).toBe(1);
  expect(numbers.get(connection(0))).toBe(0);
});

it('tells apart whose key it is, and where one text ends and the other begins', () => {
  const numbers = new RecentNumbers(100, 1);
  numbers.put('5', 7, '203.0.113.42');
  expect(numbers.get('5', '203.0.113.42')).toBe(7);
  expect(numbers.get('25', '203.0.113.4')).toBe(0);
  expect(numbers.get('5', '203.0.113.43')).toBe(0);
  expect(numbers.get('5')).toBe(0);
});

it('puts the key that was asked for last', () => {
  const numbers = new RecentNumbers(100, 1);
  numbers.get('one');
  numbers.get('25', '203.0.113.4');
  numbers.putAsked(3);
  expect([numbers.get('25', '203.0.113.4'), numbers.get('one')]).toEqual([3, 0]);
});
