// What members see of each other's part in the federation, by rules that are published: docs/workgroup.md.

/** Older than this counts no more, for and against. */
export const STANDING_WINDOW_MS = 90 * 86_400_000;
/** Of fewer than these a share would say more about chance than about the member. */
const AT_LEAST = 3;

/** What a member was asked for in the window, and did. */
export interface StandingCounts {
  readonly votesAsked: number;
  readonly votesCast: number;
  readonly actionsAsked: number;
  /** Applied, or vetoed for itself: both are an answer. */
  readonly actionsAnswered: number;
  readonly alertsAsked: number;
  readonly alertsAnswered: number;
  /** Of the alerts that were answered; undefined when none was. */
  readonly medianAnswerMs: number | undefined;
}

export interface MemberStanding {
  /** Percent; undefined while too little was asked. */
  readonly votes: number | undefined;
  readonly actions: number | undefined;
  readonly alerts: number | undefined;
  /** Whole hours, at least 1: a more exact time could tell which alert it was. */
  readonly answerHours: number | undefined;
}

const share = (done: number, asked: number): number | undefined =>
  asked < AT_LEAST ? undefined : Math.round((100 * done) / asked);

export const memberStanding = (counts: StandingCounts): MemberStanding => ({
  votes: share(counts.votesCast, counts.votesAsked),
  actions: share(counts.actionsAnswered, counts.actionsAsked),
  alerts: share(counts.alertsAnswered, counts.alertsAsked),
  answerHours:
    counts.medianAnswerMs === undefined || counts.alertsAnswered < AT_LEAST
      ? undefined
      : Math.max(1, Math.round(counts.medianAnswerMs / 3_600_000)),
});
