import { describe, expect, it } from 'vitest';
import { callableAddresses, EndpointRefused, isPublicAddress, readEndpoint } from './public-address.js';

const STRICT = { isLoopbackAllowed: false };
const DEMO = { isLoopbackAllowed: true };

describe('an address', () => {
  it.each([
    ...['127.0.0.1', '127.9.9.9', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
    ...['0.0.0.0', '255.255.255.255', '224.0.0.1', '240.0.0.1', '168.63.129.16', '192.0.0.192'],
    ...['::1', '::', 'fe80::1', 'fd00:ec2::254', 'fc00::1', 'ff02::1'],
    // Other spellings of an inner address: mapped, translated (RFC 6052), 6to4.
    ...['::ffff:127.0.0.1', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:7f00:1::', '::127.0.0.1'],
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '193.0.6.139', '2001:4860:4860::8888'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('an endpoint', () => {
  it.each([
    'http://isp-a.com/events',
    'ftp://isp-a.com/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://user:secret@isp-a.com/',
    'events',
  ])('%s is refused', (text) => {
    expect(() => readEndpoint(text, STRICT)).toThrow(EndpointRefused);
  });

  it('by https at a public name or address is taken', () => {
    expect(readEndpoint('https://isp-a.com:8443/events?x=1', STRICT).port).toBe('8443');
    expect(readEndpoint('https://[2001:4860:4860::8888]/', STRICT).hostname).toBe('[2001:4860:4860::8888]');
  });

  it('on loopback is for the demo alone, and private addresses are not even for it', () => {
    expect(readEndpoint('http://127.0.0.1:9/events', DEMO).port).toBe('9');
    expect(() => readEndpoint('http://10.0.0.1/', DEMO)).toThrow(EndpointRefused);
    expect(() => readEndpoint('https://169.254.169.254/', DEMO)).toThrow(EndpointRefused);
  });

  it('whose name leads to this machine is not called', async () => {
    await expect(callableAddresses('localhost', STRICT)).rejects.toThrow(EndpointRefused);
    expect(await callableAddresses('localhost', DEMO)).not.toHaveLength(0);
  });
});
