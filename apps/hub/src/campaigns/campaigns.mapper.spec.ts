import type { StoredCampaign } from '@sekisho/persistence';
import { describe, expect, it } from 'vitest';
import { toCampaignModel } from './campaigns.mapper.js';

const at = (text: string) => new Date(`2026-11-20T${text}Z`);
const name = (members: number, rest: { pass?: number; fail?: number } = {}) => ({
  ...{ name: `seen-by-${members}.example`, members, copies: 104_729 },
  ...{ pass: rest.pass ?? null, fail: rest.fail ?? null },
});

const campaign = (change: Partial<StoredCampaign> = {}): StoredCampaign => ({
  ...{ id: 7, memberCount: 3, copies: 104_729, isConfirmed: true, outbreakAt: at('01:27:13.5') },
  ...{ firstSeen: at('01:17:42.123'), lastSeen: at('01:27:42.123') },
  picture: {
    domains: [name(3, { pass: 96, fail: 4 }), name(2)],
    ...{ networks: [name(2)], hosts: [name(4)] },
    spread: [
      { at: at('01:10:00').getTime(), members: 2, copies: 7_919 },
      { at: at('01:20:00').getTime(), members: 3, copies: 7_919 },
    ],
  },
  ...change,
});

describe('a campaign as members see it', () => {
  it('names only what k members saw', () => {
    const { fromDomains, networks, linkedHosts } = toCampaignModel(campaign(), 3);
    expect(fromDomains.map(({ subject }) => subject)).toEqual(['seen-by-3.example']);
    expect(networks).toEqual([]);
    expect(linkedHosts.map(({ subject }) => subject)).toEqual(['seen-by-4.example']);
  });

  it('has times to 10 minutes, powers of ten for copies and percents to 10', () => {
    const model = toCampaignModel(campaign(), 3);
    expect(model).toMatchObject({
      ...{ firstSeen: at('01:10:00'), lastSeen: at('01:20:00'), outbreakAt: at('01:20:00') },
      copiesAtLeast: 100_000,
    });
    expect(model.fromDomains[0]).toMatchObject({ copiesAtLeast: 100_000, passPercent: 100 });
    expect(model.spread.map(({ copiesAtLeast }) => copiesAtLeast)).toEqual([null, 1_000]);
  });

  it('below k members has neither copies nor a curve', () => {
    expect(toCampaignModel(campaign({ memberCount: 2 }), 3)).toMatchObject({
      ...{ copiesAtLeast: null, spread: [] },
    });
  });
});
