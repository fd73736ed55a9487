// The listing policy as of a moment, on top of the hazards. Cheap enough to be evaluated at many moments.
import type { Category } from '@sekisho/report';
import type { SubjectType } from '@sekisho/subject';
import { rankOf, type FamilyEvidence, type WeighedEvidence } from './evidence.js';
import {
  confidenceOf,
  decayFactors,
  hamHazard,
  netHazard,
  outlineOf,
  scoreOf,
  tally,
  type Tally,
} from './hazard.js';
import { MODEL } from './model.js';
import type { Recommendation, SubjectContext } from './reputation.js';

interface CategoryFigures {
  readonly category: Category;
  readonly score: number;
  readonly isListed: boolean;
}

export interface FamilyFigures {
  readonly evidence: FamilyEvidence;
  readonly tally: Tally;
  readonly score: number;
  readonly isListed: boolean;
  readonly categories: readonly CategoryFigures[];
}

export interface Points {
  /** Highest score of a culprit family. */
  readonly score: number;
  /** Highest score of a victim family: published, but not the subject's own. */
  readonly victimScore: number;
}

export interface Figures extends Points {
  readonly listed: boolean;
  readonly highConfidence: boolean;
  readonly recommendation: Recommendation;
  readonly families: readonly FamilyFigures[];
  /** The family whose score is published. */
  readonly leading: FamilyFigures;
  /** Listed categories as bits of their rank. */
  readonly listedMask: number;
}

export interface Policy {
  readonly type: SubjectType;
  readonly context: SubjectContext;
}

/** All figures `elapsedMs` after the moment at which the evidence was weighed, nothing new being reported. */
export function evaluate(weighed: WeighedEvidence, elapsedMs: number, policy: Policy): Figures {
  const factors = decayFactors(weighed, elapsedMs);
  const ham = hamHazard(weighed.ham, factors);
  const tallies = weighed.families.map((evidence) => tally(evidence, factors, ham));
  const carrier = carrierOf(tallies, policy);
  const families = tallies.map((t) => judge(t, t === carrier, policy));
  let lead: FamilyFigures | undefined;
  let victim: FamilyFigures | undefined;
  let listed = false;
  let listedMask = 0;
  for (const family of families) {
    for (const c of family.categories) if (c.isListed) listedMask |= 1 << rankOf(c.category);
    if (family.evidence.family.isVictim) victim = stronger(victim, family);
    else {
      lead = stronger(lead, family);
      listed ||= family.isListed;
    }
  }
  if (!lead) throw new TypeError(`no culprit family for type ${policy.type}`);
  const { score } = lead;
  const highConfidence = listed && isHigh(lead, factors, policy);
  return {
    score,
    victimScore: victim?.score ?? 0,
    listed,
    highConfidence,
    recommendation: recommend(score, listed, highConfidence),
    families,
    leading: score === 0 ? stronger(lead, victim ?? lead) : lead,
    listedMask,
  };
}

/** The scores of `evaluate` alone, for searches that ask nothing else. */
export function pointsAt(
  weighed: WeighedEvidence,
  elapsedMs: number,
): Points & {
  /** Highest score of a culprit family that could be listed: what a listing is kept by. */
  readonly corroboratedScore: number;
} {
  const factors = decayFactors(weighed, elapsedMs);
  const ham = hamHazard(weighed.ham, factors);
  const points = { score: 0, victimScore: 0, corroboratedScore: 0 };
  for (const evidence of weighed.families) {
    const { score, isCorroborated } = outlineOf(evidence, factors, ham);
    if (evidence.family.isVictim) points.victimScore = Math.max(points.victimScore, score);
    else {
      points.score = Math.max(points.score, score);
      if (isCorroborated) points.corroboratedScore = Math.max(points.corroboratedScore, score);
    }
  }
  return points;
}

/** The family that a decision, or the listing of last time, speaks about. */
function carrierOf(tallies: readonly Tally[], { context }: Policy): Tally | undefined {
  let carrier: Tally | undefined;
  for (const t of tallies) {
    const isCandidate = context.decision === 'list' || t.isCorroborated;
    if (isCandidate && !t.evidence.family.isVictim) carrier = stronger(carrier, t);
  }
  return carrier;
}

function judge(t: Tally, isCarrier: boolean, policy: Policy): FamilyFigures {
  const isListed = decideListing(t, isCarrier, policy);
  return {
    evidence: t.evidence,
    tally: t,
    score: t.score,
    isListed,
    categories: judgeCategories(t, isListed),
  };
}

/** In a listed family: its strongest category, and each that would be listed on its own evidence. */
function judgeCategories(t: Tally, isListed: boolean): CategoryFigures[] {
  const { listAt } = MODEL.listing;
  let top: { score: number; rank: number } | undefined;
  const scored = t.categories.map(({ category, sum }) => {
    const score = scoreOf(netHazard(sum.hazard, t.ham));
    const rank = rankOf(category);
    if (!top || score > top.score || (score === top.score && rank < top.rank)) top = { score, rank };
    const isProven = score >= listAt && sum.isCorroborated;
    return { category, score, rank, isProven };
  });
  return scored.map(({ category, score, rank, isProven }) => {
    return { category, score, isListed: isListed && score > 0 && (isProven || rank === top?.rank) };
  });
}

function decideListing(t: Tally, isCarrier: boolean, { type, context }: Policy): boolean {
  // A match about a subscriber is for a person to review; no zone holds it.
  if (type === 'subscriber' || context.decision === 'never-list') return false;
  if (context.decision === 'list' && isCarrier) return true;
  if (context.protection || !t.isCorroborated) return false;
  const { listAt, delistBelow } = MODEL.listing;
  return t.score >= (context.wasListed && isCarrier ? delistBelow : listAt);
}

function isHigh(lead: FamilyFigures, factors: readonly number[], { context }: Policy): boolean {
  if (context.decision === 'list') return true;
  const { minScore, minReporters, minConfidence } = MODEL.highConfidence;
  return (
    lead.isListed &&
    lead.score >= minScore &&
    lead.tally.proven >= minReporters &&
    confidenceOf(lead.evidence, factors) >= minConfidence
  );
}

/** From score and listing alone; what is not listed is tagged at most. */
export function recommend(score: number, listed: boolean, highConfidence: boolean): Recommendation {
  const { throttleAt, tagAt, rejectAt } = MODEL.recommendation;
  if (listed) return score >= rejectAt && highConfidence ? 'REJECT' : 'DEFER';
  if (score < throttleAt) return 'ACCEPT';
  return score < tagAt ? 'THROTTLE' : 'TAG';
}

/** Of equals the first. */
function stronger<T extends { readonly score: number }>(best: T | undefined, candidate: T): T {
  return best && best.score >= candidate.score ? best : candidate;
}
