// From sightings to decayed evidence masses. Masses are computed once; later times only scale them.
import { CATEGORIES, type Category, type Evidence } from '@sekisho/report';
import { meanDecay } from './decay.js';
import { FAMILIES, halfLifeMs, type Family } from './family.js';
import { DEFAULT_TRUST, MODEL } from './model.js';
import type { ReporterStanding, ScoringInput, Sighting } from './reputation.js';

/** One reporter's evidence of one class for one category, as of the scoring time. */
interface Cell {
  readonly category: Category;
  readonly evidence: Evidence;
  /** Hazard when the class is saturated: class weight times the reporter's trust. */
  readonly weight: number;
  readonly halfLifeMs: number;
  /** Index of the half-life in WeighedEvidence.halfLives. */
  readonly clock: number;
  readonly isOwner: boolean;
  mass: number;
  messages: number;
  lastSeen: number;
}

/** One reporter's word in one family; cells of a category are neighbours, and so are voters of one voice. */
export interface Voter {
  readonly reporter: string;
  readonly voice: string;
  readonly trust: number;
  readonly onProbation: boolean;
  readonly cells: Cell[];
}

export interface FamilyEvidence {
  readonly family: Family;
  readonly voters: Voter[];
}

export interface HamVoter {
  readonly reporter: string;
  readonly voice: string;
  readonly trust: number;
  readonly clock: number;
  mass: number;
}

