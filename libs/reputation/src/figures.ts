// The model as of a moment: hazards, scores and the listing policy. Cheap enough to be evaluated at many moments.
import type { Category } from '@sekisho/report';
import type { SubjectType } from '@sekisho/subject';
import { decayFactor } from './decay.js';
import { rankOf, type FamilyEvidence, type HamVoter, type Voter, type WeighedEvidence } from './evidence.js';
import { MODEL } from './model.js';
import type { Recommendation, SubjectContext } from './reputation.js';

export interface CategoryFigures {
  readonly category: Category;
  readonly score: number;
  readonly isListed: boolean;
}

export interface FamilyFigures {
  readonly evidence: FamilyEvidence;
  /** Sum of the reporters' capped hazards. */
  readonly gross: number;
  /** What good mail leaves of it. */
  readonly net: number;
  readonly score: number;
  /** Reporters with a meaningful hazard. */
  readonly witnesses: number;
  /** Enough independent reporters, or the owner itself. */
  readonly isCorroborated: boolean;
  readonly isListed: boolean;
  readonly categories: readonly CategoryFigures[];
}

export interface Figures {
  readonly score: number;
  /** Highest score of a victim family: published, but not the subject's own. */
  readonly victimScore: number;
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

/** Score of a hazard: integer 0..100. */
export const scoreOf = (hazard: number): number => Math.round(-100 * Math.expm1(-hazard));

/** All figures `elapsedMs` after the moment at which the evidence was weighed, nothing new being reported. */
export function evaluate(weighed: WeighedEvidence, elapsedMs: number, policy: Policy): Figures {
  const ham = hamHazard(weighed.ham, elapsedMs);
  const tallies = weighed.families.map((evidence) => tally(evidence, elapsedMs, ham));
  const accused = tallies.filter(({ evidence }) => !evidence.family.isVictim);
  const carrier = carrierOf(accused, policy);
  const families = tallies.map((t) => judge(t, t === carrier, policy));
  const culprits = families.filter(({ evidence }) => !evidence.family.isVictim);
  const victimScore = Math.max(0, ...families.filter((f) => !culprits.includes(f)).map((f) => f.score));
  const lead = strongest(culprits);
  const { score } = lead;
  const listed = culprits.some((f) => f.isListed);
  const highConfidence = listed && isHigh(lead, elapsedMs, policy);
  return {
    score,
    victimScore,
    listed,
    highConfidence,
    recommendation: recommend(score, listed, highConfidence),
    families,
    leading: score === 0 && victimScore > 0 ? strongest(families) : lead,
    listedMask: families.reduce((mask, f) => mask | maskOf(f.categories), 0),
  };
}

/** Integer 0..100 from the effective number of reporters of a family: 100 * (1 - 2^-n). */
export function confidenceOf({ voters }: FamilyEvidence, elapsedMs: number): number {
  let effective = 0;
  for (const { trust, cells } of voters) {
    let mass = 0;
    for (const cell of cells) mass += cell.mass * decayFactor(elapsedMs, cell.halfLifeMs);
    effective -= trust * Math.expm1(-mass);
  }
  return Math.round(-100 * Math.expm1(-Math.LN2 * effective));
}

/** One reporter's hazard in a category or family: third-party part capped, then its part as owner. */
export function capped(asThirdParty: number, asOwner: number): number {
  return Math.min(asThirdParty, MODEL.maxReporterHazard) + Math.min(asOwner, MODEL.maxOwnerHazard);
}

interface CategoryTally {
  readonly category: Category;
  hazard: number;
  witnesses: number;
  hasOwner: boolean;
}

interface Tally {
  readonly evidence: FamilyEvidence;
  readonly gross: number;
  readonly net: number;
  readonly score: number;
  readonly witnesses: number;
  readonly isCorroborated: boolean;
  readonly categories: readonly CategoryTally[];
  readonly ham: number;
}

function tally(evidence: FamilyEvidence, elapsedMs: number, hamOfSubject: number): Tally {
  const ham = evidence.family.isVictim ? 0 : hamOfSubject;
  const categories: CategoryTally[] = [];
  let gross = 0;
  let witnesses = 0;
  let hasOwner = false;
  for (const voter of evidence.voters) {
    const { hazard, asOwner } = addVoter(voter, elapsedMs, categories);
    gross += hazard;
    if (hazard >= MODEL.meaningfulHazard) witnesses++;
    if (asOwner >= MODEL.meaningfulHazard) hasOwner = true;
  }
  const net = netHazard(gross, ham);
  const isCorroborated = witnesses >= MODEL.listing.minReporters || hasOwner;
  return { evidence, gross, net, score: scoreOf(net), witnesses, isCorroborated, categories, ham };
}

function addVoter(voter: Voter, elapsedMs: number, categories: CategoryTally[]) {
  let thirdParty = 0;
  let owner = 0;
  let open: { category: Category; thirdParty: number; owner: number } | undefined;
  for (const cell of voter.cells) {
    if (open?.category !== cell.category) {
      if (open) addToCategory(categories, open);
      open = { category: cell.category, thirdParty: 0, owner: 0 };
    }
    const hazard = cell.weight * -Math.expm1(-cell.mass * decayFactor(elapsedMs, cell.halfLifeMs));
    if (cell.isOwner) {
      open.owner += hazard;
      owner += hazard;
    } else {
      open.thirdParty += hazard;
      thirdParty += hazard;
    }
  }
  if (open) addToCategory(categories, open);
  return { hazard: capped(thirdParty, owner), asOwner: owner };
}

function addToCategory(
  categories: CategoryTally[],
  voice: { readonly category: Category; readonly thirdParty: number; readonly owner: number },
): void {
  let target = categories.find(({ category }) => category === voice.category);
  if (!target) {
    target = { category: voice.category, hazard: 0, witnesses: 0, hasOwner: false };
    categories.push(target);
  }
  const hazard = capped(voice.thirdParty, voice.owner);
  target.hazard += hazard;
  if (hazard >= MODEL.meaningfulHazard) target.witnesses++;
  if (voice.owner >= MODEL.meaningfulHazard) target.hasOwner = true;
}

function hamHazard(voters: readonly HamVoter[], elapsedMs: number): number {
  const { maxReporterHazard, fullAtMessages } = MODEL.ham;
  let hazard = 0;
  for (const { trust, mass, halfLifeMs } of voters) {
    const left = mass * decayFactor(elapsedMs, halfLifeMs);
    hazard += trust * maxReporterHazard * Math.min(1, Math.log1p(left) / Math.log1p(fullAtMessages));
  }
  return hazard;
}

/** Rises with abuse, falls with good mail, never negative. */
const netHazard = (gross: number, ham: number): number => (gross === 0 ? 0 : gross * (gross / (gross + ham)));

/** The family that a decision, or the listing of last time, speaks about. */
function carrierOf(accused: readonly Tally[], { context }: Policy): Tally | undefined {
  if (context.decision === 'list') return strongest(accused);
  const corroborated = accused.filter((t) => t.isCorroborated);
  return corroborated.length > 0 ? strongest(corroborated) : undefined;
}

function judge(t: Tally, isCarrier: boolean, policy: Policy): FamilyFigures {
  const { evidence, gross, net, score, witnesses, isCorroborated } = t;
  const isListed = decideListing(t, isCarrier, policy);
  const scored = t.categories.map((c) => ({ ...c, score: scoreOf(netHazard(c.hazard, t.ham)) }));
  const top = isListed && scored.length > 0 ? strongest(scored) : undefined;
  const categories = scored.map((c): CategoryFigures => {
    const isProven = c.witnesses >= MODEL.listing.minReporters || c.hasOwner;
    const qualifies = c === top || (isProven && c.score >= MODEL.listing.listAt);
    return { category: c.category, score: c.score, isListed: isListed && qualifies && c.score > 0 };
  });
  return { evidence, gross, net, score, witnesses, isCorroborated, isListed, categories };
}

function decideListing(t: Tally, isCarrier: boolean, { type, context }: Policy): boolean {
  // A match about a subscriber is for a person to review; no zone holds it.
  if (type === 'subscriber' || context.decision === 'never-list') return false;
  if (context.decision === 'list' && isCarrier) return true;
  if (context.protection || !t.isCorroborated) return false;
  const { listAt, delistBelow } = MODEL.listing;
  return t.score >= (context.wasListed && isCarrier ? delistBelow : listAt);
}

function isHigh(lead: FamilyFigures, elapsedMs: number, { context }: Policy): boolean {
  if (context.decision === 'list') return true;
  const { minScore, minReporters, minConfidence } = MODEL.highConfidence;
  return (
    lead.isListed &&
    lead.score >= minScore &&
    lead.witnesses >= minReporters &&
    confidenceOf(lead.evidence, elapsedMs) >= minConfidence
  );
}

/** From score and listing alone; what is not listed is tagged at most. */
export function recommend(score: number, listed: boolean, highConfidence: boolean): Recommendation {
  const { throttleAt, tagAt, rejectAt } = MODEL.recommendation;
  if (listed) return score >= rejectAt && highConfidence ? 'REJECT' : 'DEFER';
  if (score < throttleAt) return 'ACCEPT';
  return score < tagAt ? 'THROTTLE' : 'TAG';
}

/** The highest score; of equals the first, among categories in the order of the vocabulary. Not for nothing to choose from. */
export function strongest<T extends { readonly score: number; readonly category?: Category }>(
  candidates: readonly T[],
): T {
  return candidates.reduce((best, candidate) =>
    candidate.score > best.score || (candidate.score === best.score && isEarlier(candidate, best))
      ? candidate
      : best,
  );
}

function isEarlier(a: { readonly category?: Category }, b: { readonly category?: Category }): boolean {
  return a.category !== undefined && b.category !== undefined && rankOf(a.category) < rankOf(b.category);
}

function maskOf(categories: readonly CategoryFigures[]): number {
  return categories.reduce((mask, c) => (c.isListed ? mask | (1 << rankOf(c.category)) : mask), 0);
}
