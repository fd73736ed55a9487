import type { StoredReputation } from '@sekisho/persistence';
import { costPolicyOf } from '@sekisho/policy';
import { describe, expect, it } from 'vitest';
import { probabilityOf, recommendationOf, type Outlook } from './outlook.js';
import { toReputationModel } from './reputations.mapper.js';

const stored = (change: Partial<StoredReputation> = {}): StoredReputation => ({
  ...{ subject: '203.0.113.9', viaNetwork: undefined, score: 90, listed: true, confidence: 80 },
  ...{ categories: [{ category: 'zombie', score: 90, listed: true }], recommendation: 'REJECT' },
  ...{
    memberCount: 3,
    firstSeen: new Date(0),
    lastSeen: new Date(0),
    expiresAt: new Date(0),
    listedUntil: undefined,
  },
  ...{ explanation: [], foretoldBy: '1', ...change },
});
const costs = costPolicyOf({
  default: { abuse: 1, refused: 20, delayed: 1, returning: 0.25 },
  categories: { phishing: { abuse: 50 }, 'forged-domain': { abuse: 1_000 } },
});
const curve = {
  modelVersion: '1',
  points: [
    { score: 10, probability: 0.01 },
    { score: 90, probability: 0.4 },
  ],
};
const outlook: Outlook = { curve, costs };

describe('what is foretold of a subject', () => {
  it('is read from the curve of the model that scored it', () => {
    expect(probabilityOf(stored(), outlook)).toBe(0.4);
    expect(probabilityOf(stored({ score: 0 }), outlook)).toBe(0.01);
  });

  it('is nothing without a curve, of another model, and of what no forecasts are made of', () => {
    expect(probabilityOf(stored(), { ...outlook, curve: undefined })).toBeUndefined();
    expect(probabilityOf(stored({ foretoldBy: '2' }), outlook)).toBeUndefined();
    expect(probabilityOf(stored({ foretoldBy: undefined }), outlook)).toBeUndefined();
  });
});

describe('what a member with costs is recommended', () => {
  it('is what costs it least', () => {
    expect(recommendationOf(stored(), outlook)).toBe('ACCEPT');
  });

  it('is what everybody is, without costs or a probability', () => {
    expect(recommendationOf(stored(), { ...outlook, costs: undefined })).toBe('REJECT');
    expect(recommendationOf(stored({ foretoldBy: undefined }), outlook)).toBe('REJECT');
    expect(recommendationOf(stored(), { ...outlook, curve: undefined })).toBe('REJECT');
  });

  it('goes by the strongest category that is listed and its own doing, and by the default else', () => {
    const of = (categories: StoredReputation['categories'], listed = true) =>
      recommendationOf(stored({ categories, listed, recommendation: listed ? 'REJECT' : 'TAG' }), outlook);
    const phishing = { category: 'phishing', score: 70, listed: true } as const;
    expect(of([phishing])).toBe('DEFER');
    expect(of([{ category: 'zombie', score: 90, listed: false }, phishing])).toBe('DEFER');
    expect(of([{ ...phishing, listed: false }])).toBe('ACCEPT');
    expect(of([phishing], false)).toBe('ACCEPT');
    expect(of([{ category: 'forged-domain', score: 99, listed: true }])).toBe('ACCEPT');
  });
});

it('a reputation shows both, and nothing of how they are known', () => {
  const model = toReputationModel(stored(), { k: 3, isOwner: false }, outlook);
  expect(model).toMatchObject({ probability: 0.4, recommendation: 'ACCEPT', categories: ['zombie'] });
  expect(Object.keys(model).sort()).toEqual(
    [
      ...['subject', 'score', 'listed', 'categories', 'confidence', 'recommendation', 'probability'],
      ...['memberCount', 'firstSeen', 'lastSeen', 'expiresAt', 'listedUntil', 'explanation'],
    ].sort(),
  );
  expect(toReputationModel(stored(), { k: 3, isOwner: false })).toMatchObject({
    ...{ probability: null, recommendation: 'REJECT' },
  });
});