export interface WeighedEvidence {
  readonly families: readonly FamilyEvidence[];
  readonly ham: readonly HamVoter[];
  /** The different half-lives in milliseconds, so that a later moment costs one exponential for each of them. */
  readonly halfLives: readonly number[];
  readonly memberCount: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** What counts of the sightings, sorted and summed, so that their order in the input leaves no trace. */
export function weigh(input: ScoringInput): WeighedEvidence {
  const families = FAMILIES[input.type].map((family): FamilyEvidence => ({ family, voters: [] }));
  const ham: HamVoter[] = [];
  const halfLives: number[] = [];
  const voices: string[] = [];
  let lastMember: string | undefined;
  let firstSeen = Infinity;
  let lastSeen = -Infinity;
  for (const sighting of [...input.sightings].sort(compareSightings)) {
    const counted =
      !sighting.influenced &&
      (sighting.category === 'ham'
        ? addHam(ham, sighting, input, halfLives)
        : addAbuse(families, sighting, input, halfLives));
    if (!counted) continue;
    firstSeen = Math.min(firstSeen, sighting.firstSeen);
    lastSeen = Math.max(lastSeen, sighting.lastSeen);
    if (sighting.category !== 'ham' && sighting.reporter !== lastMember) {
      lastMember = sighting.reporter;
      const voice = voiceOf(lastMember, input.standings);
      if (!voices.includes(voice)) voices.push(voice);
    }
  }
  for (const { voters } of families) gatherVoices(voters);
  gatherVoices(ham);
  const isEmpty = lastSeen === -Infinity;
  return {
    families,
    ham,
    halfLives,
    memberCount: voices.length,
    firstSeen: isEmpty ? input.now : Math.min(firstSeen, input.now),
    lastSeen: isEmpty ? input.now : Math.min(lastSeen, input.now),
  };
}

function addAbuse(
  families: readonly FamilyEvidence[],
  sighting: Sighting,
  input: ScoringInput,
  halfLives: number[],
): boolean {
  const { reporter, category, evidence } = sighting;
  const trust = trustOf(reporter, input.standings);
  const isOwner = evidence === 'owner';
  const target = families.find(({ family }) => family.categories.includes(category));
  const halfLife = halfLifeMs(input.type, category, input.context.isDynamic);
  if (!target || halfLife === undefined || trust === 0) return false;
  if (isOwner && !input.context.owners.has(reporter)) return false;

  let voter = target.voters.at(-1);
  if (voter?.reporter !== reporter) {
    const voice = voiceOf(reporter, input.standings);
    const onProbation = input.standings.get(reporter)?.onProbation === true;
    voter = { reporter, voice, trust, onProbation, cells: [] };
    target.voters.push(voter);
  }
  let cell = voter.cells.at(-1);
  if (cell?.category !== category || cell.evidence !== evidence) {
    const weight = MODEL.evidenceWeight[evidence] * trust;
    cell = {
      category,
      evidence,
      weight,
      halfLifeMs: halfLife,
      clock: clockOf(halfLife, halfLives),
      isOwner,
      mass: 0,
      messages: 0,
      lastSeen: 0,
    };
    voter.cells.push(cell);
  }
  const count = countOf(sighting);
  cell.mass += Math.min(count, MODEL.maxSightingCount) * decayOf(sighting, halfLife, input.now);
  cell.messages += count;
  cell.lastSeen = Math.max(cell.lastSeen, Math.min(sighting.lastSeen, input.now));
  return true;
}

function addHam(ham: HamVoter[], sighting: Sighting, input: ScoringInput, halfLives: number[]): boolean {
  const { reporter } = sighting;
  const trust = trustOf(reporter, input.standings);
  const halfLife = halfLifeMs(input.type, 'ham', input.context.isDynamic);
  // An owner who vouches for its own range is judge in its own case.
  if (halfLife === undefined || trust === 0 || input.context.owners.has(reporter)) return false;
  let voter = ham.at(-1);
  if (voter?.reporter !== reporter) {
    const voice = voiceOf(reporter, input.standings);
    voter = { reporter, voice, trust, clock: clockOf(halfLife, halfLives), mass: 0 };
    ham.push(voter);
  }
  voter.mass += countOf(sighting) * decayOf(sighting, halfLife, input.now);
  return true;
}

/** Voters come sorted by reporter; those of one voice are put side by side. */
function gatherVoices(voters: { readonly reporter: string; readonly voice: string }[]): void {
  if (voters.every(({ reporter, voice }) => voice === reporter)) return;
  voters.sort((a, b) => compare(a.voice, b.voice) || compare(a.reporter, b.reporter));
}

const compare = (a: string, b: string) => Number(a > b) - Number(a < b);

function clockOf(halfLife: number, halfLives: number[]): number {
  const known = halfLives.indexOf(halfLife);
  return known >= 0 ? known : halfLives.push(halfLife) - 1;
}

/** A clock ahead of ours counts as now. */
function decayOf({ firstSeen, lastSeen }: Sighting, halfLife: number, now: number): number {
  const youngestMs = Math.max(0, now - lastSeen);
  return meanDecay(youngestMs, Math.max(youngestMs, now - firstSeen), halfLife);
}

const countOf = ({ count }: Sighting) => (count > 0 ? Math.min(count, Number.MAX_SAFE_INTEGER) : 0);

function trustOf(reporter: string, standings: ReadonlyMap<string, ReporterStanding>): number {
  const trust = standings.get(reporter)?.trust ?? DEFAULT_TRUST;
  return trust > 0 ? Math.min(trust, 1) : 0;
}

const voiceOf = (reporter: string, standings: ReadonlyMap<string, ReporterStanding>) =>
  standings.get(reporter)?.voice ?? reporter;

const RANK: ReadonlyMap<Category, number> = new Map(CATEGORIES.map((category, rank) => [category, rank]));

/** Rank in the published vocabulary; breaks ties the same way everywhere. */
export function rankOf(category: Category): number {
  return RANK.get(category) ?? CATEGORIES.length;
}

function compareSightings(a: Sighting, b: Sighting): number {
  if (a.reporter !== b.reporter) return a.reporter < b.reporter ? -1 : 1;
  if (a.category !== b.category) return rankOf(a.category) - rankOf(b.category);
  if (a.evidence !== b.evidence) return a.evidence < b.evidence ? -1 : 1;
  return a.lastSeen - b.lastSeen || a.firstSeen - b.firstSeen || a.count - b.count;
}
