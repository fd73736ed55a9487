import { describe, expect, it } from 'vitest';
import { hashAddress, hashLabel, normaliseAddress } from './hash.js';
import { isReserved, networkContains, parseIp, parseNetwork, rollUpNetworks } from './ip.js';
import { SubjectInvalid } from './errors.js';
import { formatSubject, parseSubject, readSubject } from './subject.js';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof SubjectInvalid) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('addresses', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:cb00:7109', '203.0.113.9'],
    ['2001:0DB8:0:0:0:0:0:9', '2001:db8::9'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
  ])('writes %s as %s', (given, canonical) => {
    expect(parseIp(given).text).toBe(canonical);
  });

  it.each([
    '300.1.2.3',
    '1.2.3',
    '01.2.3.4',
    '0x7f.1',
    '2001:db8::9%eth0',
    '[::1]',
    '1.2.3.4:25',
    '',
    ' 1.2.3.4',
  ])('refuses %j', (given) => {
    expect(codeOf(() => parseIp(given))).toBe('subject-malformed');
  });

  it('says what was meant when host bits are set', () => {
    expect(() => parseNetwork('192.0.2.9/24')).toThrow('Did you mean 192.0.2.0/24?');
  });

  it('reads a mapped network as the IPv4 network', () => {
    expect(parseNetwork('::ffff:192.0.2.0/120').text).toBe('192.0.2.0/24');
  });

  it('makes a network of one address that address', () => {
    expect(parseSubject('network', '203.0.113.9/32')).toEqual({ type: 'ip', value: '203.0.113.9' });
    expect(parseSubject('network', '2001:db8::9/128')).toEqual({ type: 'ip', value: '2001:db8::9' });
  });

  it.each([
    '10.1.2.3',
    '127.0.0.1',
    '169.254.1.1',
    '100.64.0.1',
    '192.0.2.1',
    '224.0.0.1',
    '255.255.255.255',
    '0.0.0.0',
  ])('knows %s as reserved', (address) => {
    expect(isReserved(parseIp(address))).toBe(true);
  });

  it.each(['::1', 'fe80::1', 'fc00::1', '2001:db8::1', 'ff02::1', '::', '2002::1', '64:ff9b::1'])(
    'knows %s as reserved',
    (address) => {
      expect(isReserved(parseIp(address))).toBe(true);
    },
  );

  it.each(['8.8.8.8', '203.0.112.255', '100.63.255.255', '2a00:1450::1', '2400:cb00::1'])(
    'knows %s as global unicast',
    (address) => {
      expect(isReserved(parseIp(address))).toBe(false);
    },
  );

  it('knows a network as reserved that only contains a reserved range', () => {
    expect(isReserved(parseNetwork('192.0.0.0/16'))).toBe(true);
    expect(isReserved(parseNetwork('2000::/3'))).toBe(true);
  });

  it('keeps the families apart', () => {
    expect(networkContains(parseNetwork('::/0'), parseIp('1.2.3.4'))).toBe(false);
    expect(networkContains(parseNetwork('0.0.0.0/0'), parseIp('1.2.3.4'))).toBe(true);
  });

  it('rolls up to /24, and to /64 and /48', () => {
    expect(rollUpNetworks('203.0.113.9')).toEqual(['203.0.113.0/24']);
    expect(rollUpNetworks('2001:db8:1:2:3::4')).toEqual(['2001:db8:1:2::/64', '2001:db8:1::/48']);
  });
});

describe('domains', () => {
  it.each([
    ['Shop.Example.COM.', 'shop.example.com'],
    ['例え.jp', 'xn--r8jz45g.jp'],
    ['bücher.example', 'xn--bcher-kva.example'],
  ])('writes %s as %s', (given, canonical) => {
    expect(parseSubject('domain', given).value).toBe(canonical);
  });

  it.each(['co.jp', 'com', 'github.io'])('refuses the public suffix %s', (suffix) => {
    expect(codeOf(() => parseSubject('domain', suffix))).not.toBe('accepted');
  });

  it.each([
    '-a.example',
    'a..example',
    'a b.example',
    'http://a.example',
    '203.0.113.9',
    `${'a'.repeat(64)}.example`,
  ])('refuses %j', (given) => {
    expect(codeOf(() => parseSubject('domain', given))).toBe('subject-malformed');
  });
});

describe('hashed subjects', () => {
  // dnsbl.md: base32(sha256("test@example.com"))
  const label = 's4674rr6zblyl5pzll23uoig53ns3ey4ettjqjfit2tf3osoqe5q';

  it('hashes an address as EBL and HashBL do', () => {
    expect(hashLabel(hashAddress('Test+tag@Example.com'))).toBe(label);
  });

  it('reads the hash back from hex and from base32', () => {
    const hex = hashAddress('test@example.com');
    expect(parseSubject('address', hex.toUpperCase()).value).toBe(hex);
    expect(parseSubject('address', label.toUpperCase()).value).toBe(hex);
  });

  it('drops dots at Gmail only', () => {
    expect(normaliseAddress('J.Doe+x@googlemail.com')).toBe('jdoe@gmail.com');
    expect(normaliseAddress('J.Doe@example.com')).toBe('j.doe@example.com');
  });

  it('never repeats an address that was sent in the clear', () => {
    expect(() => parseSubject('address', 'someone@example.com')).toThrow(/never the address/);
    expect(() => parseSubject('address', 'someone@example.com')).not.toThrow(/someone/);
    expect(() => readSubject('someone@example.com')).not.toThrow(/someone/);
  });
});

describe('the text form', () => {
  it.each([
    '203.0.113.9',
    '2001:db8::/48',
    'shop.example.com',
    `address:${'ab'.repeat(32)}`,
    `fingerprint:${'01'.repeat(32)}`,
  ])('reads what it writes: %s', (text) => {
    expect(formatSubject(readSubject(text))).toBe(text);
  });
});
