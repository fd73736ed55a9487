// The arithmetic of the model: masses to hazards, hazards to scores. docs/reputation.md has the formulas.
import type { Category } from '@sekisho/report';
import { decayFactor } from './decay.js';
import { massOf, type FamilyEvidence, type HamVoter, type Voter, type WeighedEvidence } from './evidence.js';
import { MODEL } from './model.js';

interface CategoryTally {
  readonly category: Category;
  /** In this category alone. */
  readonly sum: VoiceSum;
}

/** A sum over voices, each counted once, as the reporter of it that says most. Those of one voice are added in a row. */
class VoiceSum {
  hazard = 0;
  /** Voices of a meaningful hazard, and those of them with such a reporter that is not on probation. */
  witnesses = 0;
  proven = 0;
  /** The owner of the range says so itself. */
  hasOwner = false;
  private voice = '';
  private loudest = 0;
  private isProven = false;

  add(voice: string, hazard: number, onProbation = false): void {
    if (voice !== this.voice) {
      this.voice = voice;
      this.loudest = 0;
      this.isProven = false;
    }
    if (hazard >= MODEL.meaningfulHazard) {
      if (this.loudest < MODEL.meaningfulHazard) this.witnesses++;
      if (!onProbation && !this.isProven) {
        this.isProven = true;
        this.proven++;
      }
    }
    if (hazard <= this.loudest) return;
    this.hazard += hazard - this.loudest;
    this.loudest = hazard;
  }

  get isCorroborated(): boolean {
    return this.hasOwner || (this.witnesses >= MODEL.listing.minReporters && this.proven > 0);
  }
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
  /** Voices with a meaningful hazard that are not on probation. */
  readonly proven: number;
  /** Enough independent reporters, one of them not on probation, or the owner itself. */
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
  const sum = new VoiceSum();
  for (const { voice, trust, mass, clock } of voters) {
    const share = Math.log1p(mass * (factors[clock] ?? 0)) / Math.log1p(fullAtMessages);
    sum.add(voice, trust * maxReporterHazard * Math.min(1, share));
  }
  return sum.hazard;
}

export function tally(evidence: FamilyEvidence, factors: readonly number[], hamOfSubject: number): Tally {
  const categories: CategoryTally[] = [];
  const { hazard: gross, proven, isCorroborated } = sumOf(evidence, factors, categories);
  const ham = hamOf(evidence, hamOfSubject);
  const net = netHazard(gross, ham);
  return { evidence, gross, ham, net, score: scoreOf(net), proven, isCorroborated, categories };
}

/** What `tally` says of the family as a whole, for searches that ask nothing of its categories. */
export function outlineOf(
  evidence: FamilyEvidence,
  factors: readonly number[],
  hamOfSubject: number,
): Pick<Tally, 'score' | 'isCorroborated'> {
  const { hazard, isCorroborated } = sumOf(evidence, factors);
  return { score: scoreOf(netHazard(hazard, hamOf(evidence, hamOfSubject))), isCorroborated };
}

const hamOf = ({ family }: FamilyEvidence, hamOfSubject: number) => (family.isVictim ? 0 : hamOfSubject);

function sumOf(
  { voters }: FamilyEvidence,
  factors: readonly number[],
  categories?: CategoryTally[],
): VoiceSum {
  const sum = new VoiceSum();
  for (const voter of voters) {
    const { thirdParty, owner } = addVoter(voter, factors, categories);
    sum.add(voter.voice, capped(thirdParty, owner), voter.onProbation);
    if (owner >= MODEL.meaningfulHazard) sum.hasOwner = true;
  }
  return sum;
}

/** Integer 0..100 from the effective number of reporters of a family: 100 * (1 - 2^-n). */
export function confidenceOf({ voters }: FamilyEvidence, factors: readonly number[]): number {
  const effective = new VoiceSum();
  for (const { voice, trust, cells } of voters) {
    let mass = 0;
    for (const cell of cells) mass += massOf(cell, factors);
    effective.add(voice, saturate(trust, mass));
  }
  return Math.round(100 * (1 - 2 ** -effective.hazard));
}

/** Hazards of one reporter before the cap; adds its capped hazards to its categories. */
function addVoter(voter: Voter, factors: readonly number[], categories: CategoryTally[] | undefined) {
  const { cells } = voter;
  let thirdParty = 0;
  let owner = 0;
  let thirdPartyBefore = 0;
  let ownerBefore = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    if (!cell) continue;
    const hazard = saturate(cell.weight, massOf(cell, factors));
    if (cell.isOwner) owner += hazard;
    else thirdParty += hazard;
    if (!categories || cells[i + 1]?.category === cell.category) continue;
    const category = tallyOf(categories, cell.category);
    const asOwner = owner - ownerBefore;
    category.sum.add(voter.voice, capped(thirdParty - thirdPartyBefore, asOwner), voter.onProbation);
    if (asOwner >= MODEL.meaningfulHazard) category.sum.hasOwner = true;
    thirdPartyBefore = thirdParty;
    ownerBefore = owner;
  }
  return { thirdParty, owner };
}

function tallyOf(categories: CategoryTally[], category: Category): CategoryTally {
  let target = categories.find((c) => c.category === category);
  if (!target) {
    target = { category, sum: new VoiceSum() };
    categories.push(target);
  }
  return target;
}
