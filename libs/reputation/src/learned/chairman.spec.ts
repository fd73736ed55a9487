import { describe, expect, it } from 'vitest';
import { Ledger } from '../index.js';
import { averagePrecision, Chairman, type Trial } from './chairman.js';
import { START, type RiskParts } from './mixture.js';

/** `size` subjects for whom the learned part says nothing, half of whom have several voices, half a late report. */
function trialWhere(isHit: (part: RiskParts) => boolean, size = 400): Trial {
  const parts = Array.from({ length: size }, (_, i) => ({
    learned: 0.5 * Math.sin(i),
    agreement: i % 2 === 0 ? 0 : Math.log(8),
    recency: Math.floor(i / 2) % 2 === 0 ? -Math.log(50) : -Math.log(2),
  }));
  const reporter = {
    isCandidate: new Uint8Array(size).fill(1),
    // A tenth of those who would be.
    isHit: Uint8Array.from(parts, (part, i) => (i % 10 < 4 && i % 40 < 8 && isHit(part) ? 1 : 0)),
  };
  return { parts, weights: new Float64Array(size).fill(1), reporters: [reporter] };
}

const isRecent = ({ recency }: RiskParts) => recency > -1;
const isAgreed = ({ agreement }: RiskParts) => agreement > 0;

function chairmanAfter(trials: readonly Trial[]): Chairman {
  const chairman = new Chairman();
  for (const trial of trials) chairman.judge(trial);
  return chairman;
}

describe('the chairman', () => {
  it('keeps to the constants while nothing is known', () => {
    expect(new Ledger().model().mixture).toEqual(START);
    expect(chairmanAfter([trialWhere(() => false)]).mixture).toEqual(START);
  });

  it('keeps to the constants on the word of one look that says little', () => {
    const few = trialWhere(isRecent);
    const [reporter] = few.reporters;
    const only = reporter?.isHit.indexOf(1) ?? -1;
    const isHit = Uint8Array.from(reporter?.isHit ?? [], (_, i) => (i === only ? 1 : 0));
    const isCandidate = reporter?.isCandidate ?? new Uint8Array();
    expect(chairmanAfter([{ ...few, reporters: [{ isCandidate, isHit }] }]).mixture).toEqual(START);
  });

  it('gives the latest report weight where it foretells and agreement does not', () => {
    const trial = trialWhere((part) => isRecent(part) && !isAgreed(part));
    const { agreement, recency } = chairmanAfter(Array<Trial>(6).fill(trial)).mixture;
    expect(recency).toBeGreaterThan(START.recency);
    expect(agreement).toBeLessThanOrEqual(START.agreement);
  });

  it('gives agreement weight, and the latest report none, where it is the other way round', () => {
    const trial = trialWhere((part) => isAgreed(part) && !isRecent(part));
    // What was learned holds agreement against a subject.
    const parts = trial.parts.map((part) => ({ ...part, learned: part.learned - 4 * part.agreement }));
    const misled = { ...trial, parts };
    const { agreement, recency } = chairmanAfter(Array<Trial>(6).fill(misled)).mixture;
    expect(recency).toBe(START.recency);
    expect(agreement).toBeGreaterThan(START.agreement);
  });

  it('forgets: after enough looks of another kind it comes back', () => {
    const late = trialWhere((part) => isRecent(part) && !isAgreed(part));
    const agreed = trialWhere((part) => isAgreed(part) && !isRecent(part));
    const chairman = chairmanAfter(Array<Trial>(60).fill(late));
    for (let look = 0; look < 15; look++) chairman.judge(agreed);
    expect(chairman.mixture.recency).toBe(START.recency);
  });

  it('hears a rare reporter as well as a large one', () => {
    const large = trialWhere(() => true);
    const late = trialWhere((part) => isRecent(part) && !isAgreed(part));
    let heard = 0;
    // Six hits.
    const rare = late.reporters.map(({ isCandidate, isHit }) => ({
      isCandidate,
      isHit: isHit.map((hit) => (heard < 6 ? ((heard += hit), hit) : 0)),
    }));
    const both = { ...large, reporters: [...large.reporters, ...rare] };
    expect(chairmanAfter(Array<Trial>(6).fill(large)).mixture).toEqual(START);
    expect(chairmanAfter(Array<Trial>(6).fill(both)).mixture.recency).toBeGreaterThan(START.recency);
  });
});

describe('average precision', () => {
  const of = (
    risks: number[],
    hits: number[],
    weights = risks.map(() => 1),
    candidates = risks.map(() => 1),
  ) =>
    averagePrecision(
      Uint32Array.from(risks.keys()).sort((a, b) => (risks[b] ?? 0) - (risks[a] ?? 0)),
      Float64Array.from(risks),
      Float64Array.from(weights),
      Uint8Array.from(candidates),
      Uint8Array.from(hits),
    );

  it('is the mean share of hits down to each hit', () => {
    expect(of([4, 3, 2, 1], [1, 0, 1, 0])).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(of([4, 3, 2, 1], [0, 0, 0, 1])).toBeCloseTo(1 / 4, 12);
  });

  it('passes over those who are no candidates', () => {
    expect(of([4, 3, 2, 1], [1, 0, 1, 0], [1, 1, 1, 1], [1, 0, 1, 1])).toBe(1);
  });

  it('counts a subject for as many as it stands for', () => {
    expect(of([3, 2, 1], [0, 1, 0], [10, 1, 1])).toBeCloseTo(1 / 11, 12);
  });

  it('does not depend on the order of equals', () => {
    expect(of([1, 1, 1], [1, 0, 0])).toBe(of([1, 1, 1], [0, 0, 1]));
  });
});
