// The matrix of role and operation (libs/access), held against the running hub over HTTP, GraphQL and the socket.
import { ModulesContainer } from '@nestjs/core';
import { accessMatrix, OPERATIONS, PERSON_ROLES, type Operation, type PersonRole } from '@sekisho/access';
import { readEdgeToken } from '@sekisho/config';
import { createTestDatabase, Federation, type TestDatabase } from '@sekisho/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { OPERATION } from '../../apps/hub/src/access/allow.decorator.js';
import { CALLERS, isLetThrough, personRoleOf, type Caller } from '../setup/access-callers.js';
import { GraphqlSocket } from '../setup/graphql-socket.js';
import { ACTION_FIELDS } from '../setup/action-fields.js';
import { startHubInProcess } from '../setup/hub-in-process.js';
import { SUBSCRIPTIONS, type ProbeScene } from '../setup/subscription-probes.js';
import { SUBSCRIBER_FIELDS } from '../setup/subscriber-fields.js';
import { askGraphql, askHttp, type Answer, type Credentials, type Method } from '../setup/hub-requests.js';
import { signIn } from '../setup/people.js';

let database: TestDatabase;
let federation: Federation;
let scene: ProbeScene;
const tokens = new Map<Caller, Credentials>();

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  const owner = await federation.member('isp-a', { networks: ['198.18.0.0/16'] });
  const reviewer = await federation.member('isp-r', { role: 'reviewer', networks: ['198.19.0.0/16'] });
  scene = { owner, reviewer, other: await federation.member('isp-o'), databaseUrl: database.url };
  const dataDir = federation.env['SEKISHO_DATA_DIR'] ?? '';
  tokens.set('anonymous', undefined);
  tokens.set('edge', await readEdgeToken(dataDir));
  tokens.set('member', await (await owner.session()).accessToken());
  tokens.set('reviewer', await (await reviewer.session()).accessToken());
  for (const role of PERSON_ROLES) {
    tokens.set(`person:${role}`, await signedIn(role));
  }
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const signedIn = async (role: PersonRole) =>
  (await signIn(federation, role, role === 'operator' ? undefined : 'isp-a')).headers;

const http = (method: Method, path: string, text: Credentials) =>
  askHttp(federation.hubUrl, method, path, text);
const graphql = (query: string, text: Credentials) => askGraphql(federation.hubUrl, query, text);

/** A way to an operation: which handler serves it, and how to knock. A body that makes no sense passes the guard all the same. */
interface Probe {
  readonly handler: string;
  readonly operation: Operation;
  readonly ask: (text: Credentials) => Promise<Answer>;
}

const route = (operation: Operation, handler: string, method: Method, path: string): Probe => ({
  ...{ operation, handler },
  ask: (text) => http(method, path, text),
});
const field = (operation: Operation, handler: string, query: string): Probe => ({
  ...{ operation, handler },
  ask: (text) => graphql(query, text),
});

/** A session of its own, because it ends. */
const ending = (handler: string, path: string): Probe => ({
  ...{ operation: 'session:own', handler },
  ask: async (given) => {
    const role = CALLERS.filter((caller) => tokens.get(caller) === given).map(personRoleOf)[0];
    return http('DELETE', path, role === undefined ? given : await signedIn(role));
  },
});

const INVITATION = 'mutation { invitePerson(name: "", role: ABUSE_DESK) { code } }';
const RETRACTION = `mutation { retractReport(receiptId: "${randomUUID()}", index: 0) { index } }`;

