// The life of an action. Pure: a command or the clock makes a new action of an old one, together with the transitions that
// go on record. Times are milliseconds since 1970.
import { ActionRefused } from './errors.js';
import { rulesOf, type RuleSet } from './rule-set.js';
import { tallyOf, type CastVote, type Delegations, type Elector, type Tally } from './tally.js';
import {
  hasRehearsal,
  type ActionKind,
  type ActionState,
  type TransitionName,
  type Vote,
} from './vocabulary.js';

export interface Action {
  readonly state: ActionState;
  readonly kind: ActionKind;
  /** The version of the rule set under which it was proposed. */
  readonly rules: number;
  /** Two officers may put it in force for a day; the vote comes afterwards. */
  readonly isEmergency: boolean;
  /** The member that proposed it. */
  readonly proposedBy: string;
  readonly subjects: readonly string[];
  /** The member that a suspension is about. */
  readonly concerns: string | undefined;
  readonly rehearsalEndsAt: number | undefined;
  readonly votingEndsAt: number | undefined;
  readonly approvedAt: number | undefined;
  /** T0: the moment at which all members apply it. */
  readonly effectiveAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** The moment at which all take it back, once that was ordered. */
  readonly rollBackAt: number | undefined;
  /** When it ended, by expiry or roll-back. */
  readonly endedAt: number | undefined;
  /** Fixed when the vote begins; empty before. */
  readonly electors: readonly Elector[];
  readonly votes: readonly CastVote[];
  /** What the vote decided; undefined while there was none. */
  readonly isApproved: boolean | undefined;
}

export interface Transition {
  readonly transition: TransitionName;
  readonly state: ActionState;
  readonly at: number;
  /** A member, or `clock`. */
  readonly by: string;
  readonly reason: string;
}

/** Who acts: a member, by its machine client or one of its people. */
export interface Actor {
  readonly memberId: string;
  /** May schedule and roll back what others proposed, and act in an emergency. */
  readonly isOfficer: boolean;
  /** Of its member, of the code of conduct that is in force. */
  readonly hasAcceptedConduct: boolean;
}

/** What the rules have to know of the federation at this moment. */
export interface Facts {
  /** Members that are active now; they are the electors of a vote that begins now. */
  readonly electors: readonly Elector[];
  readonly delegations: Delegations;
  /** Whether every elector's agent has sent its rehearsal. */
  readonly isRehearsed: boolean;
  /** Whether every member that applied it has sent its figures. */
  readonly hasFigures: boolean;
}

export type ActionCommand =
  | { readonly type: 'propose' }
  | { readonly type: 'withdraw'; readonly reason: string }
  /** The second officer of an emergency. */
  | {
      readonly type: 'confirm';
      readonly effectiveAt: number;
      readonly expiresAt: number;
      readonly reason: string;
    }
  | { readonly type: 'vote'; readonly vote: Vote; readonly reason: string }
  | { readonly type: 'schedule'; readonly effectiveAt: number; readonly expiresAt: number }
  | { readonly type: 'roll-back'; readonly reason: string };

export interface Changed {
  readonly action: Action;
  readonly transitions: readonly Transition[];
  /** Counted now, when this command was a vote that is new. */
  readonly vote?: CastVote;
}

export const currentTally = (action: Action, delegations: Delegations): Tally =>
  tallyOf(action.electors, action.votes, delegations, rulesOf(action.rules));

/** What a proposal says, as far as the rules go by it. */
type Content = Pick<Action, 'kind' | 'isEmergency' | 'subjects' | 'concerns'>;

function requireEmergencyKind({ isEmergency, kind }: Content): void {
  if (!isEmergency || hasRehearsal(kind)) return;
  throw new ActionRefused(
    'action-malformed',
    `isEmergency: a ${kind} is no emergency; only joint listings and joint throttles can be`,
  );
}

/** A new action, as its proposer keeps it to itself until `propose`. */
export function draftOf(
  given: Content & Pick<Action, 'proposedBy'>,
  { rules, now, reason }: { rules: RuleSet; now: number; reason: string },
): Changed {
  requireEmergencyKind(given);
  const action: Action = {
    ...given,
    ...{ state: 'draft', rules: rules.version, electors: [], votes: [] },
    ...{ rehearsalEndsAt: undefined, votingEndsAt: undefined, approvedAt: undefined, effectiveAt: undefined },
    ...{ expiresAt: undefined, rollBackAt: undefined, endedAt: undefined, isApproved: undefined },
  };
  return {
    action,
    transitions: [{ transition: 'drafted', state: 'draft', at: now, by: given.proposedBy, reason }],
  };
}

