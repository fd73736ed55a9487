// Colluding members against the scoring model: what share of the federation does what harm. The colluders know the model
// and send the strongest report that it takes from them. No clock and no randomness but the seed's.
import { answered, firstObserved, latestOf, observed, standingOf } from '@sekisho/feedback';
import type { Category, Evidence } from '@sekisho/report';
import {
  DEFAULT_TRUST,
  rollUp,
  scoreSubject,
  type ReporterStanding,
  type Reputation,
  type Sighting,
  type SubjectContext,
} from '@sekisho/reputation';
import { parseSubject } from '@sekisho/subject';

export interface PoisoningOptions {
  /** Members of the federation, colluders among them. */
  readonly members: number;
  readonly colluders: number;
  /** They have joined within the last thirty days. */
  readonly areNew?: boolean;
  /** Innocent and abusive subjects of each kind. */
  readonly subjects: number;
  readonly seed: number;
}

/** All shares are 0 to 1. */
export interface PoisoningHarm {
  /** Of innocents about whom nobody else says anything. */
  readonly listedUnknown: number;
  /** Of mail servers from which each honest member has good mail with probability 0.1. */
  readonly listedKnown: number;
  readonly listedOnWarningList: number;
  /** Of listed abusers, each seen by an honest member with probability 0.1, that the colluders take off by praise. */
  readonly clearedBots: number;
  /** The same of bots in the network of one colluder, who praises them as their owner. */
  readonly clearedOwnBots: number;
  /** A competitor's /24 is listed as a whole. */
  readonly isNetworkListed: boolean;
  /** How often a colluder guesses right, from what is published, whether one or two members reported; 0.5 is chance. */
  readonly countGuessed: number;
  /** Of a competitor's fixes, every one of which is real, those that count against it. */
  readonly failedFixes: number;
  /** Of reports of others, those whose reporter a colluder can tell from what is published, beyond guessing. */
  readonly namedReporters: number;
}

const NOW = Date.UTC(2026, 0, 1);
const SEEN_BY = 0.1;
const OPEN: SubjectContext = { isDynamic: false, owners: new Set(), wasListed: false };
/** A sixteenth of a /24 lists it; more change nothing. */
const OF_NETWORK = 16;

export function simulatePoisoning(options: PoisoningOptions): PoisoningHarm {
  const { members, colluders, subjects } = options;
  const random = seededRandom(options.seed);
  const standings = options.areNew ? newcomers(colluders) : NOBODY;
  const judged = (sightings: readonly Sighting[], context = OPEN) => score(sightings, context, standings);
  const witnesses = () => countBelow(members - colluders, random);
  // Two strong classes reach the cap of one reporter.
  const attack = [
    ...say(colluders, 'colluder', 'malware-sender', 'trap', 1_000),
    ...say(colluders, 'colluder', 'malware-sender', 'malware', 1_000),
  ];
  const each = <T>(make: () => T): T[] => Array.from({ length: subjects }, make);

  const known = each(() => [...attack, ...say(witnesses(), 'honest', 'ham', 'manual', 10_000)]);
  const bots = each(() => say(witnesses(), 'honest', 'zombie', 'trap', 8)).filter(
    (bot) => judged(bot).listed,
  );
  const praise = say(colluders, 'colluder', 'ham', 'manual', 1_000_000);
  const one = judged(attack);
  const network = rollUp({
    network: parseSubject('network', '198.51.100.0/24'),
    children: one.listed
      ? Array.from({ length: OF_NETWORK }, () => ({
          score: one.score,
          reporters: one.memberCount,
          categories: one.categories,
        }))
      : [],
    wasListed: false,
    now: NOW,
  });
  return {
    listedUnknown: shareOf(
      each(() => attack),
      (sightings) => judged(sightings).listed,
    ),
    listedKnown: shareOf(known, (sightings) => judged(sightings).listed),
    listedOnWarningList: shareOf(
      each(() => attack),
      (sightings) => judged(sightings, { ...OPEN, protection: { list: 'mail-providers' } }).listed,
    ),
    clearedBots: shareOf(bots, (bot) => !judged([...bot, ...praise], { ...OPEN, wasListed: true }).listed),
    clearedOwnBots: shareOf(bots, (bot) => {
      const context = { ...OPEN, wasListed: true, owners: new Set(['colluder-0']) };
      return !judged([...bot, ...praise], context).listed;
    }),
    isNetworkListed: network.listed,
    countGuessed: countGuessed(subjects, random),
    failedFixes: shareOf(bots, (bot) => isHeldAgainstOwner(bot, colluders)),
    namedReporters: shareOf(bots, (bot) => {
      const other = bot.map((sighting) => ({ ...sighting, reporter: `other-${sighting.reporter}` }));
      return JSON.stringify(judged(bot)) !== JSON.stringify(judged(other));
    }),
  };
}

