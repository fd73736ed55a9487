import { describe, expect, it } from 'vitest';
import { networksAround } from './surroundings.ts';

describe('the networks around a subject', () => {
  it.each([
    ['203.0.113.9', ['203.0.113.0/24']],
    ['203.0.113.0/24', []],
    ['203.0.113.128/25', ['203.0.113.0/24']],
    ['2001:db8:0:7::1', ['2001:db8:0:7::/64', '2001:db8::/48']],
    ['2001:db8:0:7::/64', ['2001:db8::/48']],
    ['shop.example.com', []],
    ['fingerprint:ab', []],
  ])('of %s', (subject, networks) => {
    expect(networksAround(subject)).toEqual(networks);
  });
});
