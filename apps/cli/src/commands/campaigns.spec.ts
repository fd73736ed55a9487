import type { Campaign } from '@sekisho/client';
import { describe, expect, it } from 'vitest';
import { testContext } from '../test-context.fixture.js';
import { formatCampaign, formatCampaigns } from './campaigns.js';

const name = (subject: string, passPercent: number | null = null) => ({
  ...{ subject, memberCount: 3, copiesAtLeast: 1_000, passPercent },
});
const campaign: Campaign = {
  ...{ id: '7', memberCount: 3, copiesAtLeast: 10_000, isConfirmed: true },
  ...{ firstSeen: '2026-11-20T01:10:00.000Z', lastSeen: '2026-11-20T02:10:00.000Z' },
  outbreakAt: '2026-11-20T01:20:00.000Z',
  ...{ fromDomains: [name('victim.example', 0)], linkedHosts: [name('shop.example')], networks: [] },
  spread: [
    { at: '2026-11-20T01:10:00.000Z', memberCount: 'fewer than 3', copiesAtLeast: null },
    { at: '2026-11-20T01:20:00.000Z', memberCount: 3, copiesAtLeast: 1_000 },
  ],
};

describe('campaigns as a table', () => {
  it('say their state and whom they forge, one line each', () => {
    const lines = formatCampaigns(
      [campaign, { ...campaign, isConfirmed: false, outbreakAt: null }],
      testContext().context,
    );
    expect(lines.split('\n')).toHaveLength(4);
    expect(lines).toMatch(/^ *7 +3 +10,000\+ .* confirmed, outbreak +victim\.example$/m);
    expect(lines).toMatch(/ suspected +victim\.example$/m);
  });

  it('say so when there are none', () => {
    expect(formatCampaigns([], testContext().context)).toBe('no campaigns\n');
  });
});

describe('one campaign', () => {
  it('shows what members named, with the share that was authentic, and its curve', () => {
    const text = formatCampaign(campaign, testContext().context);
    expect(text).toMatch(/^from +victim\.example +3 +1,000\+ +0 %$/m);
    expect(text).toMatch(/^link +shop\.example +3 +1,000\+ +-$/m);
    expect(text).toMatch(/fewer than 3 +- /m);
  });
});
