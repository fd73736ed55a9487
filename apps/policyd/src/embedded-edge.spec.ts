import { defaultPolicy, needsOf, type Needs } from '@sekisho/policy';
import { parseIp } from '@sekisho/subject';
import { ZoneIndex, type ZoneEntry, type ZoneName } from '@sekisho/zone';
import { ServedZones } from '@sekisho/zone-follow';
import { describe, expect, it } from 'vitest';
import { EmbeddedEdge } from './embedded-edge.js';

const NEEDS: Needs = needsOf(defaultPolicy());
/** 127.0.97.3 and 127.0.50.10. */
const ZOMBIE_97 = 0x7f006103;
const DYNAMIC_50 = 0x7f00320a;
const ip = (value: string): ZoneEntry => ({ subject: { type: 'ip', value }, codes: [ZOMBIE_97] });

function edgeOf(content: Partial<Record<ZoneName, readonly ZoneEntry[]>>) {
  const zones = new ServedZones();
  for (const zone of ['ip', 'high.ip', 'policy'] as const) {
    const entries = content[zone];
    if (entries) zones.put(ZoneIndex.from({ zone, serial: 1, entries }));
  }
  return { zones, edge: new EmbeddedEdge(zones, { maxAgeSeconds: 60, startedAtMs: 0 }) };
}

const filled = () =>
  edgeOf({
    ip: [ip('203.0.113.9'), ip('2001:db8::9')],
    'high.ip': [ip('203.0.113.9')],
    policy: [{ subject: { type: 'network', value: '198.51.100.0/24' }, codes: [DYNAMIC_50] }],
  });

describe('EmbeddedEdge', () => {
  it('knows listed IPv4 and IPv6 addresses, and which are in high.ip', () => {
    const { edge } = filled();
    const zombie = [{ category: 'zombie', score: 97 }];
    expect(edge.standing(parseIp('203.0.113.9'), NEEDS)).toMatchObject({ listings: zombie, isHigh: true });
    expect(edge.standing(parseIp('2001:db8::9'), NEEDS)).toMatchObject({ listings: zombie, isHigh: false });
  });

  it('knows a dynamic range by an address in it', () => {
    const { edge } = filled();
    expect(edge.standing(parseIp('198.51.100.77'), NEEDS)).toMatchObject({
      listings: [{ category: 'dynamic-range', score: 50 }],
    });
  });

  it('knows nothing against others, also right after a listed one of the other family', () => {
    const { edge } = filled();
    edge.standing(parseIp('2001:db8::9'), NEEDS);
    for (const address of ['203.0.113.10', '2001:db8::a', '203.0.113.0']) {
      expect(edge.standing(parseIp(address), NEEDS)).toMatchObject({ kind: 'known', listings: [] });
    }
  });

  it('says of the test addresses of RFC 5782 what an edge says', () => {
    const { edge } = filled();
    expect(edge.standing(parseIp('127.0.0.3'), NEEDS)).toMatchObject({
      listings: [{ category: 'zombie', score: 100 }],
      isHigh: true,
    });
    expect(edge.standing(parseIp('127.0.0.1'), NEEDS)).toMatchObject({ listings: [] });
  });

  it('sees a change as soon as it is applied', () => {
    const { zones, edge } = filled();
    const index = zones.indexes.get('ip');
    if (!index) throw new Error('no zone ip');
    const withdraw = [{ type: 'ip' as const, value: '203.0.113.9' }];
    zones.apply(index, { zone: 'ip', from: 1, to: 2, announce: [ip('203.0.113.20')], withdraw });
    expect(edge.standing(parseIp('203.0.113.9'), NEEDS)).toMatchObject({ listings: [] });
    expect(edge.standing(parseIp('203.0.113.20'), NEEDS)).toMatchObject({
      listings: [{ category: 'zombie' }],
    });
  });

  it('knows nothing of anybody while a zone that the policy needs is missing', () => {
    const { edge } = edgeOf({ ip: [ip('203.0.113.9')] });
    expect(edge.standing(parseIp('203.0.113.9'), NEEDS)).toEqual({ kind: 'unknown', reason: 'unreachable' });
    expect(edge.stateAt(NEEDS, 0)).toEqual({ kind: 'bad', reason: 'unreachable' });
  });

  it('is stale when the hub has confirmed a zone longer ago than allowed', () => {
    const { zones, edge } = filled();
    expect(edge.stateAt(NEEDS, 60_000)).toEqual({ kind: 'good' });
    expect(edge.stateAt(NEEDS, 60_001)).toEqual({ kind: 'bad', reason: 'stale' });
    for (const zone of ['ip', 'high.ip', 'policy'] as const) zones.confirm(zone, 30_000);
    expect(edge.stateAt(NEEDS, 60_001)).toEqual({ kind: 'good' });
  });
});
