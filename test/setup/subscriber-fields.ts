import type { Operation } from '@sekisho/access';
import { randomUUID } from 'node:crypto';

/** Operation, handler and a query of every field about subscribers, for the access matrix. */
export const SUBSCRIBER_FIELDS: readonly (readonly [Operation, string, string])[] = [
  [
    'subscriber:terminate',
    'SubscribersResolver.terminateSubscriber',
    'mutation { terminateSubscriber(envelope: "x") { terminationId } }',
  ],
  [
    'subscriber:canary',
    'SubscribersResolver.plantCanary',
    'mutation { plantCanary(envelope: "x") { terminationId } }',
  ],
  [
    'subscriber:terminate',
    'SubscribersResolver.renewTerminations',
    'mutation { renewTerminations(envelope: "x") }',
  ],
  [
    'subscriber:terminate',
    'SubscribersResolver.withdrawTermination',
    `mutation { withdrawTermination(terminationId: "${randomUUID()}") }`,
  ],
  [
    'subscriber:contest',
    'SubscribersResolver.contestTermination',
    `mutation { contestTermination(terminationId: "${randomUUID()}") }`,
  ],
  [
    'subscriber:check',
    'SubscribersResolver.checkSubscriber',
    'mutation { checkSubscriber(envelope: "x") { strength } }',
  ],
  [
    'subscriber:check',
    'SubscribersResolver.declareSignUps',
    'mutation { declareSignUps(day: "2026-11-24", signUps: 1) }',
  ],
  ['subscriber:terminate', 'RecordsResolver.terminations', '{ terminations { id } }'],
  [
    'subscriber:terminate',
    'RecordsResolver.correctTermination',
    'mutation { correctTermination(envelope: "x") { terminationId } }',
  ],
  [
    'subscriber:decide',
    'RecordsResolver.decideTerminationAppeal',
    `mutation { decideTerminationAppeal(terminationId: "${randomUUID()}", decision: "upheld", appeal: "X-1") }`,
  ],
  ['subscriber:case', 'CasesResolver.subscriberCases', '{ subscriberCases { id } }'],
  ['subscriber:case', 'CasesResolver.caseMessages', `{ caseMessages(caseId: "${randomUUID()}") { id } }`],
  [
    'subscriber:case',
    'CasesResolver.setCaseKey',
    `mutation { setCaseKey(caseId: "${randomUUID()}", key: "{}") }`,
  ],
  [
    'subscriber:case',
    'CasesResolver.sendCaseMessage',
    `mutation { sendCaseMessage(caseId: "${randomUUID()}", messageId: "${randomUUID()}", sealed: "x") }`,
  ],
  ['subscriber:canary', 'SubscribersResolver.canaryAlarms', '{ canaryAlarms { checkId } }'],
];