const PROBES: readonly Probe[] = [
  route('hub:describe', 'DiscoveryController.describe', 'GET', '/.well-known/sekisho'),
  route('hub:describe', 'DiscoveryController.keys', 'GET', '/.well-known/jwks.json'),
  route('hub:describe', 'DiscoveryController.schema', 'GET', '/schema/report.json'),
  route('hub:describe', 'OprfController.listStatements', 'GET', '/oprf/statements'),
  route('hub:describe', 'HealthController.live', 'GET', '/health/live'),
  route('hub:describe', 'HealthController.ready', 'GET', '/health/ready'),
  route('hub:measure', 'HealthController.metrics', 'GET', '/metrics'),
  route('reputation:read-public', 'PublicController.page', 'GET', '/?subject=203.0.113.9'),
  route('appeal:file', 'AppealPagesController.form', 'GET', '/appeal?subject=203.0.113.9'),
  route('appeal:file', 'AppealPagesController.file', 'POST', '/appeal'),
  route('appeal:file', 'AppealPagesController.challenge', 'GET', '/appeal/challenge'),
  route('appeal:file', 'AppealPagesController.script', 'GET', '/appeal/script.js'),
  route('appeal:file', 'AppealPagesController.contact', 'GET', '/appeal/confirm/x'),
  route('appeal:file', 'AppealPagesController.confirmByContact', 'POST', '/appeal/confirm/x'),
  route('appeal:file', 'AppealPagesController.status', 'GET', '/appeal/x'),
  route('appeal:file', 'AppealPagesController.act', 'POST', '/appeal/x'),
  route('member:enrol', 'EnrolmentController.enrol', 'POST', '/enrolments'),
  route('key:rotate', 'EnrolmentController.rotate', 'POST', '/keys'),
  route('token:request', 'TokenController.token', 'POST', '/oauth/token'),
  route('report:submit', 'ReportsController.submit', 'POST', '/reports'),
  route('console:read', 'ConsoleController.start', 'GET', '/console/'),
  route('console:read', 'ConsoleController.file', 'GET', '/console/lookup/203.0.113.9'),
  route('session:start', 'DemoController.link', 'GET', '/demo/sign-in?code=x'),
  route('session:start', 'SignInController.options', 'POST', '/session/options'),
  route('session:start', 'SignInController.signIn', 'POST', '/session'),
  route('invitation:accept', 'SignInController.invitationOptions', 'POST', '/invitations/options'),
  route('invitation:accept', 'SignInController.accept', 'POST', '/invitations'),
  field('person:list', 'PeopleResolver.people', '{ people { id } }'),
  // Without a name: who may invite is told so, and nobody is invited.
  field('person:invite', 'PeopleResolver.invitePerson', INVITATION),
  field('person:remove', 'PeopleResolver.removePerson', `mutation { removePerson(id: "${randomUUID()}") }`),
  route('session:own', 'SessionController.show', 'GET', '/session'),
  route('session:own', 'SessionController.prefer', 'PUT', '/session/preferences'),
  ending('SessionController.end', '/session'),
  ending('SessionController.endAll', '/session/all'),
  route('zone:read', 'ZonesController.snapshot', 'GET', '/zones/ip/snapshot'),
  route('zone:read', 'ZonesController.changes', 'GET', '/zones/ip/changes?since=0'),
  route('zone:access', 'AccessListController.members', 'GET', '/zones/access'),
  route('zone:access', 'AccessListController.count', 'POST', '/zones/access/counts'),
  route('log:read', 'LogController.checkpoint', 'GET', '/log/checkpoint'),
  route('log:read', 'LogController.tile', 'GET', '/log/tile/0/000'),
  field(
    'report:submit',
    'ReportsResolver.submitReports',
    'mutation { submitReports(envelope: "x") { receiptId } }',
  ),
  field('report:retract', 'ReportsResolver.retractReport', RETRACTION),
  field('report:read-own', 'SentReportsResolver.receipts', '{ receipts { edges { cursor } } }'),
  field(
    'report:read-own',
    'SentReportsResolver.sentReports',
    `{ sentReports(receiptId: "${randomUUID()}") { index } }`,
  ),
  field(
    'reputation:read',
    'ReputationsResolver.reputation',
    '{ reputation(subject: "203.0.113.9") { score } }',
  ),
  field(
    'reputation:read',
    'ReputationsResolver.reputations',
    '{ reputations(subjects: ["203.0.113.9"]) { score } }',
  ),
  field('listing:read', 'ReputationsResolver.listings', '{ listings { edges { cursor } } }'),
  field(
    'listing:read',
    'DecisionsResolver.listingDecisions',
    '{ listingDecisions(subject: "203.0.113.9") { index } }',
  ),
  field('member:read-own', 'DecisionsResolver.keyDecisions', '{ keyDecisions { index } }'),
  field('listing:read', 'ListingActivityResolver.listingActivity', '{ listingActivity { changed } }'),
  field('member:read-own', 'MembersResolver.me', '{ me { id } }'),
  field('member:read-own', 'MembersResolver.dnsQueries', '{ dnsQueries { answered } }'),
  route('oprf:evaluate', 'OprfController.evaluate', 'POST', '/oprf/evaluate'),
  ...SUBSCRIBER_FIELDS.map(([operation, handler, query]) => field(operation, handler, query)),
  field('dns-key:rotate', 'MembersResolver.rotateDnsKey', 'mutation { rotateDnsKey }'),
  field('costs:state', 'CostsResolver.statedCosts', '{ statedCosts { default { abuse } } }'),
  // Nothing costs less than nothing: who may state costs is told so, and none are.
  field(
    'costs:state',
    'CostsResolver.stateCosts',
    'mutation { stateCosts(costs: { default: { abuse: -1, refused: 1 } }) { default { abuse } } }',
  ),
  field('costs:state', 'CostsResolver.clearCosts', 'mutation { clearCosts }'),
  field('member:list', 'MembersResolver.members', '{ members { edges { cursor } } }'),
  field('evidence:seal', 'EvidenceResolver.ownerKey', '{ ownerKey(subject: "203.0.113.9") { kid } }'),
  field('evidence:read-own', 'EvidenceResolver.sealedEvidence', '{ sealedEvidence { edges { cursor } } }'),
  field(
    'evidence:read-own',
    'EvidenceResolver.acknowledgeEvidence',
    'mutation { acknowledgeEvidence(ids: []) }',
  ),
  field('campaign:read', 'CampaignsResolver.campaigns', '{ campaigns { edges { cursor } } }'),
  field('campaign:read', 'CampaignsResolver.campaign', '{ campaign(id: "1") { id } }'),
  field('domain:prove', 'CampaignsResolver.bounceFloods', '{ bounceFloods { domain } }'),
  // Not a domain: the resolver refuses it without a question to the DNS.
  field(
    'domain:prove',
    'CampaignsResolver.proveDomain',
    'mutation { proveDomain(domain: "203.0.113.9") { isProven } }',
  ),
  route('event:receive', 'EventsController.poll', 'POST', '/events'),
  field('member:read-own', 'HygieneResolver.hygiene', '{ hygiene { asOf } }'),
  route('reputation:read-public', 'ReputeController.template', 'GET', '/.well-known/repute-template'),
  route('reputation:read-public', 'ReputeController.all', 'GET', '/repute/email-id/203.0.113.9'),
  route('reputation:read-public', 'ReputeController.one', 'GET', '/repute/email-id/203.0.113.9/spam'),
  field('network:declare', 'NetworksResolver.networkClaims', '{ networkClaims { network } }'),
  field('network:declare', 'NetworksResolver.declaredRanges', '{ declaredRanges { network } }'),
  field(
    'network:declare',
    'NetworksResolver.claimNetwork',
    'mutation { claimNetwork(network: "x") { network } }',
  ),
  field(
    'network:declare',
    'NetworksResolver.declareRange',
    'mutation { declareRange(network: "x") { network } }',
  ),
  field('network:declare', 'NetworksResolver.withdrawRange', 'mutation { withdrawRange(network: "x") }'),
  route('hub:describe', 'StreamController.describe', 'GET', '/.well-known/ssf-configuration'),
  route('event:receive', 'StreamController.read', 'GET', '/events/stream'),
  route('event:receive', 'StreamController.replace', 'PUT', '/events/stream'),
  route('event:receive', 'StreamController.reset', 'DELETE', '/events/stream'),
  route('event:receive', 'StreamController.status', 'GET', '/events/status'),
  route('event:receive', 'StreamController.setStatus', 'POST', '/events/status'),
  route('event:receive', 'StreamController.verify', 'POST', '/events/verification'),
  field('event:receive', 'StreamsResolver.eventStream', '{ eventStream { status } }'),
  field('event:receive', 'StreamsResolver.refusedEvents', '{ refusedEvents { jti } }'),
  field('event:receive', 'StreamsResolver.setEventEndpoint', 'mutation { setEventEndpoint { status } }'),
  field('event:receive', 'StreamsResolver.setEventMail', 'mutation { setEventMail { status } }'),
  field(
    'event:receive',
    'StreamsResolver.setEventStatus',
    'mutation { setEventStatus(status: ENABLED) { status } }',
  ),
  field(
    'event:receive',
    'StreamsResolver.verifyEventStream',
    'mutation { verifyEventStream(state: "") { status } }',
  ),
  field(
    'event:receive',
    'StreamsResolver.takeUpRefusedEvents',
    'mutation { takeUpRefusedEvents { status } }',
  ),
  field('appeal:review', 'AppealsResolver.appeals', '{ appeals { edges { cursor } } }'),
  field('appeal:review', 'AppealsResolver.appeal', `{ appeal(id: "${randomUUID()}") { id } }`),
  field(
    'appeal:file',
    'AppealsResolver.fileAppeal',
    'mutation { fileAppeal(input: { subject: "203.0.113.9", text: "x" }) { url } }',
  ),
  field(
    'appeal:decide',
    'AppealsResolver.decideAppeal',
    `mutation { decideAppeal(id: "${randomUUID()}", outcome: UPHELD, reason: "x", version: 1) { id } }`,
  ),
  field('alert:answer', 'AlertsResolver.alerts', '{ alerts { edges { cursor } } }'),
  field(
    'alert:answer',
    'AlertsResolver.answerAlert',
    `mutation { answerAlert(id: "${randomUUID()}", answer: SEEN) { id } }`,
  ),
  route('action:read', 'ActionReportsController.report', 'GET', `/actions/${randomUUID()}/report`),
  route('conduct:read', 'ActionReportsController.conduct', 'GET', '/conduct'),
  ...ACTION_FIELDS.map(([operation, handler, query]) => field(operation, handler, query)),
  field('calibration:read', 'CalibrationResolver.calibration', '{ calibration { asOf } }'),
  field('statistics:read', 'ModelQualityResolver.modelQuality', '{ modelQuality { asOf } }'),
  field('statistics:read', 'StatisticsResolver.statistics', '{ statistics { reports } }'),
];
const refusalFor = (caller: Caller): Answer['code'] =>
  caller === 'anonymous' ? 'authentication-required' : 'access-denied';

