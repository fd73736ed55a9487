// What time alone does to an action: votes end, T0 comes, terms expire.
import { moved, orderRollBack, type Action, type Changed, type Facts, type Transition } from './action.js';
import { rulesOf, type RuleSet } from './rule-set.js';
import { isComplete, outcomeOf, tallyOf } from './tally.js';
import { CLOCK, hasRehearsal, type TransitionName } from './vocabulary.js';

/** All that is due by now, in order. Doing it twice changes nothing. */
export function settled(action: Action, facts: Facts, now: number): Changed {
  const transitions: Transition[] = [];
  let current = action;
  for (;;) {
    const next = due(current, facts, now);
    if (!next) return { action: current, transitions };
    transitions.push(...next.transitions);
    current = next.action;
  }
}

function due(action: Action, facts: Facts, now: number): Changed | undefined {
  const rules = rulesOf(action.rules);
  // What was late is on record with the moment at which it was due by the clock of all.
  const clock = (transition: TransitionName, reason = '', at = now) => ({
    transition,
    at,
    by: CLOCK,
    reason,
  });
  const isPast = (at: number | undefined) => at !== undefined && now >= at;
  switch (action.state) {
    case 'proposed': {
      if (action.isEmergency) return undefined;
      return hasRehearsal(action.kind)
        ? moved(
            action,
            { state: 'rehearsal', rehearsalEndsAt: now + rules.rehearsalMs },
            clock('rehearsal-begun'),
          )
        : reviewBegun(action, facts, rules, now);
    }
    case 'rehearsal':
      return facts.isRehearsed || isPast(action.rehearsalEndsAt)
        ? reviewBegun(action, facts, rules, now)
        : undefined;
    case 'review':
      return decidedIn(action, facts, rules, now);
    case 'approved':
      return isPast((action.approvedAt ?? 0) + rules.mandateMs)
        ? moved(action, { state: 'expired', endedAt: now }, clock('expired', 'never scheduled'))
        : undefined;
    case 'scheduled':
      if (isPast(action.rollBackAt) && (action.rollBackAt ?? 0) <= (action.effectiveAt ?? Infinity)) {
        return ended(action, 'rolled-back', clock('rolled-back', '', action.rollBackAt));
      }
      return isPast(action.effectiveAt)
        ? moved(action, { state: 'in-force' }, clock('in-force', '', action.effectiveAt))
        : emergencyReviewed(action, facts, rules, now);
    case 'in-force':
      if (isPast(action.rollBackAt))
        return ended(action, 'rolled-back', clock('rolled-back', '', action.rollBackAt));
      if (isPast(action.expiresAt)) return ended(action, 'expired', clock('expired', '', action.expiresAt));
      return emergencyReviewed(action, facts, rules, now);
    case 'expired':
    case 'rolled-back': {
      const reviewed = emergencyReviewed(action, facts, rules, now);
      if (reviewed) return reviewed;
      const hasVoted = !action.isEmergency || action.isApproved !== undefined;
      const isReady = facts.hasFigures || isPast((action.endedAt ?? 0) + rules.figuresMs);
      return wasInForce(action) && hasVoted && isReady
        ? moved(action, { state: 'reported' }, clock('reported'))
        : undefined;
    }
    default:
      return undefined;
  }
}

/** What never was in force leaves nothing to report of. */
const wasInForce = ({ effectiveAt, endedAt }: Action): boolean =>
  effectiveAt !== undefined && (endedAt ?? 0) > effectiveAt;

const ended = (action: Action, state: 'expired' | 'rolled-back', transition: Omit<Transition, 'state'>) =>
  moved(action, { state, endedAt: transition.at }, transition);

function reviewBegun(action: Action, { electors }: Facts, rules: RuleSet, now: number): Changed {
  const change = { state: 'review', electors, votingEndsAt: now + rules.votingMs } as const;
  return moved(action, change, { transition: 'review-begun', at: now, by: CLOCK, reason: '' });
}

/** The outcome of a vote that is over, because its time is or because nobody is left to wait for. */
function voteOver(action: Action, { delegations }: Facts, rules: RuleSet, now: number) {
  const tally = tallyOf(action.electors, action.votes, delegations, rules);
  const isOver = isComplete(tally) || now >= (action.votingEndsAt ?? Infinity);
  return isOver ? outcomeOf(tally, action.kind, rules) : undefined;
}

function decidedIn(action: Action, facts: Facts, rules: RuleSet, now: number): Changed | undefined {
  const outcome = voteOver(action, facts, rules, now);
  if (!outcome) return undefined;
  const { isApproved, reason } = outcome;
  const transition = isApproved ? 'approved' : 'rejected';
  const change: Partial<Action> = { state: transition, isApproved, approvedAt: isApproved ? now : undefined };
  return moved(action, change, { transition, at: now, by: CLOCK, reason });
}

/** The vote on what two officers did. A refusal takes it back at one moment, as a roll-back does. */
function emergencyReviewed(action: Action, facts: Facts, rules: RuleSet, now: number): Changed | undefined {
  if (!action.isEmergency || action.isApproved !== undefined || action.electors.length === 0)
    return undefined;
  const outcome = voteOver(action, facts, rules, now);
  if (!outcome) return undefined;
  const { isApproved, reason } = outcome;
  const why = { by: CLOCK, reason: `${isApproved ? 'approved' : 'disapproved'}: ${reason}` };
  const reviewed = moved(action, { isApproved }, { transition: 'review-decided', at: now, ...why });
  const isLive = action.state === 'scheduled' || action.state === 'in-force';
  if (isApproved || !isLive || action.rollBackAt !== undefined) return reviewed;
  const back = orderRollBack(reviewed.action, why, now);
  return { action: back.action, transitions: [...reviewed.transitions, ...back.transitions] };
}

/** When the clock alone next changes something; undefined: never. */
export function nextDueAt(action: Action): number | undefined {
  const rules = rulesOf(action.rules);
  const review = action.isEmergency && action.isApproved === undefined ? action.votingEndsAt : undefined;
  const earliest = (...times: readonly (number | undefined)[]) => {
    const known = times.filter((at) => at !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  switch (action.state) {
    case 'proposed':
      return action.isEmergency ? undefined : 0;
    case 'rehearsal':
      return action.rehearsalEndsAt;
    case 'review':
      return action.votingEndsAt;
    case 'approved':
      return (action.approvedAt ?? 0) + rules.mandateMs;
    case 'scheduled':
      return earliest(action.effectiveAt, action.rollBackAt, review);
    case 'in-force':
      return earliest(action.expiresAt, action.rollBackAt, review);
    case 'expired':
    case 'rolled-back': {
      return wasInForce(action) ? (review ?? (action.endedAt ?? 0) + rules.figuresMs) : review;
    }
    default:
      return undefined;
  }
}
