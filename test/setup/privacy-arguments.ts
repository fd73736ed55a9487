// What the privacy walk asks with. A new query with required arguments, a new route with parameters and a new subscription
// each need a line here; the walk fails until there is one.
import type { ArgumentTable } from './privacy-walk.js';

/** In the network of isp-owner, reported by five members. */
export const OWNED_IP = '198.18.0.7';
/** Nobody's, reported by five members. */
export const LISTED_IP = '203.0.113.9';
/** Reported by two members: below k. */
export const QUIET_IP = '203.0.113.10';
export const DOMAIN = 'reported.example.com';
export const ADDRESS_HASH = 'ab'.repeat(32);

/** A case of two reporters, with a message of each. */
export const CASE_ID = '0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44';

/** What that case is about: a record of the first reporter. */
export const RECORD_ID = '0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d55';

/** No action has it. Who proposes, votes and acts is known to all members by design: docs/workgroup.md. */
const ACTION_ID = '0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d66';
const TIMES = 'effectiveAt: "2026-11-20T01:00:00Z", expiresAt: "2026-11-21T01:00:00Z"';

export const SUBJECTS = [OWNED_IP, LISTED_IP, QUIET_IP, DOMAIN, `address:${ADDRESS_HASH}`];
const asLiterals = SUBJECTS.map((subject) => JSON.stringify(subject));

export const ARGUMENTS: ArgumentTable = {
  'Query.reputation': asLiterals.map((subject) => `(subject: ${subject})`),
  'Query.reputations': [`(subjects: [${asLiterals.join(', ')}])`],
  'Query.listingDecisions': asLiterals.map((subject) => `(subject: ${subject})`),
  // One's own, and somebody else's.
  'Query.calibration': ['', '(memberId: "isp-owner")', '(memberId: "isp-b")'],
  'Query.caseMessages': [`(caseId: "${CASE_ID}")`],
  // Ids are given in order: the first campaign of the walk's own federation.
  'Query.campaign': ['(id: "1")'],
  'Query.ownerKey': asLiterals.map((subject) => `(subject: ${subject})`),
  // Mutations aim at what is somebody else's. What is signed is refused here: its answers are about the signer's own.
  ...Object.fromEntries(
    [
      ...['submitReports', 'terminateSubscriber', 'plantCanary', 'renewTerminations'],
      ...['checkSubscriber', 'correctTermination'],
    ].map((name) => [`Mutation.${name}`, ['(envelope: "x")']]),
  ),
  'Mutation.invitePerson': ['(name: "Walked", role: ABUSE_DESK)'],
  'Mutation.removePerson': [`(id: "${CASE_ID}")`],
  'Mutation.stateCosts': ['(costs: { default: { abuse: 1, refused: 20 } })'],
  'Mutation.claimNetwork': ['(network: "203.0.113.0/24")'],
  'Mutation.declareRange': ['(network: "203.0.113.0/24")'],
  'Mutation.withdrawRange': ['(network: "203.0.113.0/24")'],
  'Mutation.setEventStatus': ['(status: ENABLED)'],
  'Mutation.verifyEventStream': ['(state: "walk")'],
  'Mutation.acknowledgeEvidence': ['(ids: ["1", "2", "3", "4", "5"])'],
  'Mutation.contestTermination': [`(terminationId: "${RECORD_ID}")`],
  'Mutation.decideTerminationAppeal': [`(terminationId: "${RECORD_ID}", decision: "upheld", appeal: "A-1")`],
  'Mutation.withdrawTermination': [`(terminationId: "${RECORD_ID}")`],
  'Mutation.declareSignUps': ['(day: "2026-11-24", signUps: 1)'],
  'Mutation.proveDomain': [`(domain: "${DOMAIN}")`],
  'Mutation.setCaseKey': [`(caseId: "${CASE_ID}", key: "{}")`],
  'Mutation.sendCaseMessage': [`(caseId: "${CASE_ID}", messageId: "${CASE_ID}", sealed: "x")`],
  'Query.appeal': [`(id: "${CASE_ID}")`],
  'Mutation.fileAppeal': ['(input: { subject: "203.0.113.9", text: "walked" })'],
  'Mutation.decideAppeal': [`(id: "${CASE_ID}", outcome: UPHELD, reason: "walked", version: 1)`],
  'Query.action': [`(id: "${ACTION_ID}")`],
  'Query.actionStatements': [`(id: "${ACTION_ID}")`],
  'Mutation.proposeAction': ['(input: { kind: JOINT_LISTING, title: "", reason: "" })'],
  'Mutation.editAction': [
    `(id: "${ACTION_ID}", input: { kind: JOINT_LISTING, title: "", reason: "" }, version: 1)`,
  ],
  'Mutation.submitAction': [`(id: "${ACTION_ID}")`],
  'Mutation.withdrawAction': [`(id: "${ACTION_ID}", reason: "x")`],
  'Mutation.confirmEmergency': [`(id: "${ACTION_ID}", ${TIMES}, reason: "x")`],
  'Mutation.voteOnAction': [`(id: "${ACTION_ID}", vote: YES)`],
  'Mutation.scheduleAction': [`(id: "${ACTION_ID}", ${TIMES})`],
  'Mutation.rollBackAction': [`(id: "${ACTION_ID}", reason: "x")`],
  'Mutation.commentOnAction': [`(id: "${ACTION_ID}", text: "x")`],
  'Mutation.acknowledgeAction': [`(id: "${ACTION_ID}", state: READY)`],
  'Mutation.submitActionResult': ['(result: "x")'],
  'Mutation.reportAgent': ['(clockOffsetMs: 0)'],
  'Mutation.acceptConduct': ['(version: "1999-01")'],
  // Those of the walk's own receipts and alerts are added where they are known.
  'Query.sentReports': [],
  'Mutation.retractReport': [],
  'Mutation.answerAlert': [],
};

