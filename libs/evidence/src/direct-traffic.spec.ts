import { parseNetwork } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { DirectTraffic, type DirectTrafficRules } from './direct-traffic.js';

const RULES: DirectTrafficRules = {
  ranges: [parseNetwork('203.0.113.0/24'), parseNetwork('2001:db8::/32')],
  exceptions: [parseNetwork('203.0.113.25/32')],
  leastConnections: 4,
  leastDestinations: 3,
};

/** As many connections as destinations, a second apart. */
function seen(traffic: DirectTraffic, source: string, ...destinations: (string | undefined)[]): void {
  for (const [i, destination] of destinations.entries())
    traffic.add({ source, destination, at: 1_700_000_000_000 + i * 1_000 });
}

describe('DirectTraffic', () => {
  it('reports an address of the ranges that calls many mail servers, in both families', () => {
    const traffic = new DirectTraffic(RULES);
    seen(traffic, '203.0.113.9', 'a', 'b', 'c', 'a');
    seen(traffic, '2001:db8::9', 'a', 'b', 'c', 'd');
    expect(traffic.drain()).toEqual({
      reports: ['203.0.113.9', '2001:db8::9'].map((value) => ({
        subject: { type: 'ip', value },
        ...{ category: 'zombie', evidence: 'port25', count: 4 },
        ...{ firstSeen: '2023-11-14T22:13:20.000Z', lastSeen: '2023-11-14T22:13:23.000Z' },
      })),
      skipped: [],
    });
    expect(traffic.isEmpty).toBe(true);
  });

  it('leaves alone who calls seldom, or only a few servers', () => {
    const traffic = new DirectTraffic(RULES);
    seen(traffic, '203.0.113.1', 'a', 'b', 'c');
    seen(traffic, '203.0.113.2', 'a', 'b', 'a', 'b', 'a', 'b');
    const { reports, skipped } = traffic.drain();
    expect(reports).toEqual([]);
    expect(skipped).toEqual(Array.from({ length: 9 }, () => ({ reason: 'below-threshold' })));
  });

  it("needs no other server when one of the member's own was called", () => {
    const traffic = new DirectTraffic(RULES);
    seen(traffic, '203.0.113.3', undefined, undefined, undefined, undefined);
    expect(traffic.drain().reports).toHaveLength(1);
  });

  it('does not count who is outside of the ranges or excepted', () => {
    const traffic = new DirectTraffic(RULES);
    const at = 0;
    for (const source of ['198.51.100.9', '203.0.113.25', '2001:db9::1'])
      expect(traffic.add({ source, destination: 'a', at })).toEqual({ reason: 'outside-ranges' });
    expect(traffic.add({ source: 'nonsense', destination: 'a', at })).toEqual({ reason: 'line-unrelated' });
  });

  it('is full at its capacity', () => {
    const traffic = new DirectTraffic(RULES, 2);
    seen(traffic, '203.0.113.1', 'a');
    expect(traffic.isFull).toBe(false);
    seen(traffic, '203.0.113.2', 'a');
    expect(traffic.isFull).toBe(true);
  });
});
