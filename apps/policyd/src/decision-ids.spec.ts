import { expect, it } from 'vitest';
import { DecisionIds } from './decision-ids.js';

it('gives ids of 12 hexadecimal digits, none of them twice, beyond what is taken from the system at once', () => {
  const ids = new DecisionIds();
  const seen = Array.from({ length: 3_000 }, () => ids.next());
  expect(new Set(seen).size).toBe(3_000);
  expect(seen.filter((id) => !/^[0-9a-f]{12}$/.test(id))).toEqual([]);
});
