import {
  draftOf,
  commanded,
  type Action,
  type Actor,
  type ActionCommand,
  type Changed,
  type Facts,
} from './action.js';
import { settled } from './clock.js';
import { CURRENT_RULES } from './rule-set.js';

export const NOW = Date.parse('2026-11-20T01:00:00Z');
export const MEMBERS = ['isp-a', 'isp-b', 'isp-c', 'isp-d', 'isp-e'] as const;

export const factsOf = (change: Partial<Facts> & { recused?: readonly string[] } = {}): Facts => ({
  electors: MEMBERS.map((memberId) => ({ memberId, isRecused: change.recused?.includes(memberId) ?? false })),
  delegations: new Map(),
  ...{ isRehearsed: true, hasFigures: true },
  ...change,
});

export const actorOf = (memberId: string, change: Partial<Actor> = {}): Actor => ({
  ...{ memberId, isOfficer: false, hasAcceptedConduct: true },
  ...change,
});

/** One command, and all that is due after it, as the hub does it. */
export function given(
  action: Action,
  command: ActionCommand,
  actor: Actor,
  { facts = factsOf(), now = NOW }: { facts?: Facts; now?: number } = {},
): Changed {
  const changed = commanded(action, command, { actor, facts, now });
  const after = settled(changed.action, facts, now);
  return { ...changed, action: after.action, transitions: [...changed.transitions, ...after.transitions] };
}

export const draft = (change: Partial<Action> = {}): Action => ({
  ...draftOf(
    {
      ...{ kind: 'joint-listing', isEmergency: false, proposedBy: 'isp-a' },
      ...{ subjects: ['203.0.113.0/24'], concerns: undefined },
    },
    { rules: CURRENT_RULES, now: NOW, reason: 'snowshoe' },
  ).action,
  ...change,
});

/** In review, where all members of the fixture are electors. */
export const inReview = (facts: Facts = factsOf(), change: Partial<Action> = {}): Action =>
  given(draft(change), { type: 'propose' }, actorOf('isp-a'), { facts }).action;

export const vote = (
  action: Action,
  memberId: string,
  word: 'yes' | 'no' | 'abstain',
  facts: Facts = factsOf(),
  now: number = NOW,
): Action =>
  given(action, { type: 'vote', vote: word, reason: '' }, actorOf(memberId), { facts, now }).action;

export function approved(): Action {
  return MEMBERS.reduce((action, memberId) => vote(action, memberId, 'yes'), inReview());
}
