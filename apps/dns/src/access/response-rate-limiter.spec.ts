import { describe, expect, it } from 'vitest';
import { octetsOfClient } from './client-address.js';
import { nameOfText } from '@sekisho/dns-wire';
import { createRates } from './rate-table.js';
import { ResponseRateLimiter } from './response-rate-limiter.js';

const RATES = { responses: 5, nxdomains: 0, nodata: 0, errors: 5, windowSeconds: 2, slip: 2 };
const create = () => new ResponseRateLimiter(createRates(RATES, 7, 0));
const named = (text: string, type = 1) => ({ name: nameOfText(text) ?? new Uint8Array(1), type });
const at = (limiter: ResponseRateLimiter, nowMs: number, client = '192.0.2.1', what = 'a') =>
  limiter.judge(client, 'responses', named(what), nowMs);

describe('response rate limiting', () => {
  it('lets the rate pass, then cuts every second answer and drops the others', () => {
    const limiter = create();
    const verdicts = Array.from({ length: 9 }, () => at(limiter, 0));
    expect(verdicts).toEqual([...Array<string>(5).fill('send'), 'drop', 'cut', 'drop', 'cut']);
  });

  it('counts a /24 and a /56 as one, and equal answers only', () => {
    const limiter = create();
    for (let i = 0; i < 5; i++) at(limiter, 0, `192.0.2.${i}`);
    expect(at(limiter, 0, '::ffff:192.0.2.99')).toBe('drop');
    expect(at(limiter, 0, '192.0.3.1')).toBe('send');
    expect(at(limiter, 0, '192.0.2.1', 'b')).toBe('send');
    for (let i = 0; i < 5; i++) at(limiter, 0, `2001:db8:0:${i}::1`);
    expect(at(limiter, 0, '2001:db8:0:ff::1')).toBe('drop');
    expect(at(limiter, 0, '2001:db8:0:100::1')).toBe('send');
  });

  it('forgives after a pause, later the longer the flood was, but never longer than the window', () => {
    const limiter = create();
    for (let i = 0; i < 1_000; i++) at(limiter, 0);
    expect(at(limiter, 1_900)).not.toBe('send');
    expect(at(limiter, 4_500)).toBe('send');
  });

  it('leaves misses alone, and lets some errors through whole', () => {
    const limiter = create();
    for (let i = 0; i < 50; i++) expect(limiter.judge('192.0.2.1', 'nxdomains', 0, 0)).toBe('send');
    const errors = Array.from({ length: 9 }, () => limiter.judge('192.0.2.1', 'errors', 7, 0));
    expect(errors.slice(5)).toEqual(['drop', 'send', 'drop', 'send']);
  });

  it('gives each type of a name the whole rate', () => {
    const limiter = create();
    for (const type of [1, 16]) {
      const verdicts = Array.from({ length: 6 }, () =>
        limiter.judge('192.0.2.1', 'responses', named('a', type), 0),
      );
      expect(verdicts).toEqual([...Array<string>(5).fill('send'), 'drop']);
    }
  });

  it('has the same buckets as every other thread that was given them', () => {
    const first = create();
    const threads = [first, new ResponseRateLimiter(first.shared), new ResponseRateLimiter(first.shared)];
    const sent = Array.from({ length: 30 }, (_, i) => threads[i % 3] ?? first).filter(
      (limiter) => at(limiter, 0) === 'send',
    );
    expect(sent).toHaveLength(RATES.responses);
  });
});

describe('the octets of a client', () => {
  it.each([
    ['192.0.2.1', 'c0000201'],
    ['::ffff:192.0.2.1', 'c0000201'],
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['::1', '00000000000000000000000000000001'],
    ['fe80::2%eth0', 'fe800000000000000000000000000002'],
    ['2001:db8:1:2:3:4:5:6', '20010db8000100020003000400050006'],
  ])('%s', (client, octets) => {
    expect(Buffer.from(octetsOfClient(client)).toString('hex')).toBe(octets);
  });
});
