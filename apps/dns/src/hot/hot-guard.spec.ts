import { describe, expect, it } from 'vitest';
import { MemberAccess } from '../access/member-access.js';
import { clientAccess } from '../answer/client-access.js';
import { createRates, RATE } from '../access/rate-table.js';
import { CUT, HotGuard, hotRules, SEND } from './hot-guard.js';
import { encodeAddress } from './socket-address.js';
import { createHash } from 'node:crypto';

const RATES = { responses: 10, nxdomains: 0, nodata: 3, errors: 50, windowSeconds: 15, slip: 2 };
const KEY = 'abcdefghijklmnopqrstuvwxyz234567';
const digest = createHash('sha256').update(KEY).digest('base64url');
const label = (text: string) => Uint8Array.of(text.length, ...Buffer.from(text));

describe('the guard of the hot path', () => {
  it('allows the addresses that the ordinary path allows', () => {
    const networks = ['192.0.2.0/25', '2001:db8::/33', '198.51.100.7/32', '203.0.113.77/28'];
    const guard = new HotGuard(hotRules({ kind: 'networks', networks }, undefined));
    const isAllowed = clientAccess({ kind: 'networks', networks });
    const clients = [
      '192.0.2.1',
      '192.0.2.128',
      '198.51.100.7',
      '198.51.100.8',
      '203.0.113.64',
      '203.0.113.80',
      '2001:db8::1',
      '2001:db8:8000::',
    ];
    for (const client of clients) {
      expect([client, guard.isAllowed(encodeAddress(client, 53), 0)]).toEqual([client, isAllowed(client)]);
    }
    const mapped = new Uint8Array(28);
    mapped.set([10, 0], 0);
    mapped.set([0xff, 0xff, 192, 0, 2, 1], 18);
    expect(guard.isAllowed(mapped, 0)).toBe(true);
    mapped[23] = 200;
    expect(guard.isAllowed(mapped, 0)).toBe(false);
  });

  it('counts equal answers to one network', () => {
    const guard = new HotGuard(hotRules({ kind: 'open' }, createRates(RATES, 7, 0)));
    const [one, other] = [label('one'), label('other')];
    const ask = (client: string, name: Uint8Array) => {
      expect(guard.isAllowed(encodeAddress(client, 1000), 0)).toBe(true);
      return guard.judgeName(RATE.responses, 1, name, 0, name.length);
    };
    guard.begin(5_000);
    const verdicts = Array.from({ length: 14 }, (_, i) =>
      ask(`192.0.2.${i}`, i % 2 === 0 ? one : label('ONE')),
    );
    expect(verdicts.slice(0, 10)).toEqual(Array(10).fill(SEND));
    expect(verdicts.slice(10)).toEqual([2, CUT, 2, CUT]);
    expect([ask('192.0.3.1', one), ask('192.0.2.1', other), ask('2001:db8::1', one)]).toEqual([
      SEND,
      SEND,
      SEND,
    ]);
    expect(Array.from({ length: 20 }, () => guard.judgeZone(RATE.nxdomains, 0))).not.toContain(CUT);
    guard.begin(6_000);
    expect(ask('192.0.2.1', one)).toBe(SEND);
  });

  it('knows a key once the ordinary path has found it good, until the list changes', () => {
    const access = new MemberAccess(3);
    const guard = new HotGuard(hotRules({ kind: 'key' }, undefined));
    access.tallies.watch((shared) => {
      guard.use(shared);
    });
    access.use({ version: '1', members: [{ member: 'isp-a', digest }] });
    expect(guard.memberOf(label(KEY), 0)).toBe(-1);
    access.admit(KEY, 0);
    expect(guard.memberOf(label(KEY.toUpperCase()), 0)).toBe(0);
    expect(guard.memberOf(label(KEY.replace('a', 'b')), 0)).toBe(-1);
    expect(guard.memberOf(label(KEY.slice(1)), 0)).toBe(-1);
    // A thread that has not heard of the new table finds nothing in the old one.
    access.tallies.watch(() => undefined);
    access.use({ version: '2', members: [] });
    expect(guard.memberOf(label(KEY), 0)).toBe(-1);
  });

  it('counts with the ordinary path, up to the quota of the minute', () => {
    const access = new MemberAccess(3);
    const guard = new HotGuard(hotRules({ kind: 'key' }, undefined));
    access.use({ version: '1', members: [{ member: 'isp-a', digest }] });
    expect(access.admit(KEY, 0)).toBe('allowed');
    guard.use(access.tallies.shared);
    guard.begin(59_000);
    const slot = guard.memberOf(label(KEY), 0);
    expect([guard.count(slot), guard.count(slot), guard.count(slot)]).toEqual([true, true, false]);
    expect(access.admit(KEY, 59_500)).toBe('over-quota');
    guard.begin(60_000);
    expect(guard.count(slot)).toBe(true);
    expect(access.takeCounts(61_000)).toEqual([{ member: 'isp-a', minute: 0, answered: 3, refused: 1 }]);
    expect(access.takeCounts(121_000)).toEqual([{ member: 'isp-a', minute: 1, answered: 1, refused: 0 }]);
  });

  it('keeps members apart when there are more than there was room for', () => {
    const access = new MemberAccess(undefined);
    const keys = Array.from({ length: 3000 }, (_, i) =>
      `${'abcdefghij'[i % 10] ?? ''}${i
        .toString(7)
        .padStart(6, '0')
        .replace(/./g, (d) => 'abcdefg'[Number(d)] ?? '')}`.padEnd(32, 'z'),
    );
    access.use({
      version: '1',
      members: keys.map((key, i) => ({
        member: `m${i}`,
        digest: createHash('sha256').update(key).digest('base64url'),
      })),
    });
    for (const key of keys) expect(access.admit(key, 0)).toBe('allowed');
    expect(access.takeCounts(61_000)).toHaveLength(3000);
  });
});
