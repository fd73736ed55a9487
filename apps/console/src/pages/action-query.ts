import { graphql, type ResultOf } from '../graphql/graphql.ts';
import type { Tone } from '../parts/marks.tsx';

export const ACTIONS = graphql(`
  query Actions {
    actions(first: 100) {
      edges {
        node {
          id
          kind
          title
          state
          proposedBy
          proposedAt
          votingEndsAt
          effectiveAt
          isVoting
          isRecused
          myVote
          isEmergency
        }
      }
    }
  }
`);

export const ACTION = graphql(`
  query Action($id: ID!) {
    action(id: $id) {
      id
      kind
      title
      reason
      state
      version
      subjects
      category
      campaignId
      concerns
      messagesPerHour
      noticeTo
      noticeText
      isEmergency
      proposedBy
      proposedAt
      rehearsalEndsAt
      votingEndsAt
      isVoting
      isApproved
      effectiveAt
      expiresAt
      rollBackAt
      endedAt
      myVote
      isRecused
      tally {
        yes
        no
        abstain
        recused
        quorum
        eligible
      }
      votes {
        memberId
        vote
        reason
        at
      }
      rehearsal {
        answered
        distribution {
          measure
          from
          text
          members
        }
        actual {
          measure
          from
          text
          members
        }
        own {
          connections
          senders
          knownGood
        }
      }
      participants {
        memberId
        state
        at
        skewMs
        removalSkewMs
        note
      }
      history {
        at
        by
        transition
        state
        reason
        logIndex
      }
      comments {
        id
        memberId
        text
        at
      }
    }
  }
`);

export const ACTION_CHANGED = graphql(`
  subscription ActionChanged {
    actionChanged {
      id
      state
    }
  }
`);

/** What a command came to: the action, or the rule that it is against. */
const OUTCOME = graphql(`
  fragment Outcome on ActionResult {
    __typename
    ... on Action {
      id
    }
    ... on ActionRefused {
      code
      message
    }
  }
`);

export const PROPOSE = graphql(
  `
    mutation ProposeAction($input: ProposeActionInput!) {
      proposeAction(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const EDIT = graphql(
  `
    mutation EditAction($id: ID!, $input: EditActionInput!, $version: Int!) {
      editAction(id: $id, input: $input, version: $version) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const VOTE = graphql(
  `
    mutation VoteOnAction($id: ID!, $vote: Vote!, $reason: String!) {
      voteOnAction(id: $id, vote: $vote, reason: $reason) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const SCHEDULE = graphql(
  `
    mutation ScheduleAction($id: ID!, $effectiveAt: DateTime!, $expiresAt: DateTime!, $version: Int!) {
      scheduleAction(id: $id, effectiveAt: $effectiveAt, expiresAt: $expiresAt, version: $version) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const ROLL_BACK = graphql(
  `
    mutation RollBackAction($id: ID!, $reason: String!, $version: Int!) {
      rollBackAction(id: $id, reason: $reason, version: $version) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const COMMENT = graphql(
  `
    mutation CommentOnAction($id: ID!, $text: String!) {
      commentOnAction(id: $id, text: $text) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const SUBMIT = graphql(
  `
    mutation SubmitAction($id: ID!) {
      submitAction(id: $id) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const WITHDRAW = graphql(
  `
    mutation WithdrawAction($id: ID!, $reason: String!) {
      withdrawAction(id: $id, reason: $reason) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const CONFIRM_EMERGENCY = graphql(
  `
    mutation ConfirmEmergency($id: ID!, $effectiveAt: DateTime!, $expiresAt: DateTime!, $reason: String!) {
      confirmEmergency(id: $id, effectiveAt: $effectiveAt, expiresAt: $expiresAt, reason: $reason) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const ACKNOWLEDGE = graphql(
  `
    mutation AcknowledgeAction($id: ID!, $state: Participation!, $reason: String!) {
      acknowledgeAction(id: $id, state: $state, reason: $reason) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const refusalOf = (outcome: ResultOf<typeof OUTCOME> | undefined): string | undefined =>
  outcome?.__typename === 'ActionRefused' ? outcome.code : undefined;

export type ActionRow = ResultOf<typeof ACTIONS>['actions']['edges'][number]['node'];
export type ShownAction = NonNullable<ResultOf<typeof ACTION>['action']>;

export const ACTION_TONE: Readonly<Record<string, Tone>> = {
  DRAFT: 'plain',
  PROPOSED: 'info',
  REHEARSAL: 'info',
  REVIEW: 'warn',
  APPROVED: 'good',
  REJECTED: 'plain',
  SCHEDULED: 'warn',
  IN_FORCE: 'bad',
  EXPIRED: 'plain',
  ROLLED_BACK: 'plain',
  REPORTED: 'plain',
};

export const PART_TONE: Readonly<Record<string, Tone>> = {
  NOT_ACTED: 'bad',
  SILENT: 'warn',
  READY: 'info',
  APPLIED: 'good',
  REMOVED: 'plain',
  VETOED: 'bad',
};

/** States in which the moment to act is over. */
const AFTER_T0: readonly string[] = ['IN_FORCE', 'EXPIRED', 'ROLLED_BACK', 'REPORTED'];
const WAITING: readonly string[] = ['SILENT', 'READY'];

/** What a member's part comes to: from T0 on, whoever was silent or only ready has not acted. */
export const partOf = (action: Pick<ShownAction, 'state'>, state: string): string =>
  AFTER_T0.includes(action.state) && WAITING.includes(state) ? 'NOT_ACTED' : state;

/** What every command of an action is given. */
export interface Commanded {
  readonly action: ShownAction;
  readonly onDone: () => void;
}
