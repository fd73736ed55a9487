import type { CategoryScore, Reputation } from '@sekisho/reputation';
import { SUBJECT_TYPES, type Subject } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { publicationOf } from './publication.js';

const SUBJECTS: Readonly<Record<Subject['type'], Subject>> = {
  ip: { type: 'ip', value: '203.0.113.9' },
  network: { type: 'network', value: '203.0.113.0/24' },
  domain: { type: 'domain', value: 'shop.example' },
  address: { type: 'address', value: 'ab'.repeat(32) },
  fingerprint: { type: 'fingerprint', value: 'cd'.repeat(32) },
  subscriber: { type: 'subscriber', value: 'token' },
};

const category = (name: CategoryScore['category'], score = 91, listed = true): CategoryScore => ({
  ...{ category: name, score, listed },
});

function reputation(change: Partial<Reputation> = {}): Reputation {
  return {
    score: 91,
    listed: true,
    highConfidence: false,
    categories: [category('zombie')],
    confidence: 70,
    recommendation: 'REJECT',
    memberCount: 3,
    firstSeen: 0,
    lastSeen: 0,
    expiresAt: 0,
    explanation: [],
    ...change,
  };
}

const published = (type: Subject['type'], change: Partial<Reputation> = {}, isDynamicRange = false) =>
  Object.fromEntries(
    publicationOf(SUBJECTS[type], reputation(change), { isDynamicRange }).map(({ zone, codes }) => [
      zone,
      codes,
    ]),
  );

describe('what the zones say of a subject', () => {
  it('is its score and category for an address', () => {
    expect(published('ip')).toEqual({ score: ['127.1.91.70'], ip: ['127.0.91.3'], 'high.ip': [] });
  });

  it('is the same in the high zone when there is no doubt', () => {
    expect(published('ip', { highConfidence: true })['high.ip']).toEqual(['127.0.91.3']);
  });

  it('withdraws from every zone what is clean again', () => {
    const clean = { score: 0, listed: false, categories: [] };
    expect(published('ip', clean)).toEqual({ score: [], ip: [], 'high.ip': [] });
    expect(published('network', clean)).toEqual({ score: [], ip: [], 'high.ip': [], policy: [] });
    expect(published('domain', clean)).toEqual({ score: [], domain: [] });
    expect(published('address', clean)).toEqual({ score: [], hash: [] });
  });

  it('has an address that is scored and not listed in the score zone alone', () => {
    expect(published('ip', { score: 40, listed: false })).toEqual({
      ...{ score: ['127.1.40.70'], ip: [], 'high.ip': [] },
    });
  });

  it('says nothing of a network that is only scored: it would speak of strangers', () => {
    expect(published('network', { score: 40, listed: false })).toMatchObject({ score: [], ip: [] });
    expect(published('network')).toMatchObject({ score: ['127.1.91.70'], ip: ['127.0.91.3'] });
  });

  it('declares a dynamic range by its owner, whatever its score', () => {
    const clean = { score: 0, listed: false, categories: [] };
    expect(published('network', clean, true)).toMatchObject({ policy: ['127.0.100.10'], ip: [] });
    expect(published('network', {}, false)).toMatchObject({ policy: [] });
  });

  it('gives one code a listed category, sorted, each once, with the score of the subject', () => {
    const categories = [
      category('spam-source', 50),
      category('zombie', 91),
      // Published under the same number as spam-source.
      category('hit-and-run', 60),
      category('harvester', 20, false),
    ];
    expect(published('ip', { categories })['ip']).toEqual(['127.0.91.2', '127.0.91.3']);
  });

  it('gives a forged domain, which is a victim, the score of the forgery alone', () => {
    const categories = [category('spam-domain', 91), category('forged-domain', 30)];
    expect(published('domain', { categories })).toEqual({
      score: ['127.1.91.70'],
      domain: ['127.0.30.20', '127.0.91.21'],
    });
  });

  it('has hashed addresses and fingerprints in the hash zone', () => {
    expect(published('address', { categories: [category('dropbox-address')] })['hash']).toEqual([
      '127.0.91.30',
    ]);
    expect(published('fingerprint', { categories: [category('phishing')] })['hash']).toEqual(['127.0.91.31']);
  });

  it('never publishes a subscriber', () => {
    expect(publicationOf(SUBJECTS.subscriber, reputation(), { isDynamicRange: false })).toEqual([]);
  });

  it.each(SUBJECT_TYPES)('names the same zones for every %s, so that nothing is left behind', (type) => {
    const zones = (change: Partial<Reputation>, isDynamic: boolean) =>
      Object.keys(published(type, change, isDynamic)).sort();
    const clean = { score: 0, listed: false, categories: [] };
    expect(zones(clean, false)).toEqual(zones({ highConfidence: true }, true));
  });
});
