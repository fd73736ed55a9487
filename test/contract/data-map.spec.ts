// The data map that a member's privacy officer reads is that of the code.
import { RETENTION } from '@sekisho/persistence';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('every table that is kept is in the data map of docs/privacy.md, and no other', async () => {
  const text = await readFile(join(import.meta.dirname, '../../docs/privacy.md'), 'utf8');
  const section = text.split('\n## ').find((part) => part.startsWith('Data map and retention')) ?? '';
  const firstCells = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|')[1] ?? '');
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, table]) => table));
  const kept = RETENTION.map(({ table }) => table);
  expect(named.toSorted()).toEqual(kept.toSorted());
});
