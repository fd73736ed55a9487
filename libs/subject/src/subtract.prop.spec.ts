import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { networkContains, parseIp, parseNetwork } from './ip.js';
import { subtractNetworks } from './subtract.js';

const HOSTS = 32;
const IPS = Array.from({ length: HOSTS }, (_, host) => parseIp(`198.51.100.${host}`));

const network = fc
  .tuple(fc.integer({ min: 0, max: HOSTS - 1 }), fc.integer({ min: 27, max: 32 }))
  .map(([host, length]) => {
    const masked = host & (0xff << (32 - length)) & 0xff;
    return parseNetwork(`198.51.100.${masked}/${length}`);
  });

test.prop([network, fc.array(network, { maxLength: 6 })])(
  'what is left holds exactly the addresses of the network that are in no exception',
  (range, exceptions) => {
    const left = subtractNetworks(range, exceptions);
    for (const ip of IPS) {
      const isLeft = networkContains(range, ip) && !exceptions.some((one) => networkContains(one, ip));
      expect(left.filter((one) => networkContains(one, ip))).toHaveLength(isLeft ? 1 : 0);
    }
    for (const { text } of left) expect(parseNetwork(text).text).toBe(text);
  },
);

test('an address of an IPv6 network is left out by one network a bit', () => {
  const left = subtractNetworks(parseNetwork('2001:db8::/32'), [parseNetwork('2001:db8::25/128')]);
  expect(left).toHaveLength(96);
  expect(left[0]?.text).toBe('2001:db8::/123');
});
