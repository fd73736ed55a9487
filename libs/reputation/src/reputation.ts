import type { Category, Evidence } from '@sekisho/report';
import type { SubjectType } from '@sekisho/subject';

/** One accepted, minimised observation. Times are milliseconds since 1970. */
export interface Sighting {
  /** Member that signed the report. */
  readonly reporter: string;
  readonly category: Category;
  readonly evidence: Evidence;
  /** Messages or events seen, 1 or more. */
  readonly count: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The exchange's own verdict led to the report: such a sighting counts nowhere. */
  readonly influenced: boolean;
}

export interface ReporterStanding {
  /** 0 (ignored) to 1. */
  readonly trust: number;
  /** Reporters with the same voice copy one another, and count as the one of them that says most. Absent: its own. */
  readonly voice?: string;
  /** New among proven reporters: it confirms what they say, and lists nothing without one of them. */
  readonly onProbation?: boolean;
}

export interface SubjectContext {
  /** Inside a declared dynamic range. */
  readonly isDynamic: boolean;
  /** On this warning list: scored, never listed without a decision. */
  readonly protection?: { readonly list: string };
  /** Reporters that own the address range: their `owner` evidence may list alone. */
  readonly owners: ReadonlySet<string>;
  /** Listed at the last scoring (hysteresis). */
  readonly wasListed: boolean;
  /** Of the working group; wins over evidence. */
  readonly decision?: 'list' | 'never-list';
}

export interface ScoringInput {
  readonly type: SubjectType;
  readonly sightings: readonly Sighting[];
  /** A reporter that is not here has DEFAULT_TRUST. */
  readonly standings: ReadonlyMap<string, ReporterStanding>;
  readonly context: SubjectContext;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export const RECOMMENDATIONS = ['ACCEPT', 'THROTTLE', 'TAG', 'DEFER', 'REJECT'] as const;
export type Recommendation = (typeof RECOMMENDATIONS)[number];

export interface CategoryScore {
  readonly category: Category;
  /** Integer 1..100, from this category's own evidence. */
  readonly score: number;
  readonly listed: boolean;
}

export interface ExplanationLine {
  readonly factor: string;
  /** Points, to 0.1. All lines sum exactly to the score; 0 is a rule that applied. */
  readonly contribution: number;
  /** Never names a reporter, and gives counts only by order of magnitude. */
  readonly detail: string;
}

export interface Reputation {
  /** Integer 0 (clean) to 100 (certainly abusive). */
  readonly score: number;
  readonly listed: boolean;
  /** Member of the high zone: can be rejected on without further thought. */
  readonly highConfidence: boolean;
  /** Abusive categories with a score of 1 or more, strongest first. */
  readonly categories: readonly CategoryScore[];
  /** Integer 0..100: how much independent evidence there is. */
  readonly confidence: number;
  readonly recommendation: Recommendation;
  /** Distinct reporters of abuse whose sightings count; those of one voice are one. */
  readonly memberCount: number;
  /** Over the sightings that count; `now` when there are none. Milliseconds since 1970. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** When nothing more is reported: from when on every published score is 0. */
  readonly expiresAt: number;
  /** When nothing more is reported: from when on it is not listed any more, of a network at the latest. Absent: not listed. */
  readonly listedUntil?: number | undefined;
  readonly explanation: readonly ExplanationLine[];
  /** Earliest time at which the figures should be computed again without new reports; absent: never. */
  readonly nextReviewAt?: number;
}
