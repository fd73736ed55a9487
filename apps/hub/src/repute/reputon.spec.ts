import { describe, expect, it } from 'vitest';
import { ASSERTIONS, reputonsOf } from './reputon.js';

const CONTEXT = {
  ...{ rater: 'hub.example', rated: '203.0.113.9', identity: 'ipv4' as const },
  ...{ generated: 1_790_000_000, expires: 1_790_000_600 },
};

describe('reputons', () => {
  it('rate each assertion by the categories that support it; 1 is bad', () => {
    const reputation = {
      ...{ score: 91, confidence: 80 },
      categories: [
        { category: 'zombie', score: 91 },
        { category: 'phishing', score: 7 },
      ],
    };
    const reputons = reputonsOf(reputation, ASSERTIONS, CONTEXT);
    expect(reputons.map(({ assertion, rating }) => [assertion, rating])).toEqual([
      ['abusive', 0.91],
      ['fraud', 0.07],
      ['malware', 0],
      ['spam', 0.91],
    ]);
    expect(reputons[0]).toMatchObject({
      ...{ rater: 'hub.example', rated: '203.0.113.9', confidence: 0.8, 'email-id-identity': 'ipv4' },
      ...{ generated: 1_790_000_000, expires: 1_790_000_600 },
    });
  });

  it('say that nothing is known by a sample of none', () => {
    expect(reputonsOf(undefined, ['spam'], { ...CONTEXT, identity: undefined })).toEqual([
      {
        ...{ rater: 'hub.example', assertion: 'spam', rated: '203.0.113.9', rating: 0, 'sample-size': 0 },
        ...{ generated: 1_790_000_000, expires: 1_790_000_600 },
      },
    ]);
  });
});
