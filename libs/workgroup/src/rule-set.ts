// The rules by which the working group decides. An action keeps the version under which it was proposed to its end: a new
// version is added here, an old one is never changed. docs/workgroup.md has the reason for each figure.
import type { ActionKind } from './vocabulary.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A part of a whole, exact: 2/3 has no binary fraction. */
export interface Fraction {
  readonly of: number;
  readonly in: number;
}

export interface RuleSet {
  readonly version: number;
  /** Votes of any kind that must be there, of those who may vote. */
  readonly quorum: Fraction;
  /** However small the federation is: two members decide nothing. */
  readonly quorumAtLeast: number;
  /** Of yes and no together, yes must be more than this. */
  readonly majority: Fraction;
  /** As `majority`, where an action takes a member's rights away. */
  readonly suspensionMajority: Fraction;
  /** A decision has at least so many members behind it: no single member lists a third party. */
  readonly yesAtLeast: number;
  /** Of how many others one member may be the delegate. */
  readonly mostDelegated: number;
  readonly rehearsalMs: number;
  readonly votingMs: number;
  /** From scheduling to T0: agents need it to receive the order and to say that they are ready. */
  readonly leadMs: number;
  /** From the order to roll back to the moment at which all do it. */
  readonly rollBackLeadMs: number;
  /** An approved action that nobody schedules in this time has lost its mandate. */
  readonly mandateMs: number;
  /** From T0 to the automatic end, at most. */
  readonly termMs: Readonly<Record<ActionKind, number>>;
  /** The longest that two officers may do without a vote. */
  readonly emergencyTermMs: number;
  /** After the end, members' agents have this long to send their figures. */
  readonly figuresMs: number;
}

const V1: RuleSet = {
  version: 1,
  quorum: { of: 1, in: 2 },
  quorumAtLeast: 2,
  majority: { of: 1, in: 2 },
  suspensionMajority: { of: 2, in: 3 },
  yesAtLeast: 2,
  mostDelegated: 2,
  rehearsalMs: 4 * HOUR_MS,
  votingMs: 3 * DAY_MS,
  leadMs: 3 * SECOND_MS,
  rollBackLeadMs: 3 * SECOND_MS,
  mandateMs: 14 * DAY_MS,
  termMs: {
    'joint-listing': 30 * DAY_MS,
    'joint-throttle': 30 * DAY_MS,
    'joint-notice': 7 * DAY_MS,
    'port25-date': 366 * DAY_MS,
    'evidence-package': 7 * DAY_MS,
    'member-suspension': 366 * DAY_MS,
  },
  emergencyTermMs: DAY_MS,
  figuresMs: DAY_MS,
};

export const RULE_SETS: readonly RuleSet[] = [V1];
export const CURRENT_RULES: RuleSet = V1;

/** @throws {RangeError} for a version that never was */
export function rulesOf(version: number): RuleSet {
  const found = RULE_SETS.find((rules) => rules.version === version);
  if (!found) throw new RangeError(`no rule set ${version}`);
  return found;
}

/** The least whole number that is this part of `whole` or more. */
export const atLeast = (part: Fraction, whole: number): number => Math.ceil((whole * part.of) / part.in);

/** Whether `some` is more than this part of `whole`; in whole numbers, so that 2 of 3 is not more than 2/3. */
export const isMoreThan = (some: number, part: Fraction, whole: number): boolean =>
  some * part.in > whole * part.of;
