import type { Category, Evidence } from '@sekisho/report';
import { HOUR_MS, MODEL } from './model.js';
import type { FamilyFigures, Figures, Policy } from './figures.js';
import { capped, saturate } from './hazard.js';
import { massOf, type HamVoter, type Voter, type WeighedEvidence } from './evidence.js';
import type { ExplanationLine } from './reputation.js';

/** Lines whose contributions, in tenths of a point, sum exactly to the score. */
export function explain(
  figures: Figures,
  weighed: WeighedEvidence,
  policy: Policy,
  now: number,
): ExplanationLine[] {
  const lines = evidenceLines(figures, weighed.ham, now);
  const notes = ruleNotes(figures, policy);
  return [...lines, ...notes.map(([factor, detail]) => ({ factor, contribution: 0, detail }))];
}

function evidenceLines(figures: Figures, ham: readonly HamVoter[], now: number): ExplanationLine[] {
  const { leading, score } = figures;
  // A score below one half is published as 0; there is nothing to take apart.
  if (score === 0) return [];
  const totalTenths = score * 10;
  const hamTenths = Math.round(1_000 * (Math.exp(-leading.tally.gross) - Math.exp(-leading.tally.net)));
  const shares = sharesOf(leading);
  const tenths = apportion(
    totalTenths - hamTenths,
    shares.map(({ hazard }) => hazard),
  );
  const lines = shares.map((share, i) => ({
    factor: `${share.category}/${share.evidence}`,
    contribution: (tenths[i] ?? 0) / 10,
    detail: `${members(share.voters)}, ${volume(share.messages)}, last seen ${age(now - share.lastSeen)}, half-life ${String(share.halfLifeMs / HOUR_MS)} h`,
  }));
  const shown = lines
    .filter(({ contribution }) => contribution > 0)
    .sort((a, b) => b.contribution - a.contribution);
  if (hamTenths === 0) return shown;
  return [
    ...shown,
    { factor: 'ham', contribution: hamTenths / 10, detail: `good mail seen by ${members(ham.length)}` },
  ];
}

function ruleNotes(figures: Figures, { type, context }: Policy): [string, string][] {
  const notes: [string, string][] = [];
  const { leading } = figures;
  if (context.decision) notes.push(['decision', `decided by people: ${context.decision}`]);
  if (context.protection) {
    notes.push(['warning-list', `on ${context.protection.list}: listed only by a decision`]);
  }
  if (leading.score > 0 && !leading.tally.isCorroborated) {
    notes.push(['uncorroborated', 'fewer independent members than a listing needs, or all of them new']);
  }
  const { lasting } = leading.evidence;
  if (leading.score > 0 && lasting > 1) {
    notes.push([
      'recurrence',
      `seen again after a week or more: what came then lasts up to ${String(lasting)} times as long`,
    ]);
  }
  const stayListed = figures.listed && !context.decision && figures.score < MODEL.listing.listAt;
  if (stayListed) notes.push(['hysteresis', `stays listed until below ${String(MODEL.listing.delistBelow)}`]);
  if (figures.victimScore > 0) {
    notes.push(['victim', `forged by others with score ${String(figures.victimScore)}: not its own doing`]);
  }
  if (type === 'subscriber') notes.push(['review', 'a match is for a person to review, never listed']);
  return notes;
}

interface Share {
  readonly category: Category;
  readonly evidence: Evidence;
  halfLifeMs: number;
  hazard: number;
  voters: number;
  messages: number;
  lastSeen: number;
}

/** Each category's and class's part of the hazard, after the cap on its reporter, in vocabulary order. */
function sharesOf({ evidence }: FamilyFigures): Share[] {
  const shares = new Map<string, Share>();
  for (const { voter, scale } of speakersOf(evidence.voters)) {
    for (const cell of voter.cells) {
      const key = `${cell.category}/${cell.evidence}`;
      let share = shares.get(key);
      if (!share) {
        const { category, halfLifeMs } = cell;
        share = {
          category,
          evidence: cell.evidence,
          halfLifeMs,
          hazard: 0,
          voters: 0,
          messages: 0,
          lastSeen: 0,
        };
        shares.set(key, share);
      }
      const hazard = saturate(cell.weight, massOf(cell));
      share.hazard += hazard * (cell.isOwner ? scale.owner : scale.thirdParty);
      share.voters++;
      share.messages += cell.messages;
      share.lastSeen = Math.max(share.lastSeen, cell.lastSeen);
      share.halfLifeMs = Math.max(share.halfLifeMs, cell.halfLifeMs);
    }
  }
  return [...shares.values()];
}

interface Speaker {
  readonly voter: Voter;
  /** What the caps leave of its hazards, 0..1. */
  readonly scale: { readonly thirdParty: number; readonly owner: number };
  readonly hazard: number;
}

/** Of each voice the reporter that says most: the others add nothing to the score. */
function speakersOf(voters: readonly Voter[]): Iterable<Speaker> {
  const speakers = new Map<string, Speaker>();
  for (const voter of voters) {
    const speaker = speakerOf(voter);
    const loudest = speakers.get(voter.voice);
    if (!loudest || speaker.hazard > loudest.hazard) speakers.set(voter.voice, speaker);
  }
  return speakers.values();
}

function speakerOf(voter: Voter): Speaker {
  let thirdParty = 0;
  let owner = 0;
  for (const cell of voter.cells) {
    const hazard = saturate(cell.weight, massOf(cell));
    if (cell.isOwner) owner += hazard;
    else thirdParty += hazard;
  }
  const scale = {
    thirdParty: thirdParty > 0 ? capped(thirdParty, 0) / thirdParty : 0,
    owner: owner > 0 ? capped(0, owner) / owner : 0,
  };
  return { voter, scale, hazard: capped(thirdParty, owner) };
}

/** Splits a whole number by weights into whole numbers that sum to it (largest remainder). */
function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return weights.map(() => 0);
  const exact = weights.map((weight) => (total * weight) / sum);
  const whole = exact.map(Math.floor);
  const missing = total - whole.reduce((a, b) => a + b, 0);
  const byRemainder = exact
    .map((value, i) => ({ i, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (const { i } of byRemainder.slice(0, missing)) whole[i] = (whole[i] ?? 0) + 1;
  return whole;
}

/** Below this many, a count could point at one of them. */
const BLURRED_BELOW = 3;

const members = (count: number) =>
  count < BLURRED_BELOW ? `fewer than ${String(BLURRED_BELOW)} members` : `${String(count)} members`;

/** Only the order of magnitude: an exact count could tell one reporter from another. */
function volume(messages: number): string {
  if (messages < 10) return 'fewer than 10 messages';
  return `${String(10 ** Math.floor(Math.log10(messages)))} messages or more`;
}

function age(ms: number): string {
  const hours = Math.floor(ms / HOUR_MS);
  if (hours < 1) return 'within the hour';
  return hours < 48 ? `${String(hours)} h ago` : `${String(Math.floor(hours / 24))} d ago`;
}
