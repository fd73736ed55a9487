// The vectors of RFC 9018 appendix A.
import { describe, expect, it } from 'vitest';
import { judgeCookie, makeCookie, readCookie } from './cookie.js';
import { isSerialNewer } from './serial.js';
import { sipHash24 } from './siphash.js';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const cookieOf = (option: string) => ({
  client: hex(option.slice(0, 16)),
  server: hex(option.slice(16)),
});
const SECRET = hex('e5e973e5a6b2a43f48e7dc849e37bfcf');
const V4 = Uint8Array.of(198, 51, 100, 100);
const V6 = hex('20010db8022000015 9ded0f4876982b8'.replace(' ', ''));

describe('a server cookie', () => {
  it.each([
    ['2464c4abcf10c957010000005cf79f111f8130c3eee29480', V4, SECRET, 0x5cf79f11],
    ['2464c4abcf10c957010000005cf7a871d4a564a1442aca77', V4, SECRET, 0x5cf7a871],
    [
      '22681ab97d52c298010000005cf7c57926556bd0934c72f8',
      V6,
      hex('dd3bdf9344b678b185a6f5cb60fca715'),
      0x5cf7c579,
    ],
    [
      '22681ab97d52c298010000005cf7c609a6bb79d16625507a',
      V6,
      hex('445536bcd2513298075a5d379663c962'),
      0x5cf7c609,
    ],
  ])('%s is made and found good', (option, address, secret, nowSeconds) => {
    const { client } = cookieOf(option);
    expect(text(makeCookie(client, { secret, address, nowSeconds }))).toBe(option);
    expect(judgeCookie(cookieOf(option), { secret, address, nowSeconds })).toBe('good');
  });

  it('is checked with its reserved octets as they came', () => {
    const cookie = cookieOf('fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5');
    const address = Uint8Array.of(203, 0, 113, 203);
    expect(judgeCookie(cookie, { secret: SECRET, address, nowSeconds: 0x5cf78f71 })).toBe('good');
  });

  const made = 0x5cf79f11;
  it.each([
    [1_800, 'good'],
    [1_801, 'old'],
    [3_600, 'old'],
    [3_601, 'bad'],
    [-300, 'good'],
    [-301, 'bad'],
  ])('%i seconds old is %s', (age, verdict) => {
    const cookie = cookieOf('2464c4abcf10c957010000005cf79f111f8130c3eee29480');
    expect(judgeCookie(cookie, { secret: SECRET, address: V4, nowSeconds: made + age })).toBe(verdict);
  });

  it('of another address, version, length or content is bad', () => {
    const good = '2464c4abcf10c957010000005cf79f111f8130c3eee29480';
    const context = { secret: SECRET, address: V4, nowSeconds: made };
    const judged = (option: string, address = V4) => judgeCookie(cookieOf(option), { ...context, address });
    expect(judged(good, Uint8Array.of(198, 51, 100, 101))).toBe('bad');
    expect(judged(good.replace('5701', '5702'))).toBe('bad');
    expect(judged(`${good}00`)).toBe('bad');
    expect(judged(good.replace(/80$/, '81'))).toBe('bad');
    expect(judged(good.slice(0, 16))).toBe('bad');
  });

  it.each([
    [8, true],
    [16, true],
    [40, true],
    [0, false],
    [7, false],
    [9, false],
    [15, false],
    [41, false],
  ])('option of %i octets: readable %s', (length, isReadable) => {
    const options = [{ code: 10, value: new Uint8Array(length) }];
    const cookie = readCookie({ version: 0, udpSize: 512, isDnssecOk: false, options });
    expect(cookie !== 'malformed').toBe(isReadable);
  });
});

describe('SipHash-2-4', () => {
  it('gives the value of its paper', () => {
    const key = Uint8Array.from({ length: 16 }, (_, i) => i);
    const message = Uint8Array.from({ length: 15 }, (_, i) => i);
    expect(text(sipHash24(key, message))).toBe('e545be4961ca29a1');
  });
});

describe('serials', () => {
  it.each([
    [1, 0, true],
    [0, 1, false],
    [5, 5, false],
    [0, 0xffff_ffff, true],
    [0x7fff_ffff, 0, true],
    [0x8000_0000, 0, false],
    [0, 0x8000_0000, false],
  ])('%i after %i: %s', (a, b, isNewer) => {
    expect(isSerialNewer(a, b)).toBe(isNewer);
  });
});
