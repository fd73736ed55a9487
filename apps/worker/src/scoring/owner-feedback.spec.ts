import type { SubjectEvidence } from '@sekisho/persistence';
import { describe, expect, it } from 'vitest';
import { observationOf } from './owner-feedback.js';

const seen = (reporter: string, lastSeen: number, category: 'zombie' | 'ham' = 'zombie') => ({
  ...{ reporter, category, evidence: 'trap' as const, count: 3, firstSeen: 0, lastSeen, influenced: false },
});
const reputation = { score: 80, categories: [] };
const observed = (...sightings: SubjectEvidence['sightings']) =>
  observationOf({ owners: new Set(['owner']), sightings } as unknown as SubjectEvidence, reputation);

describe('what an owner is told of a scoring', () => {
  it('is when others last saw it, and when a second of them did, each counted once', () => {
    expect(observed(seen('a', 100), seen('a', 300), seen('b', 200))).toMatchObject({
      ...{ lastSeen: 300, confirmedSeen: 200, count: 9, isSuspect: true },
    });
    expect(observed(seen('a', 100), seen('a', 300))).toMatchObject({ lastSeen: 300, confirmedSeen: 0 });
  });

  it('leaves out what the owner says, and good mail', () => {
    expect(observed(seen('a', 100), seen('owner', 900), seen('b', 800, 'ham'))).toMatchObject({
      ...{ lastSeen: 100, confirmedSeen: 0, count: 3 },
    });
  });
});