/**
 * A draft that says something else.
 * @param fields names of what is different, for the record; without any nothing has changed
 * @throws {ActionRefused} not-entitled, action-state, action-malformed
 */
export function edited(
  action: Action,
  content: Content,
  { fields, actor, now }: { fields: readonly string[]; actor: Pick<Actor, 'memberId'>; now: number },
): Changed {
  if (actor.memberId !== action.proposedBy) {
    throw new ActionRefused('not-entitled', 'a draft is edited by the member that wrote it');
  }
  requireState(action, 'draft');
  requireEmergencyKind(content);
  if (fields.length === 0) return unchanged(action);
  const by = { at: now, by: actor.memberId, reason: fields.join(', ') };
  return moved(action, content, { transition: 'edited', ...by });
}

/**
 * What a member's command makes of an action. The same command again changes nothing.
 * @throws {ActionRefused} and nothing has changed
 */
export function commanded(
  action: Action,
  command: ActionCommand,
  { actor, facts, now }: { actor: Actor; facts: Facts; now: number },
): Changed {
  switch (command.type) {
    case 'propose':
      return proposed(action, actor, now);
    case 'withdraw':
      return withdrawn(action, command.reason, actor, now);
    case 'confirm':
      return confirmed(action, command, { actor, facts, now });
    case 'vote':
      return voted(action, command, actor, now);
    case 'schedule':
      return scheduled(action, command, actor, now);
    case 'roll-back':
      return rollBackOrdered(action, command.reason, actor, now);
  }
}

/** One step, with what goes on record of it. */
export function moved(
  action: Action,
  change: Partial<Action>,
  transition: Omit<Transition, 'state'>,
): Changed & { transitions: [Transition] } {
  const next = { ...action, ...change };
  return { action: next, transitions: [{ ...transition, state: next.state }] };
}

const unchanged = (action: Action): Changed => ({ action, transitions: [] });

function requireState(action: Action, ...states: readonly ActionState[]): void {
  if (states.includes(action.state)) return;
  throw new ActionRefused('action-state', `the action is ${action.state}; this needs ${states.join(' or ')}`);
}

function requireConduct({ hasAcceptedConduct }: Actor): void {
  if (hasAcceptedConduct) return;
  throw new ActionRefused(
    'conduct-not-accepted',
    'your member has not accepted the code of conduct in force: sekisho conduct accept',
  );
}

function proposed(action: Action, actor: Actor, now: number): Changed {
  if (actor.memberId !== action.proposedBy) {
    throw new ActionRefused('not-entitled', 'a draft is proposed by the member that wrote it');
  }
  if (action.state !== 'draft') return unchanged(action);
  requireConduct(actor);
  if (action.isEmergency && !actor.isOfficer) {
    throw new ActionRefused('not-entitled', 'an emergency is proposed by an officer');
  }
  const by = { at: now, by: actor.memberId, reason: action.isEmergency ? 'emergency' : '' };
  return moved(action, { state: 'proposed' }, { transition: 'proposed', ...by });
}

function withdrawn(action: Action, reason: string, actor: Actor, now: number): Changed {
  if (actor.memberId !== action.proposedBy) {
    throw new ActionRefused('not-entitled', 'a proposal is withdrawn by the member that made it');
  }
  requireState(action, 'draft', 'proposed', 'rehearsal', 'review');
  const change = { state: 'rejected', isApproved: false } as const;
  return moved(action, change, { transition: 'withdrawn', at: now, by: actor.memberId, reason });
}

function confirmed(
  action: Action,
  { effectiveAt, expiresAt, reason }: { effectiveAt: number; expiresAt: number; reason: string },
  { actor, facts, now }: { actor: Actor; facts: Facts; now: number },
): Changed {
  if (!action.isEmergency)
    throw new ActionRefused('action-state', 'the action is not an emergency: vote on it');
  requireState(action, 'proposed');
  requireConduct(actor);
  if (!actor.isOfficer || actor.memberId === action.proposedBy) {
    throw new ActionRefused('not-entitled', 'an emergency is confirmed by an officer of another member');
  }
  const own = facts.electors.find(({ memberId }) => memberId === actor.memberId);
  if (!own || own.isRecused) throw new ActionRefused('recused', 'the action concerns your own network');
  const proposer = facts.electors.find(({ memberId }) => memberId === action.proposedBy);
  if (!proposer) throw new ActionRefused('not-entitled', 'the proposer is no longer an active member');
  const rules = rulesOf(action.rules);
  requireTimes({ effectiveAt, expiresAt }, { now, leadMs: rules.leadMs, termMs: rules.emergencyTermMs });
  const change: Partial<Action> = {
    ...{ state: 'scheduled', effectiveAt, expiresAt, electors: facts.electors },
    votingEndsAt: effectiveAt + rules.votingMs,
  };
  return moved(action, change, { transition: 'confirmed', at: now, by: actor.memberId, reason });
}

