import { describe, expect, it } from 'vitest';
import { octetsOfClient } from './client-address.js';
import { ResponseRateLimiter } from './response-rate-limiter.js';

const RATES = { responses: 5, nxdomains: 0, nodata: 0, errors: 5, windowSeconds: 2, slip: 2 };
const at = (limiter: ResponseRateLimiter, nowMs: number, client = '192.0.2.1', what = 'a') =>
  limiter.judge(client, 'responses', what, nowMs);

describe('response rate limiting', () => {
  it('lets the rate pass, then cuts every second answer and drops the others', () => {
    const limiter = new ResponseRateLimiter(RATES);
    const verdicts = Array.from({ length: 9 }, () => at(limiter, 0));
    expect(verdicts).toEqual([...Array<string>(5).fill('send'), 'drop', 'cut', 'drop', 'cut']);
  });

  it('counts a /24 and a /56 as one, and equal answers only', () => {
    const limiter = new ResponseRateLimiter(RATES);
    for (let i = 0; i < 5; i++) at(limiter, 0, `192.0.2.${i}`);
    expect(at(limiter, 0, '::ffff:192.0.2.99')).toBe('drop');
    expect(at(limiter, 0, '192.0.3.1')).toBe('send');
    expect(at(limiter, 0, '192.0.2.1', 'b')).toBe('send');
    for (let i = 0; i < 5; i++) at(limiter, 0, `2001:db8:0:${i}::1`);
    expect(at(limiter, 0, '2001:db8:0:ff::1')).toBe('drop');
    expect(at(limiter, 0, '2001:db8:0:100::1')).toBe('send');
  });

  it('forgives after a pause, later the longer the flood was, but never longer than the window', () => {
    const limiter = new ResponseRateLimiter(RATES);
    for (let i = 0; i < 1_000; i++) at(limiter, 0);
    expect(at(limiter, 1_900)).not.toBe('send');
    expect(at(limiter, 4_500)).toBe('send');
  });

  it('leaves misses alone, and lets some errors through whole', () => {
    const limiter = new ResponseRateLimiter(RATES);
    for (let i = 0; i < 50; i++) expect(limiter.judge('192.0.2.1', 'nxdomains', 'ip', 0)).toBe('send');
    const errors = Array.from({ length: 9 }, () => limiter.judge('192.0.2.1', 'errors', 'none', 0));
    expect(errors.slice(5)).toEqual(['drop', 'send', 'drop', 'send']);
  });

  it('remembers only so many', () => {
    const limiter = new ResponseRateLimiter(RATES, 10);
    for (let i = 0; i < 100; i++) at(limiter, 0, '192.0.2.1', String(i));
    expect(limiter.size).toBe(10);
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