describe('every handler of the hub', () => {
  it('names an operation of the matrix, and has a probe here', async () => {
    await using copy = await createTestDatabase(inject('databaseUrl'), {
      template: inject('templateDatabase'),
    });
    await using hub = await startHubInProcess(copy.url);
    const found = new Map<string, unknown>();
    for (const module of hub.app.get(ModulesContainer).values()) {
      for (const { metatype, name } of [...module.controllers.values(), ...module.providers.values()]) {
        const prototype: unknown = typeof metatype === 'function' ? metatype.prototype : undefined;
        if (typeof prototype !== 'object' || prototype === null) continue;
        for (const method of Object.getOwnPropertyNames(prototype)) {
          const handler: unknown = Object.getOwnPropertyDescriptor(prototype, method)?.value;
          if (typeof handler !== 'function' || method === 'constructor') continue;
          const isServed = ['path', 'graphql:resolver_type'].some((key) => Reflect.hasMetadata(key, handler));
          if (!isServed) continue;
          const operation: unknown =
            Reflect.getMetadata(OPERATION, handler) ?? Reflect.getMetadata(OPERATION, metatype as object);
          found.set(`${String(name)}.${method}`, operation);
        }
      }
    }
    const probed = [...PROBES, ...SUBSCRIPTIONS].map(({ handler, operation }) => [handler, operation]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(probed));
  });

  it('together they reach every operation', () => {
    const reached = new Set<string>(PROBES.map(({ operation }) => operation));
    expect([...accessMatrix().keys()].filter((operation) => !reached.has(operation))).toEqual([]);
  });
});

