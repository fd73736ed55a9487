import type { Operation } from '@sekisho/access';
import { randomUUID } from 'node:crypto';

const ID = `id: "${randomUUID()}"`;
const RESULT = '{ __typename }';
const TIMES = 'effectiveAt: "2026-11-20T01:00:00Z", expiresAt: "2026-11-21T01:00:00Z"';

/** Operation, handler and a query of every field of the working group, for the access matrix. None changes anything. */
export const ACTION_FIELDS: readonly (readonly [Operation, string, string])[] = [
  ['action:read', 'ActionsResolver.actions', '{ actions { edges { cursor } } }'],
  ['action:read', 'ActionsResolver.action', `{ action(${ID}) { id } }`],
  ['action:read', 'ActionsResolver.actionStatements', `{ actionStatements(${ID}) { index } }`],
  [
    'action:propose',
    'ActionsResolver.proposeAction',
    `mutation { proposeAction(input: { kind: JOINT_LISTING, title: "", reason: "" }) ${RESULT} }`,
  ],
  [
    'action:propose',
    'ActionsResolver.editAction',
    `mutation { editAction(${ID}, input: { kind: JOINT_LISTING, title: "", reason: "" }, version: 1) ${RESULT} }`,
  ],
  ['action:propose', 'ActionsResolver.submitAction', `mutation { submitAction(${ID}) ${RESULT} }`],
  [
    'action:propose',
    'ActionsResolver.withdrawAction',
    `mutation { withdrawAction(${ID}, reason: "x") ${RESULT} }`,
  ],
  [
    'action:schedule',
    'ActionsResolver.confirmEmergency',
    `mutation { confirmEmergency(${ID}, ${TIMES}, reason: "x") ${RESULT} }`,
  ],
  ['action:vote', 'ActionsResolver.voteOnAction', `mutation { voteOnAction(${ID}, vote: YES) ${RESULT} }`],
  [
    'action:schedule',
    'ActionsResolver.scheduleAction',
    `mutation { scheduleAction(${ID}, ${TIMES}) ${RESULT} }`,
  ],
  [
    'action:roll-back',
    'ActionsResolver.rollBackAction',
    `mutation { rollBackAction(${ID}, reason: "x") ${RESULT} }`,
  ],
  [
    'action:vote',
    'ActionsResolver.commentOnAction',
    `mutation { commentOnAction(${ID}, text: "x") ${RESULT} }`,
  ],
  [
    'action:acknowledge',
    'ParticipationResolver.acknowledgeAction',
    `mutation { acknowledgeAction(${ID}, state: READY) ${RESULT} }`,
  ],
  [
    'action:acknowledge',
    'ParticipationResolver.submitActionResult',
    `mutation { submitActionResult(result: "x") ${RESULT} }`,
  ],
  ['member:list', 'ParticipationResolver.standings', '{ standings { memberId } }'],
  ['hub:describe', 'ParticipationResolver.clock', '{ clock }'],
  ['action:acknowledge', 'ParticipationResolver.reportAgent', 'mutation { reportAgent(clockOffsetMs: 0) }'],
  ['action:vote', 'ParticipationResolver.voteDelegate', '{ voteDelegate }'],
  ['action:vote', 'ParticipationResolver.delegateVote', 'mutation { delegateVote }'],
  ['conduct:read', 'ParticipationResolver.codeOfConduct', '{ codeOfConduct { version } }'],
  [
    'conduct:accept',
    'ParticipationResolver.acceptConduct',
    'mutation { acceptConduct(version: "1999-01") { version } }',
  ],
];
