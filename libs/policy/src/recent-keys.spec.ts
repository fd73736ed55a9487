import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { RecentKeys } from './recent-keys.js';

it('forgets the oldest first, and a key that is put again is young again', () => {
  const keys = new RecentKeys<number>(2);
  keys.put('a', 1);
  keys.put('b', 2);
  keys.put('a', 3);
  keys.put('c', 4);
  expect([keys.get('a'), keys.get('b'), keys.get('c'), keys.size]).toEqual([3, undefined, 4, 2]);
  keys.delete('a');
  expect(keys.size).toBe(1);
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
