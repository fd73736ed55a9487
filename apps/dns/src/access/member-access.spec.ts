import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemberAccess } from './member-access.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz234567';
const digest = createHash('sha256').update(KEY).digest('base64url');
const MINUTE = 60_000;
/** When the counts of the n-th minute can be taken. */
const over = (n: number) => n * MINUTE + 1_000;

describe('access by key', () => {
  it('knows a key of any case, and nobody before the list came', () => {
    const access = new MemberAccess(undefined);
    expect(access.admit(KEY, 0)).toBe('unknown');
    access.use({ version: '1', members: [{ member: 'isp-a', digest }] });
    expect(access.admit(KEY.toUpperCase(), 0)).toBe('allowed');
    expect(access.admit(KEY.replace('a', 'b'), 0)).toBe('unknown');
  });

  it('forgets a key that is on the list no more', () => {
    const access = new MemberAccess(undefined);
    access.use({ version: '1', members: [{ member: 'isp-a', digest }] });
    access.admit(KEY, 0);
    access.use({ version: '2', members: [] });
    expect(access.admit(KEY, 0)).toBe('unknown');
  });

  it('counts by the minute and stops at the quota until the next one', () => {
    const access = new MemberAccess(2);
    access.use({ version: '1', members: [{ member: 'isp-a', digest }] });
    const verdicts = [0, 1, 2, 59_999, MINUTE].map((nowMs) => access.admit(KEY, nowMs));
    expect(verdicts).toEqual(['allowed', 'allowed', 'over-quota', 'over-quota', 'allowed']);
    expect(access.takeCounts(over(1))).toEqual([{ member: 'isp-a', minute: 0, answered: 2, refused: 2 }]);
    const later = access.takeCounts(over(2));
    expect(later).toEqual([{ member: 'isp-a', minute: 1, answered: 1, refused: 0 }]);
    access.putBack(later);
    expect(access.takeCounts(over(2))).toEqual(later);
    expect(access.takeCounts(over(9))).toEqual([]);
  });
});
