import { EVIDENCE } from '@sekisho/report';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../learned/observation.js';
import { comparableFrom, ShadowLedger, shadowSince, type ForetoldMoment } from './shadow.js';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 20);
const SUBJECTS = Array.from({ length: 9 }, (_, i) => `192.0.2.${String(i)}`);

const reportsOf: fc.Arbitrary<Observation[]> = fc
  .array(
    fc.record({
      time: fc.integer({ min: 0, max: 40 * 60 }).map((minutes) => START + minutes * 60_000),
      reporter: fc.constantFrom('member-1', 'member-2', 'member-3', 'member-4'),
      subject: fc.constantFrom(...SUBJECTS.slice(1)),
      category: fc.constantFrom('zombie' as const, 'spam-source' as const, 'ham' as const),
      evidence: fc.constantFrom(...EVIDENCE),
      count: fc.integer({ min: 1, max: 50 }),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((reports) => reports.sort((a, b) => a.time - b.time));
const END = START + 41 * 3_600_000;

describe('the moment from which a model in shadow is given reports', () => {
  test.prop([fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) })])(
    'is two to three weeks ago and the same all week',
    (now) => {
      const since = shadowSince(now);
      expect(now - since).toBeGreaterThanOrEqual(14 * DAY_MS);
      expect(now - since).toBeLessThan(21 * DAY_MS);
      expect(new Date(since).getUTCDay()).toBe(1);
      expect(since % DAY_MS).toBe(0);
      expect([since, since + 7 * DAY_MS]).toContain(shadowSince(now + DAY_MS));
    },
  );
});

describe('the learning model in shadow', () => {
  // What makes a worker that starts anew foretell as the one before it would have.
  test.prop([reportsOf, fc.array(fc.integer({ min: 0, max: 41 }), { maxLength: 6 })], { numRuns: 60 })(
    'foretells the same whether it was asked in between or not',
    (reports, hours) => {
      const [asked, fresh] = [new ShadowLedger(), new ShadowLedger()];
      fresh.observe(reports);
      let given = 0;
      for (const hour of hours.sort((a, b) => a - b)) {
        const at = START + hour * 3_600_000;
        const next = reports.findIndex(({ time }, i) => i >= given && time > at);
        const end = next < 0 ? reports.length : next;
        asked.observe(reports.slice(given, end));
        given = end;
        asked.foretell(SUBJECTS, at);
      }
      asked.observe(reports.slice(given));
      expect(asked.foretell(SUBJECTS, END)).toEqual(fresh.foretell(SUBJECTS, END));
      expect(asked.subjects).toBe(fresh.subjects);
    },
  );

  test.prop([reportsOf], { numRuns: 30 })('foretells 0 to 100, and 0 of what nobody reported', (reports) => {
    const model = new ShadowLedger();
    model.observe(reports);
    const scores = model.foretell(SUBJECTS, END);
    expect(scores[0]).toBe(0);
    for (const score of scores) expect(score >= 0 && score <= 100).toBe(true);
  });

  it('keeps what is below a point', () => {
    const model = new ShadowLedger();
    const report = {
      time: START,
      reporter: 'member-1',
      category: 'zombie',
      evidence: 'rate',
      count: 1,
    } as const;
    model.observe([{ ...report, subject: '192.0.2.1' }]);
    const [score = 0] = model.foretell(['192.0.2.1'], START + 3_600_000);
    expect(score).toBeGreaterThan(0);
    expect(score).toBeLessThan(100);
    expect(Number.isInteger(score)).toBe(false);
  });
});

const momentsOf: fc.Arbitrary<ForetoldMoment[]> = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 30 }),
    isShadowed: fc.boolean(),
    reporters: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 3 }),
  }),
  { maxLength: 20 },
);

describe('what a model in shadow is measured on', () => {
  const reportersOf = (moments: readonly ForetoldMoment[]) =>
    new Set(moments.flatMap(({ reporters }) => reporters));

  test.prop([momentsOf, fc.integer({ min: 3, max: 5 })])(
    'leaves of the model in force what is the word of nobody or of k members',
    (moments, k) => {
      const from = comparableFrom(moments, k);
      if (from === undefined) return;
      const left = moments.filter(({ at, isShadowed }) => !isShadowed || at <= from);
      const { size } = reportersOf(left);
      expect(size === 0 || size >= k).toBe(true);
    },
  );

  it('is all of it when nothing, or enough, was not shadowed, and else what is left of it', () => {
    const shadowed = (at: number, ...reporters: string[]) => ({ at, isShadowed: true, reporters });
    const missed = (...reporters: string[]) => ({ at: 5, isShadowed: false, reporters });
    expect(comparableFrom([shadowed(1, 'a')], 3)).toBe(-Infinity);
    expect(comparableFrom([shadowed(1, 'a'), missed()], 3)).toBe(-Infinity);
    expect(comparableFrom([shadowed(6, 'a'), missed('a', 'b', 'c')], 3)).toBe(-Infinity);
    const few = [missed('a', 'b'), shadowed(3, 'c'), shadowed(1, 'a'), shadowed(2), shadowed(4, 'd')];
    expect(comparableFrom(few, 3)).toBe(3);
    expect(comparableFrom([missed('a'), shadowed(1, 'b')], 3)).toBeUndefined();
  });
});
