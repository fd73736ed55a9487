// RFC 5782 sections 2, 3 and 5, judged by dig against the running DNS process.
import { readSubject } from '@sekisho/subject';
import { queryName } from '@sekisho/zone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dig, digShort, ensureDig } from '../dig.js';
import { EdgeFixture } from '../edge-fixture.js';
import type { EdgeProcess } from '../edge-process.js';

const HASH = 'c3'.repeat(32);
let fixture: EdgeFixture;
let edge: EdgeProcess;

beforeAll(async () => {
  ensureDig();
  fixture = await EdgeFixture.create();
  fixture.hub.publish('ip', {
    '203.0.113.9': ['127.0.91.3', '127.0.91.4'],
    '198.51.100.0/24': ['127.0.70.2'],
    '2001:db8:1:2:3:4:567:89ab': ['127.0.88.3'],
    '2001:db8:2::/48': ['127.0.66.2'],
    // A hub in error cannot make the address listed that must never be.
    '127.0.0.0/8': ['127.0.99.2'],
  });
  fixture.hub.publish('high.ip', { '203.0.113.9': ['127.0.91.3'] });
  fixture.hub.publish('policy', { '192.0.2.0/24': ['127.0.100.10'] });
  fixture.hub.publish('domain', { 'invalid.edu': ['127.0.80.21'] });
  fixture.hub.publish('hash', { [`address:${HASH}`]: ['127.0.75.30'] });
  fixture.hub.publish('score', { '203.0.113.9': ['127.1.91.80'] });
  edge = await fixture.startLoaded();
});

afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
});

const ask = (name: string, type = 'A') => dig(edge.port, `${name}.z.example`, type);
const short = (name: string, type = 'A') => digShort(edge.port, `${name}.z.example`, type);
const mapped = (nibble: number) => `${nibble}.0.0.0.0.0.f.7.f.f.f.f.${'0.'.repeat(19)}0`;

describe('section 2: addresses', () => {
  it.each([
    ['9.113.0.203.ip', ['127.0.91.3', '127.0.91.4']],
    ['0.100.51.198.ip', ['127.0.70.2']],
    ['255.100.51.198.ip', ['127.0.70.2']],
    ['b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip', ['127.0.88.3']],
    ['1.2.0.192.policy', ['127.0.100.10']],
    ['9.113.0.203.high.ip', ['127.0.91.3']],
    ['9.113.0.203.score', ['127.1.91.80']],
  ])('lists %s as %j', async (name, codes) => {
    expect(await short(name)).toEqual(codes);
  });

  it('answers for every address of a listed IPv6 network', async () => {
    for (const address of ['2001:db8:2::1', '2001:db8:2:ffff::']) {
      const name = queryName(readSubject(address), 'ip', 'z.example');
      expect(await digShort(edge.port, name)).toEqual(['127.0.66.2']);
    }
  });

  it('has no record at all for what is not listed', async () => {
    for (const type of ['A', 'TXT', 'ANY']) {
      expect(await ask('10.113.0.203.ip', type)).toMatchObject({ status: 'NXDOMAIN', answer: [] });
    }
  });

  it('gives the reason as TXT', async () => {
    expect(await short('9.113.0.203.ip', 'TXT')).toEqual([
      '"zombie, malware-sender, score 91: https://hub.example/?subject=203.0.113.9"',
    ]);
  });
});

describe('section 3: domains', () => {
  it('lists a domain as it is, and what is below it', async () => {
    expect(await short('invalid.edu.domain')).toEqual(['127.0.80.21']);
    expect(await short('mail.invalid.edu.domain')).toEqual(['127.0.80.21']);
    expect(await ask('other.edu.domain')).toMatchObject({ status: 'NXDOMAIN' });
  });

  it('lists a hash by its base32 label', async () => {
    const name = queryName({ type: 'address', value: HASH }, 'hash', 'z.example');
    expect(await digShort(edge.port, name)).toEqual(['127.0.75.30']);
    expect(await digShort(edge.port, name, 'TXT')).toEqual([
      `"dropbox-address, score 75: https://hub.example/?subject=address:${HASH}"`,
    ]);
  });
});

describe('section 5: test entries', () => {
  it.each(['ip', 'high.ip', 'policy', 'score'])(
    '%s lists 127.0.0.2 and not 127.0.0.1, as IPv4 and as IPv6',
    async (zone) => {
      for (const name of ['2.0.0.127', mapped(2)]) {
        expect(await short(`${name}.${zone}`)).toEqual([expect.stringMatching(/^127\.[01]\.100\./)]);
        expect((await short(`${name}.${zone}`, 'TXT')).join()).toContain('score 100');
      }
      for (const name of ['1.0.0.127', mapped(1)]) {
        expect(await ask(`${name}.${zone}`)).toMatchObject({ status: 'NXDOMAIN', answer: [] });
        expect(await ask(`${name}.${zone}`, 'TXT')).toMatchObject({ status: 'NXDOMAIN', answer: [] });
      }
    },
  );

  it.each(['domain', 'hash'])('%s lists TEST and not INVALID', async (zone) => {
    expect(await short(`TEST.${zone}`)).toHaveLength(1);
    expect(await ask(`INVALID.${zone}`)).toMatchObject({ status: 'NXDOMAIN', answer: [] });
  });

  it('has a test address for each category of ip', async () => {
    for (const category of [2, 3, 4, 5, 6, 7, 10]) {
      expect(await short(`${category}.0.0.127.ip`)).toEqual([`127.0.100.${category}`]);
    }
  });
});
