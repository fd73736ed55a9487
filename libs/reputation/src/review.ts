// When published figures go stale by decay alone. Decay is monotone, so a doubling grid and bisection find the moment;
// only with `ham` can a figure leave and come back between two grid points, which a review would not have changed.
import type { WeighedEvidence } from './evidence.js';
import { evaluate, pointsAt, recommend, type Figures, type Points, type Policy } from './figures.js';
import { HOUR_MS, MODEL } from './model.js';

export interface Outlook {
  readonly expiresAt: number;
  readonly listedUntil: number | undefined;
  readonly nextReviewAt?: number;
}

/** First step of the grid: about the shortest time in which a lone figure moves. */
const FIRST_STEP_MS = 4 * HOUR_MS;
const GRID_RATIO = 3;
/** The grid then outlasts any clock; the bound only keeps a defect from looping for ever. */
const MAX_STEPS = 40;

/** When the figures should be computed again, when the listing ends, and when nothing is left of them. */
export function outlook(weighed: WeighedEvidence, current: Figures, policy: Policy, now: number): Outlook {
  if (isOver(current)) return { expiresAt: now, listedUntil: undefined };
  const later: Policy = { ...policy, context: { ...policy.context, wasListed: current.listed } };
  const isPassive = !current.listed && current.listedMask === 0 && weighed.ham.length === 0;
  const review = firstMoment(
    isPassive
      ? (elapsedMs) => hasScoreMoved(current, pointsAt(weighed, elapsedMs))
      : (elapsedMs) => hasMoved(current, evaluate(weighed, elapsedMs, later)),
    0,
  );
  const expiry = firstMoment((elapsedMs) => isOver(pointsAt(weighed, elapsedMs)), review - 1);
  const delisting = delistingOf(weighed, current, policy, review);
  return {
    ...{ expiresAt: now + expiry, nextReviewAt: now + review },
    listedUntil: delisting === undefined ? undefined : now + delisting,
  };
}

/** When the evidence alone would list no more, in milliseconds from now; undefined: it does not list now. */
function delistingOf(
  weighed: WeighedEvidence,
  current: Figures,
  { type, context: { decision, ...context } }: Policy,
  review: number,
): number | undefined {
  if (!current.listed) return undefined;
  // A decision lists whatever the evidence says.
  if (decision !== undefined && !evaluate(weighed, 0, { type, context }).listed) return undefined;
  const isOff = (elapsedMs: number) =>
    pointsAt(weighed, elapsedMs).corroboratedScore < MODEL.listing.delistBelow;
  return firstMoment(isOff, decision === undefined ? review - 1 : 0);
}

const isOver = ({ score, victimScore }: Points) => score === 0 && victimScore === 0;

/** All that can move where nothing is listed: without good mail every hazard only falls, so nothing comes to be listed. */
const hasScoreMoved = (from: Figures, to: Points): boolean =>
  havePointsMoved(from, to) || from.recommendation !== recommend(to.score, false, false);

function hasMoved(from: Figures, to: Figures): boolean {
  return (
    havePointsMoved(from, to) ||
    from.listed !== to.listed ||
    from.highConfidence !== to.highConfidence ||
    from.recommendation !== to.recommendation ||
    from.listedMask !== to.listedMask
  );
}

const havePointsMoved = (from: Points, to: Points): boolean =>
  Math.abs(from.score - to.score) >= MODEL.review.scoreStep ||
  Math.abs(from.victimScore - to.victimScore) >= MODEL.review.scoreStep ||
  isOver(to);

/** The least time after `startMs` at which `isReached` holds, late by at most the model's precision. */
function firstMoment(isReached: (elapsedMs: number) => boolean, startMs: number): number {
  const { precisionMs, precisionShare } = MODEL.review;
  let before = startMs;
  let step = FIRST_STEP_MS;
  for (let i = 0; i < MAX_STEPS && !isReached(before + step); i++) {
    before += step;
    step *= GRID_RATIO;
  }
  let reached = before + step;
  while (reached - before > Math.max(precisionMs, reached * precisionShare)) {
    const middle = Math.floor((before + reached) / 2);
    if (isReached(middle)) reached = middle;
    else before = middle;
  }
  return reached;
}
