import type { Retention } from '../retention/retention.js';

/** Objections to what was done, and questions of authorities, come within this time. */
const RETENTION_MS = 3 * 365 * 24 * 3_600_000;
const MEMBERSHIP = 'the federation contract';

const rows = (afterMs: number, where: string): Retention['expiry'] => ({ how: 'rows', afterMs, where });
const withMember: Retention['expiry'] = { how: 'other', by: 'goes with the member' };

/** The part of RETENTION that is about the working group. */
export const ACTION_RETENTION: readonly Retention[] = [
  {
    ...{ table: 'action', class: 'record', agedBy: 'proposed_at' },
    holds: 'what the working group was asked to decide, about which subjects, and when it held',
    basis: 'accountability of those who decide about others',
    until: '3 years after it was proposed',
    expiry: rows(
      RETENTION_MS,
      `proposed_at < $1 AND state IN ('rejected', 'expired', 'rolled-back', 'reported')`,
    ),
  },
  ...(
    [
      ['action_transition', 'at', 'which member moved an action, when and why'],
      ['action_vote', 'at', 'how a member voted, and why'],
      ['action_elector', undefined, 'which members were heard, and which of them did not vote'],
      [
        'action_participant',
        'at',
        'what a member did of an action and when; counts of its lookups in buckets',
      ],
      ['action_comment', 'at', 'what a member said about an action'],
    ] as const
  ).map(([table, agedBy, holds]): Retention => ({
    ...{ table, class: 'record', holds, ...(agedBy && { agedBy }) },
    ...{ basis: 'accountability of those who decide about others', until: 'as long as the action' },
    expiry: { how: 'other', by: 'goes with the action' },
  })),
  {
    ...{ table: 'action_delegate', class: 'member', agedBy: 'since', basis: MEMBERSHIP },
    ...{
      holds: 'which member votes for which',
      until: 'taken back, or the membership ends',
      expiry: withMember,
    },
  },
  {
    ...{ table: 'member_agent', class: 'operation', agedBy: 'seen_at', basis: MEMBERSHIP },
    ...{ holds: "when a member's agent was last there, and its clock", until: 'the membership ends' },
    expiry: withMember,
  },
  {
    ...{ table: 'conduct_acceptance', class: 'record', agedBy: 'accepted_at', basis: MEMBERSHIP },
    ...{
      holds: 'which code of conduct a member accepted when',
      until: 'the membership ends',
      expiry: withMember,
    },
  },
];
