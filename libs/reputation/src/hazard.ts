// The arithmetic of the model: masses to hazards, hazards to scores. docs/reputation.md has the formulas.
import type { Category } from '@sekisho/report';
import { decayFactor } from './decay.js';
import type { FamilyEvidence, HamVoter, Voter, WeighedEvidence } from './evidence.js';
import { MODEL } from './model.js';

interface CategoryTally {
  readonly category: Category;
  /** Sum of the reporters' capped hazards in this category alone. */
  hazard: number;
  witnesses: number;
  hasOwner: boolean;
}

export interface Tally {
  readonly evidence: FamilyEvidence;
  /** Sum of the reporters' capped hazards. */
  readonly gross: number;
  /** Counter-hazard of good mail. */
  readonly ham: number;
  /** What good mail leaves of the gross. */
  readonly net: number;
  /** Integer 0..100. */
  readonly score: number;
  /** Reporters with a meaningful hazard. */
  readonly witnesses: number;
  /** Enough independent reporters, or the owner itself. */
  readonly isCorroborated: boolean;
  readonly categories: readonly CategoryTally[];
}

/** What is left of each half-life's evidence after `elapsedMs`. */
export function decayFactors({ halfLives }: WeighedEvidence, elapsedMs: number): number[] {
  return halfLives.map((halfLifeMs) => decayFactor(elapsedMs, halfLifeMs));
}

/** Integer 0..100 of a hazard. */
export const scoreOf = (hazard: number): number => Math.round(100 * (1 - Math.exp(-hazard)));

/** Rises with abuse, falls with good mail, never negative. */
export const netHazard = (gross: number, ham: number): number =>
  gross === 0 ? 0 : gross * (gross / (gross + ham));

/** One reporter's hazard in a category or family: third-party part capped, then its part as owner. */
export function capped(asThirdParty: number, asOwner: number): number {
  return Math.min(asThirdParty, MODEL.maxReporterHazard) + Math.min(asOwner, MODEL.maxOwnerHazard);
}

/** Hazard of one class whose evidence has this mass. */
export const saturate = (weight: number, mass: number): number => weight * (1 - Math.exp(-mass));

export function hamHazard(voters: readonly HamVoter[], factors: readonly number[]): number {
  const { maxReporterHazard, fullAtMessages } = MODEL.ham;
  let hazard = 0;
  for (const { trust, mass, clock } of voters) {
    const share = Math.log1p(mass * (factors[clock] ?? 0)) / Math.log1p(fullAtMessages);
    hazard += trust * maxReporterHazard * Math.min(1, share);
  }
  return hazard;
}

export function tally(evidence: FamilyEvidence, factors: readonly number[], hamOfSubject: number): Tally {
  const ham = evidence.family.isVictim ? 0 : hamOfSubject;
  const categories: CategoryTally[] = [];
  let gross = 0;
  let witnesses = 0;
  let hasOwner = false;
  for (const voter of evidence.voters) {
    const voice = addVoter(voter, factors, categories);
    const hazard = capped(voice.thirdParty, voice.owner);
    gross += hazard;
    if (hazard >= MODEL.meaningfulHazard) witnesses++;
    if (voice.owner >= MODEL.meaningfulHazard) hasOwner = true;
  }
  const net = netHazard(gross, ham);
  const isCorroborated = witnesses >= MODEL.listing.minReporters || hasOwner;
  return { evidence, gross, ham, net, score: scoreOf(net), witnesses, isCorroborated, categories };
}

/** The net hazard alone, for searches that ask nothing else. */
export function netOf(evidence: FamilyEvidence, factors: readonly number[], hamOfSubject: number): number {
  let gross = 0;
  for (const voter of evidence.voters) {
    const { thirdParty, owner } = addVoter(voter, factors, undefined);
    gross += capped(thirdParty, owner);
  }
  return netHazard(gross, evidence.family.isVictim ? 0 : hamOfSubject);
}

/** Integer 0..100 from the effective number of reporters of a family: 100 * (1 - 2^-n). */
export function confidenceOf({ voters }: FamilyEvidence, factors: readonly number[]): number {
  let effective = 0;
  for (const { trust, cells } of voters) {
    let mass = 0;
    for (const cell of cells) mass += cell.mass * (factors[cell.clock] ?? 0);
    effective += saturate(trust, mass);
  }
  return Math.round(100 * (1 - 2 ** -effective));
}

/** Hazards of one reporter before the cap; adds its capped hazards to its categories. */
function addVoter({ cells }: Voter, factors: readonly number[], categories: CategoryTally[] | undefined) {
  let thirdParty = 0;
  let owner = 0;
  let thirdPartyBefore = 0;
  let ownerBefore = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    if (!cell) continue;
    const hazard = saturate(cell.weight, cell.mass * (factors[cell.clock] ?? 0));
    if (cell.isOwner) owner += hazard;
    else thirdParty += hazard;
    if (!categories || cells[i + 1]?.category === cell.category) continue;
    addToCategory(categories, cell.category, thirdParty - thirdPartyBefore, owner - ownerBefore);
    thirdPartyBefore = thirdParty;
    ownerBefore = owner;
  }
  return { thirdParty, owner };
}

function addToCategory(
  categories: CategoryTally[],
  category: Category,
  thirdParty: number,
  owner: number,
): void {
  let target = categories.find((c) => c.category === category);
  if (!target) {
    target = { category, hazard: 0, witnesses: 0, hasOwner: false };
    categories.push(target);
  }
  const hazard = capped(thirdParty, owner);
  target.hazard += hazard;
  if (hazard >= MODEL.meaningfulHazard) target.witnesses++;
  if (owner >= MODEL.meaningfulHazard) target.hasOwner = true;
}
