import type { CampaignReport } from '@sekisho/persistence';
import { describe, expect, it } from 'vitest';
import { bouncesIn, sightingsIn } from './observations.js';

let item = 0;
const report = (change: Partial<CampaignReport>): CampaignReport => ({
  ...{ receiptId: 'r', item: item++, subject: '203.0.113.9', subjectType: 'ip', reporter: 'isp-a' },
  ...{ category: 'spam-source', evidence: 'filter', influenced: false, count: 2 },
  ...{ lastSeen: new Date(0), auth: null, fingerprint: 'f', urlHosts: null },
  ...change,
});
const from = (subject: string, change: Partial<CampaignReport> = {}) =>
  report({
    ...{ subject, subjectType: 'domain', category: 'forged-domain', evidence: 'auth-failure' },
    ...{ auth: { dmarc: 'fail' }, ...change },
  });

describe('the sightings in reports', () => {
  it('give a domain to the senders before it with the same fingerprint, and count each copy once', () => {
    const other = '198.51.100.7';
    const found = sightingsIn([report({}), report({ subject: other }), from('a.example.com')]);
    expect(found).toMatchObject([
      {
        ...{ network: '203.0.113.0/24', fromDomain: 'a.example.com', verdict: 'fail', copies: 2 },
        evidence: ['auth-failure', 'filter'],
      },
      { network: '198.51.100.0/24', fromDomain: 'a.example.com' },
    ]);
    expect(found).toHaveLength(2);
  });

  it('keep two domains in From apart, and a domain without a sender stands for itself', () => {
    const two = [report({}), from('a.example.com'), report({}), from('b.example.com')];
    expect(sightingsIn(two).map(({ fromDomain }) => fromDomain)).toEqual(['a.example.com', 'b.example.com']);
    expect(sightingsIn([from('a.example.com'), report({ fingerprint: 'g' })])).toMatchObject([
      { fromDomain: 'a.example.com', network: undefined },
      { fromDomain: undefined, fingerprint: 'g' },
    ]);
  });

  it('take no evidence from good mail or from what our own verdict led to', () => {
    const found = sightingsIn([report({ category: 'ham' }), report({ influenced: true, fingerprint: 'g' })]);
    expect(found.map(({ evidence }) => evidence)).toEqual([[], []]);
  });

  it('leave out hosts that are no domains', () => {
    const urlHosts = ['Shop.Example.com', '192.0.2.1', 'co.jp', 'a b'];
    expect(sightingsIn([report({ urlHosts })])[0]?.urlHosts).toEqual(['shop.example.com']);
  });
});

describe('the bounces in reports', () => {
  it('are said of the domain, or of the host with the domain among its hosts; other bounces name nobody', () => {
    const bounces = bouncesIn([
      from('a.example.com', { evidence: 'bounce' }),
      report({ evidence: 'bounce', category: 'backscatter-source', urlHosts: ['b.example.com'] }),
      report({ evidence: 'bounce', urlHosts: ['c.example.com'] }),
      from('d.example.com'),
    ]);
    expect(bounces.map(({ domain }) => domain)).toEqual(['a.example.com', 'b.example.com']);
  });
});
