import { describe, expect, it } from 'vitest';
import { requireOwnKeys } from './own-keys.js';
import type { ProvedDecision } from './prove-decisions.js';

const change = (index: number, change: string, ...kids: string[]): ProvedDecision => ({
  index,
  said: {
    ...{ about: 'isp-a', at: '2026-11-29T10:00:00Z', change },
    keys: kids.map((kid) => ({ use: 'sig', kid })),
  },
});

describe('the keys that the log registers for a member', () => {
  it('are its own, also after a rotation and while it is suspended', () => {
    requireOwnKeys([], 'k1');
    requireOwnKeys([change(3, 'enrolled', 'k1'), change(9, 'suspended')], 'k1');
    requireOwnKeys([change(3, 'enrolled', 'k1'), change(9, 'rotated', 'k2')], 'k2');
  });

  it('that are somebody else’s are told by entry', () => {
    expect(() => {
      requireOwnKeys([change(3, 'enrolled', 'k1'), change(9, 'enrolled', 'stranger')], 'k1');
    }).toThrow(/^entry 9 of the log registers the signing key stranger/);
  });
});