describe.each(CALLERS)('the caller %s', (caller) => {
  it.each(PROBES.map((probe) => [probe.operation, probe.handler, probe] as const))(
    'is let through to %s (%s) exactly when the matrix says so',
    async (operation, _handler, { ask }) => {
      const { status, code } = await ask(tokens.get(caller));
      if (isLetThrough(caller, operation)) {
        // 503: the console's page where it was not built.
        expect(status === 503 || status < 500).toBe(true);
        expect([
          ...['authentication-required', 'access-denied', 'csrf-refused', 'token-invalid', 'internal-error'],
        ]).not.toContain(code);
      } else {
        expect(code).toBe(refusalFor(caller));
        if (status !== 200) expect(status).toBe(caller === 'anonymous' ? 401 : 403);
      }
    },
  );
});

describe.each(SUBSCRIPTIONS)('the subscription $field', ({ operation, field, query, cause }) => {
  it('begins for exactly the callers that the matrix names, with the token in connection_init or the cookie', async () => {
    const sockets = new Map<Caller, GraphqlSocket>();
    try {
      for (const caller of CALLERS) {
        const socket = await GraphqlSocket.open(federation.hubUrl, tokens.get(caller));
        sockets.set(caller, socket);
        await expect.poll(() => socket.isAcknowledged).toBe(true);
        socket.subscribe('1', query);
      }
      let host = 1;
      await expect
        .poll(
          async () => {
            await cause(scene, host++);
            return [...sockets.values()].every((socket) => socket.of('1').length > 0);
          },
          { timeout: 15_000, interval: 300 },
        )
        .toBe(true);
      for (const [caller, socket] of sockets) {
        const [first] = socket.of('1');
        if (isLetThrough(caller, operation)) {
          expect(first).toMatchObject({ type: 'next', payload: { data: { [field]: {} } } });
        } else {
          expect(first).toMatchObject({
            type: 'error',
            payload: [{ extensions: { code: refusalFor(caller) } }],
          });
          expect(socket.of('1').map(({ type }) => type)).not.toContain('next');
        }
      }
    } finally {
      for (const socket of sockets.values()) socket[Symbol.dispose]();
    }
  });

  it('ends with the session of the person who listens', async () => {
    const { headers } = await signIn(federation, 'officer', 'isp-a');
    using socket = await GraphqlSocket.open(federation.hubUrl, headers);
    await expect.poll(() => socket.isAcknowledged).toBe(true);
    socket.subscribe('1', query);
    let host = 100;
    const heardAfterCause = async () => {
      await cause(scene, ++host);
      return socket.of('1').at(-1)?.type;
    };
    await expect.poll(heardAfterCause, { timeout: 15_000, interval: 300 }).toBe('next');
    const signedOut = await fetch(`${federation.hubUrl}/session`, { method: 'DELETE', headers });
    expect(signedOut.status).toBe(204);
    await expect.poll(heardAfterCause, { timeout: 15_000, interval: 300 }).toBe('complete');
  });
});

it('the matrix leaves no operation to nobody', () => {
  for (const operation of OPERATIONS) expect(accessMatrix().get(operation)).not.toEqual([]);
});
