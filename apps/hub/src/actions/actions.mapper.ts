import type { ActionDetails, Participant, StoredAction } from '@sekisho/persistence';
import {
  bucketText,
  currentTally,
  distributionOf,
  hasRehearsal,
  isVoting,
  type ActionState,
  type Counts,
  type Delegations,
} from '@sekisho/workgroup';
import type { ActionModel, ActionRehearsalModel, RehearsalShareModel } from './models/action.model.js';

const toDate = (milliseconds: number | undefined) =>
  milliseconds === undefined ? null : new Date(milliseconds);

/** An action with all that is shown of it, whoever looks. */
export interface ShownAction {
  readonly action: StoredAction;
  readonly details: ActionDetails;
  readonly delegations: Delegations;
}

/** As one member sees it; undefined: the operator, who is none. */
export function toActionModel(
  { action, details, delegations }: ShownAction,
  viewer: string | undefined,
): ActionModel {
  const { parameters, electors, votes } = action;
  return {
    ...{ id: action.id, kind: action.kind, title: action.title, reason: action.reason, state: action.state },
    ...{ version: action.version, subjects: [...action.subjects], category: action.category ?? null },
    ...{ concerns: action.concerns ?? null, campaignId: action.campaign ?? null, rules: action.rules },
    ...{ messagesPerHour: parameters.messagesPerHour ?? null, noticeTo: parameters.noticeTo ?? null },
    ...{ noticeText: parameters.noticeText ?? null, isEmergency: action.isEmergency },
    ...{ proposedBy: action.proposedBy, proposedAt: action.proposedAt },
    ...{ rehearsalEndsAt: toDate(action.rehearsalEndsAt), votingEndsAt: toDate(action.votingEndsAt) },
    ...{ isVoting: isVoting(action), isApproved: action.isApproved ?? null },
    ...{ effectiveAt: toDate(action.effectiveAt), expiresAt: toDate(action.expiresAt) },
    ...{ rollBackAt: toDate(action.rollBackAt), endedAt: toDate(action.endedAt) },
    tally: currentTally(action, delegations),
    votes: isVoting(action) ? [] : votes.map((vote) => ({ ...vote, at: new Date(vote.at) })),
    myVote: votes.find(({ memberId }) => memberId === viewer)?.vote ?? null,
    isRecused: electors.some(({ memberId, isRecused }) => memberId === viewer && isRecused),
    rehearsal: hasRehearsal(action.kind) ? toRehearsal(details.participants, viewer) : null,
    participants:
      action.effectiveAt === undefined
        ? []
        : details.participants.map(({ appliedSkewMs, removedSkewMs, ...one }) => ({
            ...{ memberId: one.memberId, state: one.state, at: one.at, note: one.note },
            ...{ skewMs: appliedSkewMs, removalSkewMs: removedSkewMs, clockOffsetMs: one.clockOffsetMs },
          })),
    history: details.history.map(({ state, ...one }) => ({ ...one, state: state as ActionState })),
    comments: [...details.comments],
  };
}

function toRehearsal(participants: readonly Participant[], viewer: string | undefined): ActionRehearsalModel {
  const rehearsed = participants.flatMap(({ rehearsal }) => (rehearsal ? [rehearsal.counts] : []));
  const actual = participants.flatMap((one) => (one.actual ? [one.actual.counts] : []));
  return {
    answered: rehearsed.length,
    distribution: toShares(rehearsed),
    own: participants.find(({ memberId }) => memberId === viewer)?.rehearsal?.counts ?? null,
    actual: toShares(actual),
  };
}

const toShares = (counts: readonly Counts[]): RehearsalShareModel[] =>
  distributionOf(counts).map((share) => ({ ...share, text: bucketText(share.from) }));