const HOUR_MS = 3_600_000;

/** Its owner has fixed a bot that honest members saw; colluders say an hour later that they still see it. */
function isHeldAgainstOwner(bot: readonly Sighting[], colluders: number): boolean {
  const seen = (sightings: readonly Sighting[]) => ({
    ...{ isSuspect: true, count: sightings.reduce((sum, { count }) => sum + count, 0) },
    ...latestOf(sightings),
  });
  const first = firstObserved(seen(bot), NOW);
  if (!first) throw new Error('a listed bot is suspect');
  const fixed = answered(first.alert, 'fixed', standingOf({ kept: 0, failed: 0 }), NOW);
  const later = NOW + HOUR_MS;
  const lies = say(colluders, 'colluder', 'zombie', 'trap', 1_000).map((lie) => ({
    ...lie,
    lastSeen: later,
  }));
  return observed(fixed, seen([...bot, ...lies]), later).alert.failedFixes > 0;
}

const CLASSES: readonly Evidence[] = ['trap', 'complaint', 'filter', 'rate', 'unknown-user'];
/** As the hub blurs counts of members. */
const K = 3;

/**
 * The best guess between one reporter and two for every picture that is published: score and blurred count. The colluder
 * knows the model, and not with which evidence and how many messages the others came.
 */
function countGuessed(subjects: number, random: () => number): number {
  const seen = new Map<string, [one: number, two: number]>();
  for (let i = 0; i < subjects; i++) {
    const reporters = i % 2;
    const sightings = Array.from({ length: 1 + reporters }, (_, j) => {
      const evidence = CLASSES[Math.floor(random() * CLASSES.length)] ?? 'trap';
      return say(1, 'honest', 'zombie', evidence, 1 + Math.floor(random() * 50)).map((sighting) => ({
        ...sighting,
        reporter: `honest-${String(j)}`,
      }));
    }).flat();
    const { score: points, memberCount } = score(sightings);
    const picture = `${String(points)} ${memberCount < K ? 'fewer' : String(memberCount)}`;
    const counts = seen.get(picture) ?? [0, 0];
    counts[reporters === 0 ? 0 : 1] += 1;
    seen.set(picture, counts);
  }
  return [...seen.values()].reduce((right, counts) => right + Math.max(...counts), 0) / subjects;
}

type Standings = ReadonlyMap<string, ReporterStanding>;
const NOBODY: Standings = new Map();

const newcomers = (count: number): Standings =>
  new Map(
    Array.from({ length: count }, (_, i) => [
      nameOf('colluder', i),
      { trust: DEFAULT_TRUST, onProbation: true },
    ]),
  );

const score = (sightings: readonly Sighting[], context = OPEN, standings = NOBODY): Reputation =>
  scoreSubject({ type: 'ip', sightings, standings, context, now: NOW });

const nameOf = (side: 'colluder' | 'honest', i: number) => `${side}-${String(i)}`;

const say = (
  count: number,
  side: 'colluder' | 'honest',
  category: Category,
  evidence: Evidence,
  messages: number,
): Sighting[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ reporter: nameOf(side, i), category, evidence, count: messages },
    ...{ firstSeen: NOW, lastSeen: NOW, influenced: false },
  }));

const shareOf = <T>(all: readonly T[], is: (one: T) => boolean): number =>
  all.length === 0 ? 0 : all.filter((one) => is(one)).length / all.length;

const countBelow = (people: number, random: () => number): number =>
  Array.from({ length: people }, random).filter((draw) => draw < SEEN_BY).length;

/** mulberry32 (public domain): the same sequence for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
