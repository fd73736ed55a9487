import {
  maskBytes,
  formatBytes,
  networkContains,
  parseIp,
  parseNetwork,
  parseSubject,
} from '@sekisho/subject';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWarningLists, protectionOf, WarningListInvalid, type WarningList } from './index.js';

const list = (name: string, type: WarningList['type'], entries: string[]): WarningList => ({
  name,
  description: '',
  origin: '',
  licence: 'CC0-1.0',
  type,
  entries,
});

const LISTS = compileWarningLists([
  list('senders', 'cidr', ['192.0.2.0/25', '198.51.100.7', '2001:db8:4864::/56']),
  list('wide', 'cidr', ['192.0.2.64/26', '203.0.113.0/24', '2001:db8:1::1']),
  list('mail', 'domain', ['example.com', 'mail.example.net']),
]);
const protection = (type: Parameters<typeof parseSubject>[0], value: string) =>
  protectionOf(parseSubject(type, value), LISTS)?.list;

describe('protectionOf', () => {
  it('finds the list of an address in both families, up to the edges of each range', () => {
    expect(protection('ip', '192.0.2.0')).toBe('senders');
    expect(protection('ip', '192.0.2.127')).toBe('senders');
    expect(protection('ip', '192.0.2.128')).toBeUndefined();
    expect(protection('ip', '198.51.100.7')).toBe('senders');
    expect(protection('ip', '198.51.100.8')).toBeUndefined();
    expect(protection('ip', '203.0.113.255')).toBe('wide');
    expect(protection('ip', '2001:db8:4864:0:ff::1')).toBe('senders');
    expect(protection('ip', '2001:db8:4864:100::1')).toBeUndefined();
    expect(protection('ip', '2001:db8:1::1')).toBe('wide');
  });

  it('protects a network that overlaps a range, from within or around', () => {
    expect(protection('network', '192.0.2.32/28')).toBe('senders');
    expect(protection('network', '198.51.100.0/24')).toBe('senders');
    expect(protection('network', '2001:db8:4864::/48')).toBe('senders');
    expect(protection('network', '192.0.2.128/25')).toBeUndefined();
  });

  it('protects a domain at and below an entry, not beside or above', () => {
    expect(protection('domain', 'example.com')).toBe('mail');
    expect(protection('domain', 'a.b.example.com')).toBe('mail');
    expect(protection('domain', 'notexample.com')).toBeUndefined();
    expect(protection('domain', 'example.net')).toBeUndefined();
    expect(protection('domain', 'smtp.mail.example.net')).toBe('mail');
  });

  it('protects no hashed subject', () => {
    expect(protection('fingerprint', 'a'.repeat(64))).toBeUndefined();
  });

  it('agrees with looking at every range in turn', () => {
    const network = fc
      .tuple(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.integer({ min: 4, max: 32 }))
      .map(([bytes, length]) => {
        const near = Uint8Array.from([10, 0, (bytes[2] ?? 0) & 3, bytes[3] ?? 0]);
        return `${formatBytes(maskBytes(near, length))}/${String(length)}`;
      });
    const address = fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.nat(255))
      .map(([c, d]) => `10.0.${String(c)}.${String(d)}`);
    fc.assert(
      fc.property(fc.array(network, { maxLength: 12 }), address, network, (entries, ip, wide) => {
        const lists = compileWarningLists([list('any', 'cidr', entries)]);
        const ranges = entries.map(parseNetwork);
        const holds = ranges.some((range) => networkContains(range, parseIp(ip)));
        const subject = parseNetwork(wide);
        const overlaps = ranges.some((r) => networkContains(r, subject) || networkContains(subject, r));
        return (
          (protectionOf({ type: 'ip', value: ip }, lists) !== undefined) === holds &&
          (protectionOf({ type: 'network', value: wide }, lists) !== undefined) === overlaps
        );
      }),
    );
  });
});

describe('compileWarningLists', () => {
  it('names the list and the entry that it cannot read', () => {
    expect(() => compileWarningLists([list('bad', 'cidr', ['192.0.2.0/99'])])).toThrow(WarningListInvalid);
    expect(() => compileWarningLists([list('bad', 'cidr', ['192.0.2.0/99'])])).toThrow(
      /bad: .*192\.0\.2\.0\/99/,
    );
    expect(() => compileWarningLists([list('bad', 'domain', ['co.jp'])])).toThrow(/bad: .*co\.jp/);
  });
});
