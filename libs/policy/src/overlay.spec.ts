import { parseIp } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { actionText } from './action-text.js';
import { decideLocally } from './decide.js';
import { Overlay, OverlayInvalid, decideJointly } from './overlay.js';
import { parsePolicy } from './policy-file.js';

const T0 = Date.parse('2026-11-20T01:00:00Z');
const entry = (change: object = {}) => ({
  ...{ id: 'a-1', kind: 'joint-listing', subjects: ['203.0.113.0/24', '2001:db8::/48'] },
  ...{ category: 'spam-source', messagesPerHour: null, from: T0, until: T0 + 1_000, ...change },
});
const overlayOf = (...actions: object[]) => Overlay.parse(JSON.stringify({ version: 1, actions }));
const client = (address: string) => ({ address: parseIp(address), name: undefined });
const policy = parsePolicy('version: 1\nrules: []');

describe('an action in force', () => {
  it('hits its addresses from T0 to its end, and nobody else', () => {
    const overlay = overlayOf(entry());
    const at = (address: string, now: number) => decideJointly(policy, overlay, client(address), now)?.action;
    expect(at('203.0.113.9', T0 - 1)).toBeUndefined();
    expect(at('203.0.113.9', T0)).toBe('defer');
    expect(at('2001:db8::9', T0)).toBe('defer');
    expect(at('203.0.113.9', T0 + 1_000)).toBeUndefined();
    expect(at('203.0.114.9', T0)).toBeUndefined();
  });

  it('does what the member chose, and shapes by the rate that was agreed', () => {
    const own = parsePolicy('version: 1\njoint-listing: reject\nrules: []');
    const listing = decideJointly(own, overlayOf(entry()), client('203.0.113.9'), T0);
    if (!listing) throw new Error('hit');
    expect(
      actionText({
        ...{ decision: listing, admission: undefined, policy: own, protocolState: 'RCPT', id: 'ab' },
        ...{ address: '203.0.113.9', publicUrl: 'https://hub.example', isTagged: false },
      }),
    ).toMatch(/^REJECT 5\.7\.1 Refused, by joint action a-1 of mail operators; id ab/);
    const throttle = overlayOf(entry({ kind: 'joint-throttle', messagesPerHour: 20 }));
    expect(decideJointly(policy, throttle, client('203.0.113.9'), T0)).toMatchObject({
      ...{ action: 'shaped', rate: { messages: 20, perSeconds: 3_600 } },
    });
  });

  it('stands below the lists of the member itself', () => {
    const own = parsePolicy('version: 1\nallow: [203.0.113.9]\nrules: []');
    expect(decideLocally(own, client('203.0.113.9'))).toMatchObject({ because: 'allow-list' });
  });

  it.each([
    '',
    '{}',
    '{"version":2,"actions":[]}',
    JSON.stringify({ version: 1, actions: [entry({ subjects: ['x y'] })] }),
  ])('is not read from %s', (text) => {
    expect(() => Overlay.parse(text)).toThrow(OverlayInvalid);
  });
});
