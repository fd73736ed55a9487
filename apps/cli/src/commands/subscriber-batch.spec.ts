import { describe, expect, it } from 'vitest';
import { inOrder } from './subscriber-batch.js';

const persons = ['B-1', 'B-2', 'B-3'].map((ref) => ({ ref }));

async function run(failing: string | undefined) {
  const said: string[] = [];
  const printed: (readonly string[])[] = [];
  const stderr = { write: (text: string) => said.push(text) > 0 };
  const outcome = await inOrder(
    persons,
    { stderr: stderr },
    ({ ref }) => (ref === failing ? Promise.reject(new Error('over quota')) : Promise.resolve(ref)),
    (rows) => printed.push([...rows]),
  ).then(
    () => 'done',
    (error: unknown) => String(error),
  );
  return { outcome, printed, said: said.join('') };
}

describe('several persons in one file', () => {
  it('are printed together', async () => {
    expect(await run(undefined)).toEqual({ outcome: 'done', printed: [['B-1', 'B-2', 'B-3']], said: '' });
  });

  it('before one that fails are printed, and it is said where to go on', async () => {
    expect(await run('B-3')).toEqual({
      outcome: 'Error: over quota',
      printed: [['B-1', 'B-2']],
      said: 'done: 2 of 3; B-3 and those after it were not\n',
    });
  });

  it('of which the first fails print nothing', async () => {
    expect((await run('B-1')).printed).toEqual([]);
  });
});
