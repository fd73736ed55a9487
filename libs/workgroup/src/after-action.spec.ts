import { describe, expect, it } from 'vitest';
import { approved, factsOf, given, actorOf, NOW } from './action.fixture.js';
import { afterActionReport, type ReportInput } from './after-action.js';
import { reportHtml } from './after-action-html.js';
import { settled } from './clock.js';
import { currentTally } from './action.js';

const HOUR = 3_600_000;
function reportOf(change: Partial<ReportInput> = {}) {
  const schedule = { type: 'schedule', effectiveAt: NOW + HOUR, expiresAt: NOW + 2 * HOUR } as const;
  const action = settled(
    given(approved(), schedule, actorOf('isp-a')).action,
    factsOf(),
    NOW + 3 * HOUR,
  ).action;
  const counts = { connections: 30, senders: 10, knownGood: 0 };
  const member = (memberId: string, skewMs: number | null) => ({
    ...{ memberId, skewMs, removalSkewMs: null, rehearsal: counts, actual: counts },
    state: skewMs === null ? ('silent' as const) : ('removed' as const),
  });
  return afterActionReport({
    action: {
      ...action,
      ...{
        id: 'a-1',
        title: '<script>alert(1)</script>',
        reason: '一斉送信 & more',
        category: 'spam-source',
      },
    },
    end: { state: 'expired', reason: '' },
    tally: currentTally(action, new Map()),
    volume: { before: 4_711, during: 42 },
    elsewhere: { before: 9, during: 120 },
    participants: [member('isp-a', 4), member('isp-b', -20), member('isp-c', 11), member('isp-d', null)],
    ...change,
  });
}

describe('an after-action report', () => {
  it('says what it achieved, whether it moved, who acted and how exactly', () => {
    expect(reportOf()).toMatchObject({
      volume: { before: 1_000, during: 10 },
      elsewhere: { before: 1, during: 100 },
      hasMoved: true,
      participation: { members: 4, applied: 3, vetoed: 0, notActed: 1 },
      skewMs: { median: 4, most: 20 },
      actual: [
        { measure: 'connections', from: 30, members: 4 },
        { measure: 'senders', from: 10, members: 4 },
        { measure: 'knownGood', from: 0, members: 4 },
      ],
    });
    expect(reportOf({ elsewhere: { before: 50, during: 60 } }).hasMoved).toBe(false);
  });

  it.each(['en', 'ja'] as const)(
    'is one page in %s that carries no script and blurs few members',
    (language) => {
      const html = reportHtml(reportOf(), { language, zone: 'Asia/Tokyo', k: 5 });
      expect(html).toContain(`<html lang="${language}">`);
      expect(html).not.toContain('<script');
      expect(html).not.toMatch(/src=|href=/);
      expect(html).toContain(language === 'ja' ? '5未満' : 'fewer than 5');
      expect(html).toContain('一斉送信 &#38; more');
      expect(html).not.toContain('undefined');
    },
  );
});
