import { atLeast, isMoreThan, type RuleSet } from './rule-set.js';
import type { ActionKind, Vote } from './vocabulary.js';

/** A member that is heard. Fixed when the vote begins: who joins or leaves later changes nothing. */
export interface Elector {
  readonly memberId: string;
  /** Its own network is concerned: it is heard, and does not vote. */
  readonly isRecused: boolean;
}

export interface CastVote {
  readonly memberId: string;
  readonly vote: Vote;
  readonly at: number;
  readonly reason: string;
}

/** Member → the member that votes for it while it does not vote itself. Not passed on: a delegate's delegate has no say. */
export type Delegations = ReadonlyMap<string, string>;

export interface Tally {
  readonly yes: number;
  readonly no: number;
  readonly abstain: number;
  readonly recused: number;
  /** Votes that must be there. */
  readonly quorum: number;
  /** Members that may vote. */
  readonly eligible: number;
}

export interface Outcome {
  readonly isApproved: boolean;
  readonly reason: string;
}

/** The votes that count, one for each member that may vote and has, by itself or by its delegate. */
export function countedVotes(
  electors: readonly Elector[],
  votes: readonly CastVote[],
  delegations: Delegations,
  rules: RuleSet,
): ReadonlyMap<string, Vote> {
  const eligible = electors.filter(({ isRecused }) => !isRecused).map(({ memberId }) => memberId);
  const mayVote = new Set(eligible);
  const own = new Map<string, Vote>();
  for (const { memberId, vote } of votes) {
    if (mayVote.has(memberId) && !own.has(memberId)) own.set(memberId, vote);
  }
  const counted = new Map(own);
  const carried = new Map<string, number>();
  for (const memberId of [...eligible].sort()) {
    const delegate = delegations.get(memberId);
    const vote = delegate === undefined ? undefined : own.get(delegate);
    if (own.has(memberId) || delegate === undefined || vote === undefined) continue;
    const already = carried.get(delegate) ?? 0;
    if (already >= rules.mostDelegated) continue;
    carried.set(delegate, already + 1);
    counted.set(memberId, vote);
  }
  return counted;
}

export function tallyOf(
  electors: readonly Elector[],
  votes: readonly CastVote[],
  delegations: Delegations,
  rules: RuleSet,
): Tally {
  const counted = [...countedVotes(electors, votes, delegations, rules).values()];
  const eligible = electors.filter(({ isRecused }) => !isRecused).length;
  const count = (vote: Vote) => counted.filter((one) => one === vote).length;
  return {
    ...{ yes: count('yes'), no: count('no'), abstain: count('abstain') },
    recused: electors.length - eligible,
    quorum: Math.max(rules.quorumAtLeast, atLeast(rules.quorum, eligible)),
    eligible,
  };
}

/** What a tally decides when the vote is over. */
export function outcomeOf(tally: Tally, kind: ActionKind, rules: RuleSet): Outcome {
  const { yes, no, abstain, quorum } = tally;
  const present = yes + no + abstain;
  if (present < quorum) {
    return { isApproved: false, reason: `quorum not reached: ${present} of ${quorum} votes` };
  }
  const part = kind === 'member-suspension' ? rules.suspensionMajority : rules.majority;
  const isApproved = yes >= rules.yesAtLeast && isMoreThan(yes, part, yes + no);
  return { isApproved, reason: `${yes} yes, ${no} no, ${abstain} abstained` };
}

/** Nobody is left whose vote could be waited for. */
export const isComplete = ({ yes, no, abstain, eligible }: Tally): boolean => yes + no + abstain === eligible;