const ZONES = ['ip', 'high.ip', 'policy', 'domain', 'hash', 'score'];

/** The route as its controller declares it → the paths to get. Routes without parameters are got as they are. */
export const PATHS: Readonly<Record<string, readonly string[]>> = {
  '/': ['en', 'ja'].flatMap((lang) =>
    SUBJECTS.map((subject) => `/?lang=${lang}&subject=${encodeURIComponent(subject)}`),
  ),
  '/actions/:id/report': [`/actions/${ACTION_ID}/report`],
  // Secrets of somebody's appeal: whoever has none is told nothing.
  '/appeal/:secret': ['/appeal/none'],
  '/appeal/confirm/:code': ['/appeal/confirm/none'],
  '/repute/:application/:subject': SUBJECTS.map(
    (subject) => `/repute/email-id/${encodeURIComponent(subject)}`,
  ),
  '/repute/:application/:subject/:assertion': SUBJECTS.map(
    (subject) => `/repute/email-id/${encodeURIComponent(subject)}/spam`,
  ),
  '/console/*': ['/console/lookup', '/console/assets/none.js'],
  '/log/tile/*': ['/log/tile/0/000.p/1', '/log/tile/entries/000.p/1'],
  '/zones/:zone/snapshot': ZONES.map((zone) => `/zones/${zone}/snapshot`),
  '/zones/:zone/changes': ZONES.map((zone) => `/zones/${zone}/changes?since=1`),
};

/** Routes that answer to no caller of the walk, and what holds what they show. */
export const SILENT: Readonly<Record<string, string>> = {
  '/actions/:id/report': 'of an action that ended: test/e2e/actions.spec.ts',
  '/appeal/:secret': 'to whoever holds the secret of an appeal: test/e2e/appeals.spec.ts',
  '/appeal/confirm/:code': 'to whoever holds the code that was sent: test/e2e/appeals.spec.ts',
  '/demo/sign-in': 'in the demo alone: test/e2e/people.spec.ts',
};

/** What makes each subscription speak: the walk causes these after it subscribed. */
export const TRIGGERS: Readonly<
  Record<string, 'reports' | 'reports about the owner' | 'proposal' | 'appeal'>
> = {
  actionChanged: 'proposal',
  alertRaised: 'reports about the owner',
  appealChanged: 'appeal',
  campaignChanged: 'reports',
  listingChanged: 'reports',
};
