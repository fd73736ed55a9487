import { scoreSubject, type ScoringInput, type Sighting } from '@sekisho/reputation';
import { describe, expect, it } from 'vitest';
import { translator } from '../language/translate.ts';
import { evidenceOf, explainDetail } from './explanation.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

const seen = (reporter: string, change: Partial<Sighting> = {}): Sighting => ({
  ...{ reporter, category: 'zombie', evidence: 'trap', count: 12, influenced: false },
  ...{ firstSeen: NOW - 600_000, lastSeen: NOW },
  ...change,
});

/** What the model itself says of a subject. */
function detailsOf(sightings: readonly Sighting[], context: Partial<ScoringInput['context']> = {}): string[] {
  const { explanation } = scoreSubject({
    ...{ type: 'ip', standings: new Map(), now: NOW, sightings },
    context: { isDynamic: false, owners: new Set<string>(), wasListed: false, ...context },
  });
  return explanation.map(({ detail }) => detail);
}

const [en, ja] = [translator('en'), translator('ja')];

describe('the explanation of a score', () => {
  it.each([
    ['3 members, 1000 messages or more, last seen 5 h ago, half-life 168 h'],
    ['fewer than 3 members, fewer than 10 messages, last seen within the hour, half-life 12.5 h'],
    ['good mail seen by fewer than 3 members'],
    ['decided by people: never-list'],
    ['on public-dns: listed only by a decision'],
    ['fewer independent members than a listing needs, or all of them new'],
    ['seen again after a week or more: what came then lasts up to 1.5 times as long'],
    ['stays listed until below 55'],
    ['forged by others with score 88: not its own doing'],
    ['a match is for a person to review, never listed'],
    ['mean score of 12 listed below it'],
    ['4 of the 8 that a listing needs; more bring it nearer to the mean'],
    ['the owner fixed it and it stayed quiet: what was seen before counts no more'],
    ['mean score of 12 listed below it (of the listed network 203.0.113.0/24)'],
  ])('is told in Japanese, and in English as the hub tells it: %s', (detail) => {
    expect(explainDetail(en, detail).replace('1,000', '1000')).toBe(detail);
    expect(explainDetail(ja, detail)).toMatch(/[ぁ-んァ-ヶ一-龠]/u);
    expect(explainDetail(ja, detail)).not.toMatch(/\b(members|messages|listed|the|score)\b/);
  });

  it('as the model gives it now leaves no line untold', () => {
    const details = [
      ...detailsOf(['a', 'b', 'c'].map((reporter) => seen(reporter))),
      ...detailsOf([seen('a'), seen('b', { category: 'ham', evidence: 'manual', count: 500 })]),
      ...detailsOf([seen('a')], { decision: 'list' }),
    ];
    expect(details.length).toBeGreaterThan(4);
    for (const detail of details) expect(explainDetail(ja, detail)).not.toBe(detail);
  });

  it('of a shape that is not known is shown as it came, and never read as markup', () => {
    expect(explainDetail(ja, '<b>new</b>')).toBe('<b>new</b>');
  });

  it('tells evidence from rules', () => {
    expect(evidenceOf('zombie/trap')).toEqual({ category: 'zombie', evidence: 'trap' });
    expect(evidenceOf('warning-list')).toBeUndefined();
  });
});
