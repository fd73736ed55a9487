import { fc } from '@fast-check/vitest';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { RecentKeys } from './recent-keys.js';

it('forgets by the half what was not put since, and a key that is put again is young again', () => {
  const keys = new RecentKeys<number>(4);
  for (const [i, key] of ['a', 'b', 'c', 'a', 'd'].entries()) keys.put(key, i);
  expect(['a', 'b', 'c', 'd'].map((key) => keys.get(key))).toEqual([3, undefined, 2, 4]);
});

it('takes a key that is used for one that was put again', () => {
  const keys = new RecentKeys<number>(4);
  for (const key of ['a', 'b', 'c']) keys.put(key, 1);
  expect([keys.use('a'), keys.use('z')]).toEqual([1, undefined]);
  keys.put('d', 1);
  expect(['a', 'b', 'c', 'd'].map((key) => keys.get(key))).toEqual([1, undefined, 1, 1]);
});

it('keeps the last half at least, and never more than it may, of any keys in any order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(40), { maxLength: 200 }), (most, puts) => {
      const keys = new RecentKeys<number>(most);
      puts.forEach((key, i) => {
        keys.put(String(key), i);
        const last = new Map(puts.slice(0, i + 1).map((one, at) => [one, at]));
        const newest = [...last].sort(([, a], [, b]) => b - a).slice(0, Math.ceil(most / 2));
        for (const [one, at] of newest) expect(keys.get(String(one))).toBe(at);
        for (const [one, at] of last) expect([at, undefined]).toContain(keys.get(String(one)));
        expect(keys.size).toBeLessThanOrEqual(most + 1);
      });
    }),
  );
});

it('keeps the keys, and not the requests of which they were pieces', () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const heldBytes = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const keys = new RecentKeys<true>(20_000);
  const before = heldBytes();
  const decoder = new TextDecoder();
  for (let i = 0; i < 20_000; i++) {
    const request = decoder.decode(new TextEncoder().encode(`${'x'.repeat(5_000)}instance=0123456789.${i}`));
    keys.put(request.slice(5_009), true);
  }
  expect(keys.size).toBe(20_000);
  // The requests are 100 MB.
  expect(heldBytes() - before).toBeLessThan(20_000_000);
});
