import { graphql, type ResultOf } from '../graphql/graphql.ts';
import type { Tone } from '../parts/marks.tsx';

export const ALERTS = graphql(`
  query Alerts {
    alerts(first: 500) {
      edges {
        node {
          id
          subject
          category
          state
          messages
          lastSeen
          openedAt
          evidenceCount
          fixedAt
          quietAt
          endsEarly
          failedFixes
          closedAt
          outcome
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

export const ALERT_RAISED = graphql(`
  subscription AlertRaised {
    alertRaised {
      change
    }
  }
`);

export type AlertRow = ResultOf<typeof ALERTS>['alerts']['edges'][number]['node'];

export const STATE_TONE: Readonly<Record<string, Tone>> = {
  open: 'bad',
  seen: 'warn',
  found: 'warn',
  observing: 'info',
  closed: 'good',
};
