import { describe, expect, it } from 'vitest';
import { memberStanding, type StandingCounts } from './standing.js';

const counts: StandingCounts = {
  ...{ votesAsked: 4, votesCast: 3, actionsAsked: 3, actionsAnswered: 3 },
  ...{ alertsAsked: 10, alertsAnswered: 9, medianAnswerMs: 5.4 * 3_600_000 },
};

describe('the standing of a member', () => {
  it('is the share of what it was asked for, and how long its answers took', () => {
    expect(memberStanding(counts)).toEqual({ votes: 75, actions: 100, alerts: 90, answerHours: 5 });
  });

  it('says nothing of what was asked fewer than three times', () => {
    const few = { ...counts, votesAsked: 2, votesCast: 0, alertsAnswered: 2 };
    expect(memberStanding(few)).toMatchObject({ votes: undefined, answerHours: undefined });
  });
});
