import { describe, expect, it } from 'vitest';
import { clientOf, policyOf } from './policy.fixture.js';
import type { Rate } from './policy.js';
import { sendingNetwork, Shaper, type MailEvent } from './shaper.js';

const NETWORK = '203.0.113.0/24';
const rateOf = (given: Partial<Rate>): Rate => ({
  ...{ connections: undefined, messages: undefined, recipients: undefined, perSeconds: 100 },
  ...given,
});
const message = (key: string, recipients = 1): MailEvent => ({
  ...{ connection: undefined, client: '203.0.113.9' },
  message: key,
  recipients,
});

describe('Shaper', () => {
  it('counts a message once, however many recipients it has', () => {
    const shaper = new Shaper(1);
    const rate = rateOf({ messages: 1 });
    expect(shaper.admit(NETWORK, rate, message('a'), 0).kind).toBe('admitted');
    expect(shaper.admit(NETWORK, rate, message('a'), 0).kind).toBe('admitted');
    expect(shaper.admit(NETWORK, rate, message('b'), 0)).toEqual({
      kind: 'refused',
      limit: 'messages',
      retryAfterSeconds: 100,
    });
  });

  it('keeps refusing the recipients of a refused message, so that it is not taken by halves', () => {
    const shaper = new Shaper(1);
    const rate = rateOf({ messages: 1 });
    shaper.admit(NETWORK, rate, message('a'), 0);
    shaper.admit(NETWORK, rate, message('b'), 0);
    expect(shaper.admit(NETWORK, rate, message('b'), 100_000).kind).toBe('refused');
    expect(shaper.admit(NETWORK, rate, message('b again'), 100_000).kind).toBe('admitted');
  });

  it('fills evenly over the period, up to the limit, and refusals take nothing', () => {
    const shaper = new Shaper(1);
    const rate = rateOf({ messages: 2 });
    const isAdmitted = (key: string, seconds: number) =>
      shaper.admit(NETWORK, rate, message(key), seconds * 1000).kind === 'admitted';
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => isAdmitted(key, 0))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(isAdmitted('f', 49)).toBe(false);
    expect(isAdmitted('g', 50)).toBe(true);
    expect(['h', 'i', 'j'].map((key) => isAdmitted(key, 10_000))).toEqual([true, true, false]);
  });

  it('counts recipients, and goes on with the message when they are too many', () => {
    const shaper = new Shaper(1);
    const rate = rateOf({ recipients: 2 });
    const of = (seconds: number) => shaper.admit(NETWORK, rate, message('a'), seconds * 1000).kind;
    expect([of(0), of(0), of(0)]).toEqual(['admitted', 'admitted', 'refused']);
    expect(of(50)).toBe('admitted');
  });

  it('lets a message of more recipients than the limit through when nothing else was sent', () => {
    const shaper = new Shaper(1);
    const rate = rateOf({ recipients: 2 });
    expect(shaper.admit(NETWORK, rate, message('a', 50), 0).kind).toBe('admitted');
    expect(shaper.admit(NETWORK, rate, message('b', 1), 1_000).kind).toBe('refused');
  });

  it('counts a connection once', () => {
    const shaper = new Shaper(1);
    const rate = rateOf({ connections: 1 });
    const connection = (key: string, client = '203.0.113.9') =>
      shaper.admit(NETWORK, rate, { connection: key, client, message: undefined, recipients: 0 }, 0).kind;
    expect([connection('1'), connection('1'), connection('2')]).toEqual(['admitted', 'admitted', 'refused']);
    expect(connection('1', '203.0.113.10')).toBe('refused');
  });

  it('keeps networks and rates apart, and fills nothing when the clock is set back', () => {
    const shaper = new Shaper(1);
    const rate = rateOf({ messages: 1 });
    expect(shaper.admit(NETWORK, rate, message('a'), 50_000).kind).toBe('admitted');
    expect(shaper.admit('198.51.100.0/24', rate, message('b'), 50_000).kind).toBe('admitted');
    expect(shaper.admit(NETWORK, rateOf({ messages: 2 }), message('c'), 50_000).kind).toBe('admitted');
    expect(shaper.admit(NETWORK, rate, message('d'), 0).kind).toBe('refused');
  });

  it('forgets the network that was quiet longest when it is full', () => {
    const shaper = new Shaper(1, 2);
    const rate = rateOf({ messages: 1 });
    for (const network of ['1', '2', '3']) shaper.admit(network, rate, message(network), 0);
    expect(shaper.admit('3', rate, message('x'), 0).kind).toBe('refused');
    expect(shaper.admit('1', rate, message('y'), 0).kind).toBe('admitted');
  });
});

it('counts senders by the network of the policy', () => {
  const policy = policyOf('shape-by: { ipv4: 20, ipv6: 48 }', 'rules: []');
  expect(sendingNetwork(clientOf('203.0.113.9').address, policy)).toBe('203.0.112.0/20');
  expect(sendingNetwork(clientOf('2001:db8:1:2::9').address, policy)).toBe('2001:db8:1::/48');
});

it('takes as many bits of an address for its network as the policy says', () => {
  const { address } = clientOf('203.255.255.255');
  const of = (ipv4: number) =>
    sendingNetwork(address, { ...policyOf('rules: []'), shapeBy: { ipv4, ipv6: 64 } });
  expect([0, 1, 8, 20, 25, 31, 32].map(of)).toEqual([
    ...['0.0.0.0/0', '128.0.0.0/1', '203.0.0.0/8', '203.255.240.0/20'],
    ...['203.255.255.128/25', '203.255.255.254/31', '203.255.255.255/32'],
  ]);
});
