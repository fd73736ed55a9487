import { describe, expect, it } from 'vitest';
import { foundedAt, isOnProbation, PROBATION, provenFrom } from './probation.js';

const DAY_MS = 86_400_000;
const joining = (day: number, provenDay?: number) => ({
  joinedAt: day * DAY_MS,
  provenAt: provenDay === undefined ? undefined : provenDay * DAY_MS,
});

describe('probation', () => {
  const founded = foundedAt([10, 0, 5, 70].map((day) => day * DAY_MS));

  it('begins with the third member, whatever their order', () => {
    expect(founded).toBe(10 * DAY_MS);
    expect(foundedAt([0, 1])).toBeUndefined();
  });

  it('is of nobody while there are fewer than three, nor of who joins in the first thirty days', () => {
    expect(isOnProbation(joining(70), undefined, 70 * DAY_MS)).toBe(false);
    expect(provenFrom(joining(0), founded)).toBeUndefined();
    expect(isOnProbation(joining(40), founded, 40 * DAY_MS)).toBe(false);
  });

  it('ends after thirty days, or when enough of its reports have been judged', () => {
    expect(isOnProbation(joining(70), founded, 70 * DAY_MS)).toBe(true);
    expect(isOnProbation(joining(70), founded, 100 * DAY_MS - 1)).toBe(true);
    expect(isOnProbation(joining(70), founded, 70 * DAY_MS + PROBATION.ms)).toBe(false);
    expect(isOnProbation(joining(70, 80), founded, 80 * DAY_MS - 1)).toBe(true);
    expect(isOnProbation(joining(70, 80), founded, 80 * DAY_MS)).toBe(false);
  });
});
