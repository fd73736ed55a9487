// What a decision of people makes of a reputation. Evidence is scored as ever; the decision is laid over it.
import type { Category } from '@sekisho/report';
import type { SubjectType } from '@sekisho/subject';
import { recommend } from '../figures.js';
import { MODEL } from '../model.js';
import type { CategoryScore, ExplanationLine, Reputation } from '../reputation.js';

export interface Decision {
  readonly kind: 'list' | 'never-list';
  /** What a listing is for; absent: what the evidence says most, or the usual one of the type. */
  readonly category?: Category;
  /** Milliseconds since 1970; in force from the one until just before the other. */
  readonly from: number;
  readonly until: number;
}

/** Which categories a decision can list a type of subject for; the first is meant when none is named. */
export const DECIDABLE_CATEGORIES = {
  ip: [
    'spam-source',
    'zombie',
    'malware-sender',
    'harvester',
    'backscatter-source',
    'phishing',
    'hit-and-run',
  ],
  network: [
    ...[
      'spam-source',
      'zombie',
      'malware-sender',
      'harvester',
      'backscatter-source',
      'phishing',
      'hit-and-run',
    ],
  ],
  domain: ['spam-domain', 'phishing'],
  address: ['dropbox-address', 'phishing'],
  fingerprint: ['spam-source', 'phishing', 'malware-sender'],
  subscriber: [],
} as const satisfies Readonly<Record<SubjectType, readonly Category[]>>;

/**
 * Of several decisions in force the one that counts: `never-list` before `list`, because a wrong listing harms somebody;
 * then the one that holds longest.
 */
export function decisionThatCounts(decisions: readonly Decision[]): Decision | undefined {
  return decisions.reduce<Decision | undefined>(
    (best, one) => (best === undefined || outweighs(one, best) ? one : best),
    undefined,
  );
}

const outweighs = (one: Decision, other: Decision) =>
  one.kind === other.kind ? one.until > other.until : one.kind === 'never-list';

/**
 * A reputation under a decision in force. `never-list` takes it off every list and leaves the score, which is evidence.
 * `list` lists it, in the high zone too, with the score that a listing needs at least; `REJECT` still needs the evidence.
 */
export function underDecision(type: SubjectType, reputation: Reputation, decision: Decision): Reputation {
  const nextReviewAt = Math.min(reputation.nextReviewAt ?? Infinity, decision.until);
  if (decision.kind === 'never-list') {
    return {
      ...reputation,
      ...{ listed: false, listedUntil: undefined, highConfidence: false, nextReviewAt },
      recommendation: recommend(reputation.score, false, false),
      categories: reputation.categories.map((one) => ({ ...one, listed: false })),
      explanation: explained(reputation, decision, 0),
    };
  }
  const score = Math.max(reputation.score, MODEL.listing.listAt);
  const isUnseen = reputation.memberCount === 0;
  return {
    ...reputation,
    ...{ score, listed: true, highConfidence: true, nextReviewAt },
    recommendation: recommend(score, true, true),
    categories: categoriesOf(type, reputation, decision, score),
    ...(isUnseen && { firstSeen: decision.from, lastSeen: decision.from }),
    expiresAt: Math.max(reputation.expiresAt, decision.until),
    listedUntil: Math.max(reputation.listedUntil ?? -Infinity, decision.until),
    explanation: explained(reputation, decision, score - reputation.score),
  };
}

function categoriesOf(
  type: SubjectType,
  { categories }: Reputation,
  { category }: Decision,
  score: number,
): CategoryScore[] {
  const isDecidable = (name: Category) => (DECIDABLE_CATEGORIES[type] as readonly Category[]).includes(name);
  const meant =
    category ??
    categories.find((one) => isDecidable(one.category))?.category ??
    DECIDABLE_CATEGORIES[type][0];
  if (meant === undefined) return [...categories];
  const others = categories.filter((one) => one.category !== meant);
  return [{ category: meant, score, listed: true }, ...others];
}

/** With one line for the decision; lines go on to sum to the score. */
function explained({ explanation }: Reputation, { kind }: Decision, contribution: number): ExplanationLine[] {
  const others = explanation.filter(({ factor }) => factor !== 'decision');
  return [...others, { factor: 'decision', contribution, detail: `decided by people: ${kind}` }];
}
