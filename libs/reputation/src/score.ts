import { rankOf, weigh } from './evidence.js';
import { explain } from './explanation.js';
import { evaluate, type Figures } from './figures.js';
import { confidenceOf, decayFactors } from './hazard.js';
import type { CategoryScore, Reputation, ScoringInput } from './reputation.js';
import { outlook } from './review.js';

/**
 * The reputation of a subject from everything that counts about it. Total and pure: the same input, in any order of
 * the sightings, gives the same figures. The model, its formulas and its limits: docs/reputation.md.
 */
export function scoreSubject(input: ScoringInput): Reputation {
  const { type, context, now } = input;
  const policy = { type, context };
  const weighed = weigh(input);
  const figures = evaluate(weighed, 0, policy);
  return {
    score: figures.score,
    listed: figures.listed,
    highConfidence: figures.highConfidence,
    categories: categoriesOf(figures),
    confidence: confidenceOf(figures.leading.evidence, decayFactors(weighed, 0)),
    recommendation: figures.recommendation,
    memberCount: weighed.memberCount,
    firstSeen: weighed.firstSeen,
    lastSeen: weighed.lastSeen,
    explanation: explain(figures, weighed, policy, now),
    ...outlook(weighed, figures, policy, now),
  };
}

function categoriesOf({ families }: Figures): CategoryScore[] {
  return families
    .flatMap(({ categories }) => categories)
    .filter(({ score }) => score >= 1)
    .sort((a, b) => b.score - a.score || rankOf(a.category) - rankOf(b.category))
    .map(({ category, score, isListed }) => ({ category, score, listed: isListed }));
}
