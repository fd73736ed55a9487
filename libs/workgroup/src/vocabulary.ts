// The words of the working group. GraphQL shows them in capitals with `_` for `-`.

/** What members do together. `member-suspension` is about a member, all others about subjects. */
export const ACTION_KINDS = [
  'joint-listing',
  'joint-throttle',
  'joint-notice',
  'port25-date',
  'evidence-package',
  'member-suspension',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

export const ACTION_STATES = [
  'draft',
  'proposed',
  'rehearsal',
  'review',
  'approved',
  'rejected',
  'scheduled',
  'in-force',
  'expired',
  'rolled-back',
  'reported',
] as const;
export type ActionState = (typeof ACTION_STATES)[number];

export const VOTES = ['yes', 'no', 'abstain'] as const;
export type Vote = (typeof VOTES)[number];

/** What one member has done about an action. `silent`: nothing was heard of it. */
export const PARTICIPATIONS = ['silent', 'ready', 'applied', 'removed', 'vetoed'] as const;
export type Participation = (typeof PARTICIPATIONS)[number];

/** What happened to an action. */
export type TransitionName =
  | 'drafted'
  | 'edited'
  | 'proposed'
  | 'rehearsal-begun'
  | 'review-begun'
  | 'approved'
  | 'rejected'
  | 'withdrawn'
  | 'confirmed'
  | 'scheduled'
  | 'in-force'
  | 'review-decided'
  | 'roll-back-ordered'
  | 'rolled-back'
  | 'expired'
  | 'reported';

/** The actor of what happens because time has passed. */
export const CLOCK = 'clock';

/** Kinds that change what mail servers do, so that a member can replay them on its own lookups before it votes. */
export const hasRehearsal = (kind: ActionKind): boolean =>
  kind === 'joint-listing' || kind === 'joint-throttle';
