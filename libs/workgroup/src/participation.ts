import type { Action } from './action.js';
import { ActionRefused } from './errors.js';
import type { Participation } from './vocabulary.js';

/** What a member's agent says that it did. Times are milliseconds since 1970 by the member's own clock. */
export interface Acknowledgement {
  readonly state: Exclude<Participation, 'silent'>;
  readonly at: number;
  /** The member's clock less the hub's, as the agent measured it. */
  readonly clockOffsetMs: number;
}

/** A clock that is off by more than this is broken, and says nothing about when something was done. */
const MOST_OFFSET_MS = 24 * 3_600_000;

/** What may follow what. The same again is always allowed and changes nothing. */
const NEXT: Readonly<Record<Participation, readonly Participation[]>> = {
  silent: ['ready', 'applied', 'vetoed'],
  ready: ['applied', 'vetoed'],
  applied: ['removed', 'vetoed'],
  // A veto is for the member itself, and its own to take back.
  vetoed: ['ready', 'applied', 'removed'],
  removed: [],
};

/** The moment on the hub's clock that a member's report names. */
export const hubTimeOf = ({ at, clockOffsetMs }: Acknowledgement): number => at - clockOffsetMs;

/**
 * Whether a report changes what is known of a member. One that comes late is about the past and counts all the same.
 * @throws {ActionRefused} action-state, action-malformed
 */
export function acknowledges(action: Action, before: Participation, said: Acknowledgement): boolean {
  if (Math.abs(said.clockOffsetMs) > MOST_OFFSET_MS || !Number.isFinite(said.clockOffsetMs + said.at)) {
    throw new ActionRefused('action-malformed', 'clockOffsetMs: a clock that is off by more than a day');
  }
  if (action.effectiveAt === undefined) {
    throw new ActionRefused('action-state', `the action is ${action.state}: there is nothing to act on`);
  }
  if (before === said.state) return false;
  if (!NEXT[before].includes(said.state)) {
    // An older report that was overtaken on its way.
    if (said.state === 'ready' || said.state === 'applied') return false;
    throw new ActionRefused('action-state', `your member is ${before}: ${said.state} does not follow`);
  }
  return true;
}

/** How much later than the moment that was set for all, by the hub's clock; negative: earlier. */
export function skewOf(action: Action, said: Acknowledgement): number | undefined {
  if (said.state === 'applied' && action.effectiveAt !== undefined)
    return hubTimeOf(said) - action.effectiveAt;
  const end = action.rollBackAt ?? action.expiresAt;
  return said.state === 'removed' && end !== undefined ? hubTimeOf(said) - end : undefined;
}
