import { describe, expect, it } from 'vitest';
import { compileWarningLists } from '../warning-list.js';
import { Rehearsal } from './rehearsal.js';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 20);
const AT = START + HOUR_MS;

/** Two members trapped 192.0.2.7 and one 192.0.2.8; each has reported something before. */
function rehearsal(...protectedNetworks: string[]): Rehearsal {
  const list = { name: 'providers', description: '', origin: '', licence: '', type: 'cidr' } as const;
  const rehearsed = new Rehearsal(compileWarningLists([{ ...list, entries: protectedNetworks }]));
  const report = (reporter: string, subject: string, hours: number) => {
    rehearsed.observe({
      ...{ time: START + hours * HOUR_MS, reporter, subject },
      ...{ category: 'zombie', evidence: 'trap', count: 3 },
    });
  };
  for (const reporter of ['a', 'b']) report(reporter, '198.51.100.1', 0);
  for (const reporter of ['a', 'b']) report(reporter, '192.0.2.7', 0.9);
  report('a', '192.0.2.8', 0.9);
  return rehearsed;
}
const present = (listed: string[], contested: string[] = []) => ({
  ...{ at: AT, listed: new Set(listed), isContested: (subject: string) => contested.includes(subject) },
});

describe('a rehearsal', () => {
  it('counts what would be listed more and what less', () => {
    const outcome = rehearsal().outcome(present(['192.0.2.8', '203.0.113.1']));
    expect(outcome).toMatchObject({ reports: 5, subjects: 3, listedNow: 2, listedLess: 2 });
    expect(outcome.listedMore).toBeGreaterThanOrEqual(1);
    expect(outcome.listedThen).toBe(outcome.listedMore);
  });

  it('counts what somebody contested among the changes only', () => {
    const contested = ['192.0.2.7', '192.0.2.8', '203.0.113.1'];
    const appealsAffected = (listed: string[]) =>
      rehearsal().outcome(present(listed, contested)).appealsAffected;
    expect(appealsAffected(['192.0.2.7'])).toBe(0);
    expect(appealsAffected(['203.0.113.1'])).toBe(2);
  });

  it('lists nothing that a warning list protects', () => {
    expect(rehearsal('192.0.2.0/24', '198.51.100.0/24').outcome(present([]))).toMatchObject({
      listedThen: 0,
    });
  });
});
