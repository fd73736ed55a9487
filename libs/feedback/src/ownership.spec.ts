import { parseNetwork } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { checkOwnership, readRouteObjects, readVrps, RouteFileInvalid } from './ownership.js';

const RPKI_CLIENT = `{"metadata":{"buildmachine":"x"},"roas":[
  {"asn":64500,"prefix":"192.0.2.0/24","maxLength":24,"ta":"ripe","expires":1790000000},
  {"asn":64511,"prefix":"198.51.100.0/24","maxLength":26,"ta":"apnic","expires":1790000000}]}`;
const ROUTINATOR = `{"metadata":{"generated":1},"roas":[
  {"asn":"AS64500","prefix":"2001:db8::/32","maxLength":48,"ta":"ripe"},
  {"asn":"AS64500","prefix":"192.0.2.1/24","maxLength":24,"ta":"odd"}]}`;
const IRR = `% a registry's dump
route:      203.0.113.0/24
descr:      ISP A
origin:     AS64500
source:     EXAMPLE

aut-num:    AS64500

route6:     2001:db8:1::/48
origin:     as64501
`;

const verdictOf = (network: string, asns: number[], origins: ReturnType<typeof readVrps>) =>
  checkOwnership(parseNetwork(network), asns, origins).verdict;

describe('the ownership of a network', () => {
  it('is confirmed by a payload of the member, as far as its maximum length', () => {
    const vrps = readVrps(RPKI_CLIENT);
    expect(verdictOf('192.0.2.0/24', [64500], vrps)).toBe('confirmed');
    expect(verdictOf('192.0.2.0/25', [64500], vrps)).toBe('contradicted');
    expect(verdictOf('198.51.100.64/26', [1, 64511], vrps)).toBe('confirmed');
    expect(verdictOf('192.0.2.0/24', [64511], vrps)).toBe('contradicted');
    expect(verdictOf('192.0.0.0/16', [64500], vrps)).toBe('unknown');
  });

  it('is read in the form of Routinator too, without the records that are no networks', () => {
    const vrps = readVrps(ROUTINATOR);
    expect(vrps).toHaveLength(1);
    expect(verdictOf('2001:db8:7::/48', [64500], vrps)).toBe('confirmed');
  });

  it('is confirmed by a route object that covers it', () => {
    const routes = readRouteObjects(IRR);
    expect(routes).toHaveLength(2);
    expect(verdictOf('203.0.113.128/25', [64500], routes)).toBe('confirmed');
    expect(verdictOf('2001:db8:1::/48', [64500], routes)).toBe('contradicted');
  });

  it.each(['', '[]', '{"roas":[{"asn":"64500","prefix":"192.0.2.0/24","maxLength":24}]}'])(
    'is not read from %j',
    (text) => {
      expect(() => readVrps(text)).toThrow(RouteFileInvalid);
    },
  );
});
