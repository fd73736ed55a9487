import { describe, expect, it } from 'vitest';
import { Remembered } from './remembered.js';

const at = (seconds: number) => new Date(seconds * 1_000);

function counting(answers: readonly (number | Error)[]) {
  const errors: unknown[] = [];
  let reads = 0;
  const remembered = new Remembered(
    () => {
      const answer = answers[reads++] ?? new Error('asked too often');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    { forMs: 60_000, onError: (error) => errors.push(error) },
  );
  return { remembered, errors, reads: () => reads };
}

describe('what is remembered', () => {
  it('is read once for all who ask within its time, and again after it', async () => {
    const { remembered, reads } = counting([1, 2]);
    expect(await Promise.all([remembered.at(at(0)), remembered.at(at(0)), remembered.at(at(1))])).toEqual([
      ...[1, 1, 1],
    ]);
    expect(await remembered.at(at(59.999))).toBe(1);
    expect(reads()).toBe(1);
    expect(await remembered.at(at(60))).toBe(2);
    expect(reads()).toBe(2);
  });

  it('stays when it cannot be read again, and is not asked for at every turn', async () => {
    const { remembered, errors, reads } = counting([1, new Error('away'), 3]);
    expect(await remembered.at(at(0))).toBe(1);
    expect(await remembered.at(at(60))).toBe(1);
    expect(await remembered.at(at(90))).toBe(1);
    expect(reads()).toBe(2);
    expect(errors).toHaveLength(1);
    expect(await remembered.at(at(120))).toBe(3);
  });

  it('is nothing while it could never be read', async () => {
    const { remembered, errors } = counting([new Error('away'), 2]);
    expect(await remembered.at(at(0))).toBeUndefined();
    expect(errors).toHaveLength(1);
    expect(await remembered.at(at(60))).toBe(2);
  });
});
