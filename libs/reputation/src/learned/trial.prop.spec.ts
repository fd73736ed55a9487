import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger, type Observation } from '../index.js';
import { assess, riskOf, riskPartsOf } from './assessment.js';
import { takeLook } from './checkpoint.js';
import { NO_NEIGHBOURHOOD } from './evidence.js';
import { toSeconds } from './observation.js';
import { trialOf } from './trial.js';

const START = Date.UTC(2026, 10, 20);
const END = START + 9 * 3_600_000;

const observationOf: fc.Arbitrary<Observation> = fc.record({
  time: fc.integer({ min: 0, max: 8 * 60 }).map((minutes) => START + minutes * 60_000),
  reporter: fc.integer({ min: 1, max: 5 }).map((i) => `member-${String(i)}`),
  subject: fc.integer({ min: 1, max: 12 }).map((i) => `subject-${String(i)}.example`),
  category: fc.constantFrom('zombie', 'zombie', 'zombie', 'ham'),
  evidence: fc.constant('trap'),
  count: fc.integer({ min: 1, max: 50 }),
  ended: fc.integer({ min: 0, max: 3 }).map((i) => i === 0),
});
const streamOf = fc
  .array(observationOf, { minLength: 1, maxLength: 200 })
  .map((all) => all.sort((a, b) => a.time - b.time));

function ledgerOf(stream: readonly Observation[]): Ledger {
  const ledger = new Ledger();
  for (const observation of stream) ledger.observe(observation);
  ledger.catchUp(END);
  return ledger;
}

describe('what the chairman judges by', () => {
  it('is what the ledger would have said at the time of the look', () => {
    fc.assert(
      fc.property(streamOf, (stream) => {
        const ledger = ledgerOf(stream);
        const model = ledger.model();
        const texts = ledger.subjects();
        const reportsOf = (subject: number) => ledger.evidenceOf(texts[subject] ?? '');
        const now = toSeconds(END);
        const look = takeLook(
          now,
          now + 3_600,
          [...texts.keys()],
          (subject) => ({ reports: reportsOf(subject), neighbourhood: NO_NEIGHBOURHOOD }),
          model,
        );
        const { parts, weights, reporters } = trialOf(look, new Map([[0, [0]]]), model);
        expect(weights).toEqual(new Float64Array(texts.length).fill(1));
        for (const [i, part] of parts.entries()) {
          const said = riskPartsOf(reportsOf(i), NO_NEIGHBOURHOOD, model, now);
          expect(part.learned).toBeCloseTo(said.learned, 9);
          expect(part.agreement).toBeCloseTo(said.agreement, 5);
          expect(part.recency).toBeCloseTo(said.recency, 5);
        }
        for (const [k, { reporter }] of model.known.entries()) {
          const lists = (subject: number) =>
            reportsOf(subject).some(
              ({ channel, endedAt }) => endedAt === 0 && model.channels[channel]?.reporter === reporter,
            );
          expect([...(reporters[k]?.isCandidate ?? [])]).toEqual(
            [...texts.keys()].map((subject) => (lists(subject) ? 0 : 1)),
          );
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('whatever the chairman decides', () => {
  const mixtureOf = fc.record({
    agreement: fc.double({ min: 0, max: 6, noNaN: true }),
    recency: fc.double({ min: 0, max: 4, noNaN: true }),
  });

  it('contributions sum to the log-odds, and a single voice lists nobody', () => {
    fc.assert(
      fc.property(streamOf, mixtureOf, (stream, mixture) => {
        const ledger = ledgerOf(stream);
        const model = { ...ledger.model(), mixture };
        for (const subject of ledger.subjects()) {
          const reports = ledger.evidenceOf(subject);
          const { probability, contributions, score, voices } = assess(
            reports,
            NO_NEIGHBOURHOOD,
            model,
            toSeconds(END),
          );
          if (contributions.length === 0) continue;
          const sum = contributions.reduce((total, { logOdds }) => total + logOdds, 0);
          expect(1 / (1 + Math.exp(-sum))).toBeCloseTo(probability, 12);
          const of = (name: string) => contributions.find(({ factor }) => factor === name)?.logOdds ?? 0;
          const risk = riskOf(reports, NO_NEIGHBOURHOOD, model, toSeconds(END));
          expect(sum - of('base-rate') - of('single-voice')).toBeCloseTo(model.calibration.slope * risk, 8);
          if (voices <= 1) expect(score).toBeLessThan(70);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('an older latest report never makes a subject worse, nor fewer voices', () => {
    fc.assert(
      fc.property(streamOf, (stream) => {
        const ledger = ledgerOf(stream);
        for (const subject of ledger.subjects()) {
          const reports = ledger.evidenceOf(subject);
          const at = (hours: number) =>
            riskPartsOf(reports, NO_NEIGHBOURHOOD, ledger.model(), toSeconds(END) + hours * 3_600);
          expect(at(5).recency).toBeLessThan(at(0).recency);
          expect(at(0).recency).toBeLessThanOrEqual(0);
          expect(at(0).agreement).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 20 },
    );
  });
});
