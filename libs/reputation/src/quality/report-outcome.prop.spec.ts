import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  calibrationOf,
  ECHOES,
  outcomeOf,
  type Confirmers,
  type FateCount,
  type ReportFate,
} from './report-outcome.js';

const fateOf: fc.Arbitrary<ReportFate> = fc.record({
  ruling: fc.constantFrom('right' as const, 'wrong' as const, undefined),
  isOwnedUp: fc.boolean(),
  isEchoed: fc.boolean(),
});
const channelOf = fc.record({
  category: fc.constantFrom('zombie', 'phishing', 'spam-source'),
  evidence: fc.constantFrom('trap', 'filter'),
});
const countOf: fc.Arbitrary<FateCount> = fc
  .tuple(fateOf, channelOf, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 9 }))
  .map(([fate, channel, checked, each]) => ({
    ...{ ...fate, ...channel, checked },
    ...{ weight: checked * each, squaredWeight: checked * each * each },
  }));
const countsOf = fc.array(countOf, { maxLength: 30 });
const kOf = fc.integer({ min: 3, max: 5 });
const nameOf = ({ category, evidence }: { category: string; evidence: string }) => `${category}/${evidence}`;

/** As the database answers: whoever's word it was, for each channel in which there was one. */
const confirmersFor = (counts: readonly FateCount[], members: readonly string[]): Confirmers[] =>
  [...Map.groupBy(counts, nameOf).values()].flatMap(([first], i) =>
    first ? [{ ...first, members: members.slice(i % (members.length + 1)) }] : [],
  );
const memberListOf = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 });

describe('what became of a report', () => {
  it('is what people say first, then the owner, then other members, and else nothing', () => {
    const silent: ReportFate = { ruling: undefined, isOwnedUp: false, isEchoed: false };
    expect(outcomeOf(silent)).toBe('unknown');
    expect(outcomeOf({ ...silent, isEchoed: true })).toBe('confirmed');
    expect(outcomeOf({ ...silent, isOwnedUp: true })).toBe('confirmed');
    expect(outcomeOf({ ...silent, ruling: 'right' })).toBe('confirmed');
    expect(outcomeOf({ ruling: 'wrong', isOwnedUp: true, isEchoed: true })).toBe('refuted');
  });

  it('is confirmed by a report that says the same of it in other words, not by good mail', () => {
    const confirm = (category: string, by: string) =>
      ECHOES.some((echo) => echo.type === 'ip' && echo.category === category && echo.confirmedBy === by);
    expect(confirm('zombie', 'spam-source')).toBe(true);
    expect(confirm('zombie', 'backscatter-source')).toBe(false);
    expect(confirm('zombie', 'ham')).toBe(false);
    expect(confirm('ham', 'ham')).toBe(false);
  });
});

describe('a calibration report', () => {
  test.prop([countsOf, memberListOf, kOf])(
    'tells no share of fewer than k members, and none by subtraction',
    (counts, members, k) => {
      const confirmers = confirmersFor(counts, members);
      const report = calibrationOf(counts, confirmers, { k });
      const wordOf = (name: string) => confirmers.find((one) => nameOf(one) === name)?.members ?? [];
      const named = report.filter(({ category }) => category !== undefined);
      for (const { category, evidence, confirmation } of named) {
        const name = `${category ?? ''}/${evidence ?? ''}`;
        const isSilent = counts
          .filter((one) => nameOf(one) === name)
          .every((one) => one.ruling === 'right' || outcomeOf(one) !== 'confirmed');
        expect(confirmation).toBeDefined();
        expect(isSilent || wordOf(name).length >= k).toBe(true);
      }
      const rest = report.filter(({ category }) => category === undefined);
      expect(rest.length).toBeLessThanOrEqual(1);
      if (rest[0]?.confirmation) {
        const hidden = [...new Set(counts.map(nameOf))].filter(
          (name) => !named.some((one) => `${one.category ?? ''}/${one.evidence ?? ''}` === name),
        );
        expect(new Set(hidden.flatMap(wordOf)).size).toBeGreaterThanOrEqual(k);
      }
    },
  );

  test.prop([countsOf, memberListOf, kOf])('counts every report once', (counts, members, k) => {
    const report = calibrationOf(counts, confirmersFor(counts, members), { k });
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(report.map(({ checked }) => checked))).toBe(sum(counts.map(({ checked }) => checked)));
    expect(sum(report.map(({ reported }) => reported))).toBe(sum(counts.map(({ weight }) => weight)));
    for (const { checked, refuted, confirmation } of report) {
      if (!confirmation) continue;
      expect(confirmation.confirmed + confirmation.unknown + refuted).toBe(checked);
      expect(confirmation.shareLow).toBeLessThanOrEqual(confirmation.share + 1e-9);
      expect(confirmation.shareHigh).toBeGreaterThanOrEqual(confirmation.share - 1e-9);
    }
  });
});
