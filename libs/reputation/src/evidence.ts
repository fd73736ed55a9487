// From sightings to decayed evidence masses. Masses are computed once; later times only scale them.
import { CATEGORIES, type Category, type Evidence } from '@sekisho/report';
import { meanDecay } from './decay.js';
import { FAMILIES, halfLifeMs, type Family } from './family.js';
import { DEFAULT_TRUST, HOUR_MS, MODEL } from './model.js';
import { lastingFactor, occasionsOf, type Attendance } from './recurrence.js';
import type { ReporterStanding, ScoringInput, Sighting } from './reputation.js';

interface Mass {
  /** Index of the half-life in WeighedEvidence.halfLives. */
  readonly clock: number;
  mass: number;
}

/** One reporter's evidence of one class for one category, as of the scoring time. */
interface Cell {
  readonly category: Category;
  readonly evidence: Evidence;
  /** Hazard when the class is saturated: class weight times the reporter's trust. */
  readonly weight: number;
  /** The longest of its sightings. */
  halfLifeMs: number;
  readonly isOwner: boolean;
  /** By half-life. */
  readonly masses: Mass[];
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
  /** Half-lives are longer by this factor at most, because the subject was seen a week and more before. */
  lasting: number;
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
  const families = FAMILIES[input.type].map((family): FamilyEvidence => ({ family, voters: [], lasting: 1 }));
  const ham: HamVoter[] = [];
  const halfLives: number[] = [];
  const voices: string[] = [];
  let lastMember: string | undefined;
  let firstSeen = Infinity;
  let lastSeen = -Infinity;
  const note = (sighting: Sighting) => {
    firstSeen = Math.min(firstSeen, sighting.firstSeen);
    lastSeen = Math.max(lastSeen, sighting.lastSeen);
  };
  const abuse: Counted[] = [];
  for (const sighting of [...input.sightings].sort(compareSightings)) {
    if (sighting.influenced) continue;
    if (sighting.category === 'ham') {
      if (addHam(ham, sighting, input, halfLives)) note(sighting);
      continue;
    }
    const counted = countedAs(families, sighting, input);
    if (counted) abuse.push(counted);
  }
  const recurrences = recurrencesOf(abuse, input.context.isDynamic);
  for (const counted of abuse) {
    const { sighting, voice } = counted;
    addAbuse(counted, input, halfLives, recurrences);
    note(sighting);
    if (sighting.reporter === lastMember) continue;
    lastMember = sighting.reporter;
    if (!voices.includes(voice)) voices.push(voice);
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

/** A report of abuse that counts: where, for how long, and by whom. */
interface Counted {
  readonly sighting: Sighting;
  readonly target: FamilyEvidence;
  readonly halfLife: number;
  readonly trust: number;
  readonly voice: string;
  readonly onProbation: boolean;
}

function countedAs(
  families: readonly FamilyEvidence[],
  sighting: Sighting,
  { type, context, standings }: ScoringInput,
): Counted | undefined {
  const { reporter, category, evidence } = sighting;
  const standing = standings.get(reporter);
  const trust = trustOf(standing);
  const target = families.find(({ family }) => family.categories.includes(category));
  const halfLife = halfLifeMs(type, category, context.isDynamic);
  if (!target || halfLife === undefined || trust === 0) return undefined;
  if (evidence === 'owner' && !context.owners.has(reporter)) return undefined;
  const onProbation = standing?.onProbation === true;
  return { sighting, target, halfLife, trust, voice: standing?.voice ?? reporter, onProbation };
}

/** The occasions of each family; of most subjects, which are not known for a week, none. */
function recurrencesOf(counted: readonly Counted[], isDynamic: boolean): Recurrences {
  let [first, last] = [Infinity, -Infinity];
  for (const { sighting } of counted) {
    first = Math.min(first, sighting.lastSeen);
    last = Math.max(last, sighting.firstSeen);
  }
  if (isDynamic || !(last - first >= MODEL.recurrence.apartHours * HOUR_MS)) return NO_OCCASIONS;
  const attendances = new Map<FamilyEvidence, Attendance[]>();
  for (const { sighting, target, voice, onProbation } of counted) {
    if (target.family.isVictim) continue;
    const ofTarget = attendances.get(target) ?? [];
    attendances.set(target, ofTarget);
    ofTarget.push({ from: sighting.firstSeen, until: sighting.lastSeen, voice, onProbation });
  }
  return new Map([...attendances].map(([target, all]) => [target, occasionsOf(all)]));
}

function addAbuse(
  { sighting, target, halfLife: usual, trust, voice, onProbation }: Counted,
  { now }: ScoringInput,
  halfLives: number[],
  recurrences: Recurrences,
): void {
  const { reporter, category, evidence } = sighting;
  const lasting = lastingFactor(recurrences.get(target) ?? [], sighting.firstSeen);
  const halfLife = usual * lasting;
  target.lasting = Math.max(target.lasting, lasting);

  let voter = target.voters.at(-1);
  if (voter?.reporter !== reporter) {
    voter = { reporter, voice, trust, onProbation, cells: [] };
    target.voters.push(voter);
  }
  let cell = voter.cells.at(-1);
  if (cell?.category !== category || cell.evidence !== evidence) {
    const weight = MODEL.evidenceWeight[evidence] * trust;
    const isOwner = evidence === 'owner';
    cell = { category, evidence, weight, halfLifeMs: 0, isOwner, masses: [], messages: 0, lastSeen: 0 };
    voter.cells.push(cell);
  }
  const count = countOf(sighting);
  const mass = Math.min(count, MODEL.maxSightingCount) * decayOf(sighting, halfLife, now);
  const clock = clockOf(halfLife, halfLives);
  const ofClock = cell.masses.find((one) => one.clock === clock);
  if (ofClock) ofClock.mass += mass;
  else cell.masses.push({ clock, mass });
  cell.halfLifeMs = Math.max(cell.halfLifeMs, halfLife);
  cell.messages += count;
  cell.lastSeen = Math.max(cell.lastSeen, Math.min(sighting.lastSeen, now));
}

/** What is left of a cell's evidence. @param factors of each half-life; without them as of the scoring time */
export function massOf({ masses }: Cell, factors?: readonly number[]): number {
  let sum = 0;
  for (const { clock, mass } of masses) sum += factors ? mass * (factors[clock] ?? 0) : mass;
  return sum;
}

function addHam(ham: HamVoter[], sighting: Sighting, input: ScoringInput, halfLives: number[]): boolean {
  const { reporter } = sighting;
  const standing = input.standings.get(reporter);
  const trust = trustOf(standing);
  const halfLife = halfLifeMs(input.type, 'ham', input.context.isDynamic);
  // An owner who vouches for its own range is judge in its own case.
  if (halfLife === undefined || trust === 0 || input.context.owners.has(reporter)) return false;
  let voter = ham.at(-1);
  if (voter?.reporter !== reporter) {
    voter = {
      reporter,
      voice: standing?.voice ?? reporter,
      trust,
      clock: clockOf(halfLife, halfLives),
      mass: 0,
    };
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

type Recurrences = ReadonlyMap<FamilyEvidence, readonly number[]>;
const NO_OCCASIONS: Recurrences = new Map();

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

function trustOf(standing: ReporterStanding | undefined): number {
  const trust = standing?.trust ?? DEFAULT_TRUST;
  return trust > 0 ? Math.min(trust, 1) : 0;
}

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
