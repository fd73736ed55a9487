import type {
  Action,
  ActionParameters,
  ActionState,
  ActionKind,
  CastVote,
  Elector,
} from '@sekisho/workgroup';
import type { Sql } from '../database.js';

const TIMES = [
  ...(['rehearsal_ends_at', 'voting_ends_at', 'approved_at', 'effective_at', 'expires_at'] as const),
  ...(['roll_back_at', 'ended_at'] as const),
];

/** What the hub keeps of an action besides what its rules need. */
export interface StoredAction extends Action {
  readonly id: string;
  readonly title: string;
  readonly reason: string;
  readonly category: string | undefined;
  readonly parameters: ActionParameters;
  /** The campaign that it is about, if it was named. */
  readonly campaign: string | undefined;
  readonly proposedAt: Date;
  /** It was proposed. A draft, and one that was thrown away, is its own member's alone. */
  readonly isPublic: boolean;
  /** Grows by one with every change: who saw an older one did not see this. */
  readonly version: number;
  /** Over all actions, for followers. */
  readonly revision: number;
  readonly report: unknown;
}

/** Whether a row of `action` was ever put before the members. */
export const IS_PUBLIC =
  "EXISTS (SELECT FROM action_transition WHERE action_id = action.id AND transition = 'proposed')";

/** Times in milliseconds. */
export const ACTION_COLUMNS = [
  ...['id', 'kind', 'title', 'reason', 'subjects', 'category', 'parameters', 'concerns', 'campaign', 'state'],
  ...['rules', 'is_emergency', 'proposed_by', 'proposed_at', 'is_approved', 'report', 'version'],
  ...['revision::float8 AS revision', `${IS_PUBLIC} AS is_public`],
  ...TIMES.map((column) => `(extract(epoch FROM ${column}) * 1000)::float8 AS ${column}`),
].join(', ');

export interface ActionRow extends Record<(typeof TIMES)[number], number | null> {
  readonly id: string;
  readonly kind: ActionKind;
  readonly title: string;
  readonly reason: string;
  readonly subjects: string[];
  readonly category: string | null;
  readonly parameters: ActionParameters;
  readonly concerns: string | null;
  readonly campaign: string | null;
  readonly state: ActionState;
  readonly rules: number;
  readonly is_emergency: boolean;
  readonly proposed_by: string;
  readonly proposed_at: Date;
  readonly is_approved: boolean | null;
  readonly is_public: boolean;
  readonly report: unknown;
  readonly version: number;
  readonly revision: number;
}

interface VoteRow extends Omit<CastVote, 'at'> {
  readonly action_id: string;
  readonly at: number;
}

/** Completes rows with their electors and votes. */
export async function withVotes(sql: Sql, rows: readonly ActionRow[]): Promise<StoredAction[]> {
  if (rows.length === 0) return [];
  const ids = [rows.map(({ id }) => id)];
  const electors: (Elector & { action_id: string })[] = await sql.query(
    `SELECT action_id, member_id AS "memberId", is_recused AS "isRecused" FROM action_elector
     WHERE action_id = ANY($1) ORDER BY member_id`,
    ids,
  );
  const votes: VoteRow[] = await sql.query(
    `SELECT action_id, member_id AS "memberId", vote, reason, (extract(epoch FROM at) * 1000)::float8 AS at
     FROM action_vote WHERE action_id = ANY($1) ORDER BY at, member_id`,
    ids,
  );
  return rows.map((row) =>
    toStored(
      row,
      electors.filter(({ action_id }) => action_id === row.id),
      votes.filter(({ action_id }) => action_id === row.id),
    ),
  );
}

const toStored = (
  row: ActionRow,
  electors: readonly Elector[],
  votes: readonly CastVote[],
): StoredAction => ({
  ...{ id: row.id, kind: row.kind, title: row.title, reason: row.reason, state: row.state, rules: row.rules },
  ...{ subjects: row.subjects, category: row.category ?? undefined, parameters: row.parameters },
  ...{ concerns: row.concerns ?? undefined, campaign: row.campaign ?? undefined, report: row.report },
  ...{
    isEmergency: row.is_emergency,
    isPublic: row.is_public,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
  },
  rehearsalEndsAt: row.rehearsal_ends_at ?? undefined,
  votingEndsAt: row.voting_ends_at ?? undefined,
  approvedAt: row.approved_at ?? undefined,
  effectiveAt: row.effective_at ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  rollBackAt: row.roll_back_at ?? undefined,
  endedAt: row.ended_at ?? undefined,
  isApproved: row.is_approved ?? undefined,
  ...{ version: row.version, revision: row.revision },
  electors: electors.map(({ memberId, isRecused }) => ({ memberId, isRecused })),
  votes: votes.map(({ memberId, vote, reason, at }) => ({ memberId, vote, reason, at })),
});
