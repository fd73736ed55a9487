import { graphql, type ResultOf } from '../graphql/graphql.ts';
import type { Tone } from '../parts/marks.tsx';

const APPEAL_ROW = graphql(`
  fragment AppealRow on Appeal {
    id
    subject
    reasonClass
    state
    outcome
    filedAt
    dueAt
    decidedAt
    isOverdue
    isConcerned
    effectMs
  }
`);

export const APPEALS = graphql(
  `
    query Appeals($state: AppealState, $after: String) {
      appeals(first: 100, state: $state, after: $after) {
        edges {
          node {
            ...AppealRow
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [APPEAL_ROW],
);

export const APPEAL_CHANGED = graphql(
  `
    subscription AppealChanged {
      appealChanged {
        ...AppealRow
      }
    }
  `,
  [APPEAL_ROW],
);

export const APPEAL = graphql(`
  query Appeal($id: ID!) {
    appeal(id: $id) {
      id
      subject
      reasonClass
      text
      state
      version
      filedAt
      dueAt
      isOverdue
      isConcerned
      outcome
      reason
      decidedAt
      effectMs
      effectEdges
      evidence {
        factor
        contribution
        detail
      }
    }
  }
`);

/** What the subject is at this moment, beside what it was when the appeal was filed. */
export const APPEALED = graphql(`
  query AppealedSubject($subject: Subject!) {
    reputation(subject: $subject) {
      subject
      score
      listed
      confidence
      categories
      memberCount
      firstSeen
      lastSeen
    }
  }
`);

export const DECIDE = graphql(`
  mutation DecideAppeal($id: ID!, $outcome: AppealOutcome!, $reason: String!, $version: Int!) {
    decideAppeal(id: $id, outcome: $outcome, reason: $reason, version: $version) {
      id
      state
      version
      outcome
    }
  }
`);

export type AppealRow = ResultOf<typeof APPEALS>['appeals']['edges'][number]['node'];
export type ShownAppeal = NonNullable<ResultOf<typeof APPEAL>['appeal']>;

const OUTCOME_TONE: Readonly<Record<string, Tone>> = { UPHELD: 'good', REJECTED: 'plain', RELEASED: 'good' };

/** What a badge says of an appeal: its outcome once there is one, and overdue before all else. */
export function stateOf({ state, outcome, isOverdue }: Pick<AppealRow, 'state' | 'outcome' | 'isOverdue'>): {
  readonly prefix: 'appealOutcome' | 'appealState';
  readonly word: string;
  readonly tone: Tone;
} {
  if (outcome !== null) {
    return { prefix: 'appealOutcome', word: outcome, tone: OUTCOME_TONE[outcome] ?? 'plain' };
  }
  if (isOverdue) return { prefix: 'appealState', word: 'OVERDUE', tone: 'bad' };
  return { prefix: 'appealState', word: state, tone: state === 'OPEN' ? 'warn' : 'plain' };
}
