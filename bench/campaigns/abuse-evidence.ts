// How many complaints, or failed checks, make a cluster a campaign of abuse: what the test costs where the mail is spam, and
// how often good mail is taken for abuse at any time while it grows.
import { isAbusive, tallyOf, type Observation } from '@sekisho/campaign';

const SIZES = [5, 10, 30, 100, 1_000, 10_000];
/** Two members, and this share of the copies: the whole rule before there was a test against chance. */
const SHARES = { complaint: 0.02, 'auth-failure': 0.3 } as const;
type Kind = keyof typeof SHARES;
/** Gmail's two limits of complaints and more, and assumptions about failed checks. */
const GOOD_RATES: Readonly<Record<Kind, readonly number[]>> = {
  complaint: [0.001, 0.003, 0.01, 0.02],
  'auth-failure': [0.02, 0.05, 0.1, 0.2],
};
const SPAM_RATES: Readonly<Record<Kind, readonly number[]>> = {
  complaint: [0.03, 0.05, 0.1, 0.3, 1],
  'auth-failure': [0.4, 0.6, 1],
};
/** A good cluster grows to this many copies, each reported by itself. */
const GROWN = 10_000;

const shareRule = (kind: Kind, copies: number) => Math.max(2, Math.ceil(SHARES[kind] * copies));

function isAbuseWith(kind: Kind, count: number, copies: number): boolean {
  const of = (member: string, evidence: Observation['evidence'], share: number): Observation => ({
    ...{ member, evidence, at: 0, copies: share, auth: {} },
    ...{ network: undefined, fromDomain: undefined, urlHosts: [] },
  });
  const tally = tallyOf([of('a', kind, count - 1), of('b', kind, 1), of('c', 'none', copies - count)]);
  return tally !== undefined && isAbusive(tally);
}

/** The least count that is a campaign of abuse, at least `from`; undefined: not even all copies. */
function needed(kind: Kind, copies: number, from = 2): number | undefined {
  for (let count = from; count <= copies; count++) if (isAbuseWith(kind, count, copies)) return count;
  return undefined;
}

/** What becomes of clusters that get the evidence about each copy with one probability. */
interface Fate {
  /** The part that is ever a campaign of abuse. Two members are taken as given. */
  readonly ever: number;
  /** Copies after which half of them are; undefined: never. */
  readonly halfAfter: number | undefined;
}

/** By the share of walks that ever reach the least count, summed over all walks: no draws. */
function fateOf(least: readonly (number | undefined)[], rate: number): Fate {
  let walks = [1];
  let ever = 0;
  let halfAfter: number | undefined;
  for (let copies = 1; copies <= GROWN; copies++) {
    const next = new Array<number>(walks.length + 1).fill(0);
    for (const [count, part] of walks.entries()) {
      next[count] = (next[count] ?? 0) + part * (1 - rate);
      next[count + 1] = (next[count + 1] ?? 0) + part * rate;
    }
    for (const part of next.splice(least[copies] ?? Infinity)) ever += part;
    // Sums of parts are not quite one.
    if (ever >= 0.5 - 1e-9) halfAfter ??= copies;
    if (ever > 1 - 1e-9) break;
    walks = next;
  }
  return { ever, halfAfter };
}

const cells = (...texts: readonly string[]): void => {
  console.log(texts.map((text) => text.padStart(18)).join(''));
};

export function measureAbuseEvidence(): void {
  for (const kind of ['complaint', 'auth-failure'] as const) {
    console.log(`\n${kind}: how many copies with it, at two members, make a campaign of abuse`);
    cells('copies of cluster', 'by the share', 'and by chance');
    for (const copies of SIZES) {
      cells(String(copies), String(shareRule(kind, copies)), String(needed(kind, copies) ?? 'never'));
    }
    const before: number[] = [];
    const least: (number | undefined)[] = [];
    for (let copies = 1; copies <= GROWN; copies++) {
      before[copies] = shareRule(kind, copies);
      // One copy more asks for as much or more.
      least[copies] = needed(kind, copies, least[copies - 1]);
    }
    console.log(
      `${kind}: good mail that is ever a campaign of abuse while it grows to ${GROWN.toLocaleString('en')} copies`,
    );
    cells('about each copy', 'by the share', 'and by chance');
    for (const rate of GOOD_RATES[kind]) {
      const evers = [before, least].map((rule) => fateOf(rule, rate).ever.toExponential(1));
      cells(String(rate), ...evers);
    }
    console.log(`${kind}: copies after which half of the spam is a campaign of abuse`);
    cells('about each copy', 'by the share', 'and by chance');
    for (const rate of SPAM_RATES[kind]) {
      const halves = [before, least].map((rule) => String(fateOf(rule, rate).halfAfter ?? 'never'));
      cells(String(rate), ...halves);
    }
  }
}
