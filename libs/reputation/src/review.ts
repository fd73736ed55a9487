// When published figures go stale by decay alone. Decay is monotone, so a doubling grid and bisection find the moment;
// only with `ham` can a figure leave and come back between two grid points, which a review would not have changed.
import type { WeighedEvidence } from './evidence.js';
import { evaluate, type Figures, type Policy } from './figures.js';
import { MODEL } from './model.js';

export interface Outlook {
  readonly expiresAt: number;
  readonly nextReviewAt?: number;
}

/** First step of the grid: far shorter than any half-life. */
const FIRST_STEP_MS = 1_800_000;
/** 2^50 half hours outlast any clock; the bound only keeps a defect from looping for ever. */
const MAX_DOUBLINGS = 50;

/** When the figures should be computed again, and when nothing is left of them. */
export function outlook(weighed: WeighedEvidence, current: Figures, policy: Policy, now: number): Outlook {
  if (isOver(current)) return { expiresAt: now };
  const later: Policy = { ...policy, context: { ...policy.context, wasListed: current.listed } };
  const at = (elapsedMs: number) => evaluate(weighed, elapsedMs, later);
  const review = firstMoment((elapsedMs) => hasMoved(current, at(elapsedMs)), 0);
  const expiry = firstMoment((elapsedMs) => isOver(at(elapsedMs)), review - MODEL.review.precisionMs);
  return { expiresAt: now + expiry, nextReviewAt: now + review };
}

const isOver = ({ score, victimScore }: Figures) => score === 0 && victimScore === 0;

function hasMoved(from: Figures, to: Figures): boolean {
  return (
    Math.abs(from.score - to.score) >= MODEL.review.scoreStep ||
    Math.abs(from.victimScore - to.victimScore) >= MODEL.review.scoreStep ||
    from.listed !== to.listed ||
    from.highConfidence !== to.highConfidence ||
    from.recommendation !== to.recommendation ||
    from.listedMask !== to.listedMask ||
    isOver(to)
  );
}

/** The least time after `startMs` at which `isReached` holds, late by at most the model's precision. */
function firstMoment(isReached: (elapsedMs: number) => boolean, startMs: number): number {
  let before = Math.max(0, startMs);
  let step = FIRST_STEP_MS;
  for (let i = 0; i < MAX_DOUBLINGS && !isReached(before + step); i++) {
    before += step;
    step *= 2;
  }
  let reached = before + step;
  while (reached - before > MODEL.review.precisionMs) {
    const middle = Math.floor((before + reached) / 2);
    if (isReached(middle)) reached = middle;
    else before = middle;
  }
  return reached;
}