/** Whether votes are taken: in the review, and of an emergency from its confirmation on. */
export const isVoting = ({ state, isEmergency, isApproved, electors }: Action): boolean =>
  state === 'review' || (isEmergency && electors.length > 0 && isApproved === undefined);

function voted(
  action: Action,
  { vote, reason }: { vote: Vote; reason: string },
  actor: Actor,
  now: number,
): Changed {
  const { memberId } = actor;
  const before = action.votes.find((one) => one.memberId === memberId);
  if (before?.vote === vote) return unchanged(action);
  if (before) {
    throw new ActionRefused('vote-cast', `your member has voted ${before.vote}; a vote is not changed`);
  }
  const elector = action.electors.find((one) => one.memberId === memberId);
  if (!isVoting(action) || now >= (action.votingEndsAt ?? 0)) {
    throw new ActionRefused('vote-over', `the action is ${action.state}: there is no vote on it now`);
  }
  if (!elector) {
    throw new ActionRefused('not-an-elector', 'your member was not active when the vote began');
  }
  if (elector.isRecused) {
    throw new ActionRefused('recused', 'the action concerns your own: you are heard, and do not vote');
  }
  requireConduct(actor);
  const cast: CastVote = { memberId, vote, at: now, reason };
  return { action: { ...action, votes: [...action.votes, cast] }, transitions: [], vote: cast };
}

function requireTimes(
  { effectiveAt, expiresAt }: { effectiveAt: number; expiresAt: number },
  { now, leadMs, termMs }: { now: number; leadMs: number; termMs: number },
): void {
  if (effectiveAt < now + leadMs) {
    throw new ActionRefused(
      'schedule-refused',
      `effectiveAt: agents need ${leadMs / 1_000} s before T0. Example: ${iso(now + 600_000)}`,
    );
  }
  if (expiresAt <= effectiveAt || expiresAt > effectiveAt + termMs) {
    throw new ActionRefused(
      'schedule-refused',
      `expiresAt: after effectiveAt, and at most ${termMs / 3_600_000} h later. Example: ${iso(effectiveAt + termMs)}`,
    );
  }
}

const iso = (at: number): string => new Date(at).toISOString();

function scheduled(
  action: Action,
  { effectiveAt, expiresAt }: { effectiveAt: number; expiresAt: number },
  actor: Actor,
  now: number,
): Changed {
  if (!actor.isOfficer && actor.memberId !== action.proposedBy) {
    throw new ActionRefused('not-entitled', 'an action is scheduled by its proposer or by an officer');
  }
  const isSame = action.effectiveAt === effectiveAt && action.expiresAt === expiresAt;
  if (action.state === 'scheduled' && isSame) return unchanged(action);
  requireState(action, 'approved');
  const rules = rulesOf(action.rules);
  requireTimes({ effectiveAt, expiresAt }, { now, leadMs: rules.leadMs, termMs: rules.termMs[action.kind] });
  const at = { at: now, by: actor.memberId, reason: `T0 ${iso(effectiveAt)}, until ${iso(expiresAt)}` };
  return moved(action, { state: 'scheduled', effectiveAt, expiresAt }, { transition: 'scheduled', ...at });
}

function rollBackOrdered(action: Action, reason: string, actor: Actor, now: number): Changed {
  if (!actor.isOfficer && actor.memberId !== action.proposedBy) {
    throw new ActionRefused('not-entitled', 'an action is rolled back by its proposer or by an officer');
  }
  if (action.rollBackAt !== undefined) return unchanged(action);
  requireState(action, 'approved', 'scheduled', 'in-force');
  return orderRollBack(action, { reason, by: actor.memberId }, now);
}

/** All take it back at one moment, a little later: agents need time to hear of it. */
export function orderRollBack(action: Action, why: { reason: string; by: string }, now: number): Changed {
  // Nothing was told to agents yet: it is back at once.
  if (action.state === 'approved') {
    const change = { state: 'rolled-back', rollBackAt: now, endedAt: now } as const;
    return moved(action, change, { transition: 'rolled-back', at: now, ...why });
  }
  const rollBackAt = now + rulesOf(action.rules).rollBackLeadMs;
  return moved(action, { rollBackAt }, { transition: 'roll-back-ordered', at: now, ...why });
}
