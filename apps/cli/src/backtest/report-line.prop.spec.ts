import { fc, it } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { ReportLineInvalid } from './errors.js';
import { readTime, ReportLineReader } from './report-line.js';

// Two hundred cases take a second, and more on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const line = fc.record(
  {
    time: fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant('2026-11-20T01:20:00Z')),
    reporter: fc.oneof(fc.constant('isp-a'), fc.anything()),
    subject: fc.oneof(fc.ipV4(), fc.domain(), fc.anything()),
    category: fc.constantFrom('zombie', 'ham', 'nonsense'),
    evidence: fc.constantFrom('trap', 'filter', 'nonsense'),
    count: fc.oneof(fc.nat(), fc.anything()),
    ended: fc.anything(),
  },
  { requiredKeys: [] },
);

describe('any line of a file of reports', () => {
  it.prop(
    [
      fc.oneof(
        line.map((one) => JSON.stringify(one)),
        fc.string(),
        fc.json(),
      ),
    ],
    {
      numRuns: 200,
      seed: 20_261_129,
    },
  )('is a report in time, or refused with file and line', (text) => {
    try {
      const read = new ReportLineReader('reports.jsonl').read(text, 7);
      expect(read.firstSeen).toBeLessThanOrEqual(read.lastSeen);
    } catch (error) {
      expect(error).toBeInstanceOf(ReportLineInvalid);
      expect((error as Error).message).toMatch(/^reports\.jsonl:7: /);
    }
  });

  it.prop([fc.string()], { numRuns: 200, seed: 20_261_129 })('any text is a time or none', (text) => {
    const time = readTime(text);
    if (time !== undefined) expect(Number.isFinite(time)).toBe(true);
  });
});
