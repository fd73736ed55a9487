import { describe, expect, it } from 'vitest';
import { answered, AnswerRefused, firstObserved, observed, reviewed, type Alert } from './alert.js';
import { FEEDBACK } from './model.js';
import { standingOf } from './standing.js';

const NOW = Date.parse('2026-11-01T00:00:00Z');
const HOUR = 3_600_000;
const GOOD = standingOf({ kept: 0, failed: 0 });
const seen = (lastSeen: number, count = 12, confirmedSeen = lastSeen) => ({
  ...{ isSuspect: true, count, lastSeen, confirmedSeen },
});

function opened(): Alert {
  const first = firstObserved(seen(NOW), NOW);
  if (!first) throw new Error('suspect');
  return first.alert;
}
const fixed = () => answered(opened(), 'fixed', GOOD, NOW + HOUR);

describe('an alert', () => {
  it('opens only for what is suspect', () => {
    expect(firstObserved({ ...seen(NOW), isSuspect: false }, NOW)).toBeUndefined();
    expect(firstObserved(seen(NOW), NOW)).toMatchObject({ change: 'opened', alert: { state: 'open' } });
  });

  it('is told again only when it grew by an order of magnitude, and once a window', () => {
    const alert = opened();
    const { digestMs } = FEEDBACK;
    expect(observed(alert, seen(NOW, 99), NOW + digestMs).change).toBeUndefined();
    expect(observed(alert, seen(NOW, 100), NOW + digestMs - 1).change).toBeUndefined();
    const grown = observed(alert, seen(NOW, 100), NOW + digestMs);
    expect(grown.change).toBe('grown');
    expect(observed(grown.alert, seen(NOW, 100), NOW + 3 * digestMs).change).toBeUndefined();
  });

  it('whose fix stays quiet over the observation is closed as fixed, not a moment earlier', () => {
    const alert = fixed();
    expect(alert.state).toBe('observing');
    const end = NOW + HOUR + FEEDBACK.observationMs;
    expect(reviewed(alert, end - 1).change).toBeUndefined();
    expect(reviewed(alert, end)).toMatchObject({
      change: 'quiet',
      alert: { outcome: 'fixed', closedAt: end },
    });
  });

  it('reappears when it is seen later than the grace after the fix', () => {
    const { graceMs } = FEEDBACK;
    expect(observed(fixed(), seen(NOW + HOUR + graceMs), NOW + 3 * HOUR).change).toBeUndefined();
    const again = observed(fixed(), seen(NOW + HOUR + graceMs + 1), NOW + 3 * HOUR);
    expect(again).toMatchObject({ change: 'reappeared', alert: { state: 'open', failedFixes: 1 } });
    expect(again.alert.fixedAt).toBeUndefined();
  });

  it('that one member alone saw again is open again, and the fix does not count against the owner until a second did', () => {
    const after = NOW + HOUR + FEEDBACK.graceMs + 1;
    const doubted = observed(fixed(), seen(after, 12, NOW), NOW + 3 * HOUR);
    expect(doubted).toMatchObject({ change: 'reappeared', alert: { state: 'open', failedFixes: 0 } });
    expect(reviewed(doubted.alert, NOW + 99 * HOUR).change).toBeUndefined();
    // However often it says so.
    const again = observed(doubted.alert, seen(after + HOUR, 12, NOW), NOW + 4 * HOUR);
    expect(again).toMatchObject({ change: undefined, alert: { failedFixes: 0 } });
    const confirmed = observed(again.alert, seen(after + HOUR, 12, after), NOW + 5 * HOUR);
    expect(confirmed.alert).toMatchObject({ state: 'open', failedFixes: 1 });
    expect(observed(confirmed.alert, seen(after + HOUR, 12, after), NOW + 6 * HOUR).alert.failedFixes).toBe(
      1,
    );
  });

  it('that nobody answers is closed when its score has faded, and not as fixed', () => {
    const faded = observed(opened(), { ...seen(NOW), isSuspect: false }, NOW + 9 * HOUR);
    expect(faded).toMatchObject({ change: 'faded', alert: { outcome: 'faded' } });
    expect(() => answered(faded.alert, 'fixed', GOOD, NOW + 10 * HOUR)).toThrow(AnswerRefused);
  });

  it('takes answers forwards only, and a repeated "fixed" does not move the observation', () => {
    const found = answered(opened(), 'found', GOOD, NOW + 1);
    expect(answered(found, 'seen', GOOD, NOW + 2)).toBe(found);
    const first = fixed();
    expect(answered(first, 'fixed', GOOD, NOW + 5 * HOUR)).toBe(first);
  });
});

describe('standing', () => {
  it('doubles the observation for each failure beyond the successes, up to a week', () => {
    const days = (failed: number, kept = 0) => standingOf({ kept, failed }).observationMs / (24 * HOUR);
    expect([0, 1, 2, 3, 9].map((failed) => days(failed))).toEqual([1, 2, 4, 7, 7]);
    expect(days(3, 2)).toBe(2);
  });

  it('of three failures keeps listings to their full term', () => {
    expect(standingOf({ kept: 0, failed: 2 }).endsEarly).toBe(true);
    expect(standingOf({ kept: 0, failed: 3 }).endsEarly).toBe(false);
    expect(standingOf({ kept: 1, failed: 3 }).endsEarly).toBe(true);
  });
});
