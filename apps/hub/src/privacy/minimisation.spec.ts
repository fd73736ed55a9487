import { describe, expect, it } from 'vitest';
import { blurredBelow, blurredDetail, bucketed, magnitude, minimised } from './minimisation.js';

const at = (text: string) => new Date(`2026-11-20T${text}Z`);

describe('minimisation', () => {
  it('rounds times down to 10 minutes, also before 1970', () => {
    expect(bucketed(at('01:19:59.999'))).toEqual(at('01:10:00'));
    expect(bucketed(at('01:20:00'))).toEqual(at('01:20:00'));
    expect(bucketed(new Date(-1))).toEqual(new Date(-600_000));
  });

  it.each([
    [0, 'fewer than 3'],
    [2, 'fewer than 3'],
    [3, 3],
  ])('a count of %s reads %s', (count, shown) => {
    expect(blurredBelow(count, 3)).toBe(shown);
  });

  it.each([
    [0, 0],
    [1, 1],
    [9, 1],
    [999, 100],
    [1_000, 1_000],
    [104_729, 100_000],
  ])('of %s copies says at least %s', (count, shown) => {
    expect(magnitude(count)).toBe(shown);
  });

  it('blurs the members in an explanation and leaves the rest', () => {
    const detail = '4 members, fewer than 10 messages, last seen 5 h ago, half-life 24 h';
    expect(blurredDetail(detail, 3)).toBe(detail);
    expect(blurredDetail(detail, 5)).toBe(detail.replace('4 members', 'fewer than 5 members'));
    expect(blurredDetail('good mail seen by fewer than 3 members', 5)).toBe(
      'good mail seen by fewer than 5 members',
    );
  });

  it('gives exact times to the owner alone, and exact counts to nobody', () => {
    const exact = {
      ...{ firstSeen: at('01:17:42.123'), lastSeen: at('01:27:42.123'), expiresAt: at('05:27:42.123') },
      listedUntil: at('04:27:42.123'),
      explanation: [{ detail: '2 members' }],
    };
    expect(minimised(exact, { k: 3, isOwner: true })).toEqual({
      ...exact,
      explanation: [{ detail: 'fewer than 3 members' }],
    });
    expect(minimised(exact, { k: 3, isOwner: false })).toMatchObject({
      ...{ firstSeen: at('01:10:00'), lastSeen: at('01:20:00'), expiresAt: at('05:20:00') },
      listedUntil: at('04:20:00'),
    });
  });
});
