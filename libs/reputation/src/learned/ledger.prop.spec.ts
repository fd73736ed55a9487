import { EVIDENCE } from '@sekisho/report';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger, type Observation } from '../index.js';

const START = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;
const END = START + 9 * HOUR_MS;

const observationOf: fc.Arbitrary<Observation> = fc.record({
  time: fc.integer({ min: 0, max: 8 * 60 }).map((minutes) => START + minutes * 60_000),
  reporter: fc.integer({ min: 1, max: 5 }).map((i) => `member-${String(i)}`),
  subject: fc.integer({ min: 1, max: 12 }).map((i) => `192.0.2.${String(i)}`),
  category: fc.constantFrom('zombie', 'spam-source', 'ham'),
  evidence: fc.constantFrom(...EVIDENCE),
  count: fc.integer({ min: 1, max: 50 }),
  ended: fc.integer({ min: 0, max: 3 }).map((i) => i === 0),
  influenced: fc.integer({ min: 0, max: 9 }).map((i) => i === 0),
});

const stepOf = ({ time }: Observation) => Math.floor((time - START) / HOUR_MS);

function ledgerOf(observations: readonly Observation[]): Ledger {
  const ledger = new Ledger();
  for (const observation of observations) ledger.observe(observation);
  return ledger;
}

const byTime = (a: Observation, b: Observation) => a.time - b.time;
const streamOf = fc.array(observationOf, { minLength: 1, maxLength: 120 }).map((all) => all.sort(byTime));

/** The parts make up both what is published and the risk that subjects are ranked by. */
function expectExact(ledger: Ledger, subject: string): void {
  const { probability, contributions } = ledger.assess(subject, END);
  if (contributions.length === 0) return;
  const sum = contributions.reduce((total, { logOdds }) => total + logOdds, 0);
  expect(1 / (1 + Math.exp(-sum))).toBeCloseTo(probability, 12);
  const of = (name: string) => contributions.find(({ factor }) => factor === name)?.logOdds ?? 0;
  const base = of('base-rate') + of('single-voice');
  expect(sum).toBeCloseTo(base + ledger.model().calibration.slope * ledger.riskOf(subject, END), 9);
}

describe('the ledger', () => {
  it('explains every probability by contributions that sum to its log-odds', () => {
    fc.assert(
      fc.property(streamOf, (stream) => {
        const ledger = ledgerOf(stream);
        for (const subject of ledger.subjects()) {
          expectExact(ledger, subject);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('names no reporter in an explanation', () => {
    fc.assert(
      fc.property(streamOf, (stream) => {
        const ledger = ledgerOf(stream);
        const factors = ledger.subjects().flatMap((subject) => ledger.assess(subject, END).contributions);
        expect(factors.filter(({ factor }) => factor.includes('member-1'))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('comes to the same in whatever order the reports of a step arrive', () => {
    fc.assert(
      fc.property(
        // All within the first step: the ledger looks up only after an hour and a half.
        streamOf.map((stream) => stream.filter((observation) => stepOf(observation) < 1)),
        fc.integer({ min: 1, max: 97 }),
        (stream, stride) => {
          const shuffled = [...stream].sort(
            (a, b) => ((stream.indexOf(a) * stride) % 101) - ((stream.indexOf(b) * stride) % 101),
          );
          const [one, other] = [ledgerOf(stream), ledgerOf(shuffled)];
          for (const { subject } of stream)
            expect(other.assess(subject, END)).toEqual(one.assess(subject, END));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes no notice of what was reported under its own verdict', () => {
    fc.assert(
      fc.property(streamOf, (stream) => {
        const plain = ledgerOf(stream.filter(({ influenced }) => influenced !== true));
        const all = ledgerOf(stream);
        for (const subject of plain.subjects()) {
          expect(all.assess(subject, END)).toEqual(plain.assess(subject, END));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives no subject 70 points on the word of one reporter, whatever it teaches the ledger', () => {
    fc.assert(
      fc.property(streamOf, (stream) => {
        const ledger = new Ledger();
        for (const observation of stream) ledger.observe({ ...observation, reporter: 'member-1' });
        for (const subject of ledger.subjects()) {
          expect(ledger.assess(subject, END).score).toBeLessThan(70);
          expectExact(ledger, subject);
        }
      }),
      { numRuns: 60 },
    );
  });
});
