// The matrix of role and operation (libs/access), held against the running hub over HTTP, GraphQL and the socket.
import { ModulesContainer } from '@nestjs/core';
import { accessMatrix, OPERATIONS, ROLES, type Operation, type Role } from '@sekisho/access';
import { generateHubKey, importHubKey, issueAccessToken, type HubKey } from '@sekisho/auth';
import { formatFingerprint, SKETCH_BYTES } from '@sekisho/campaign';
import { readConfig, readEdgeToken } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { OPERATION } from '../../apps/hub/src/access/allow.decorator.js';
import { GraphqlSocket } from '../setup/graphql-socket.js';
import { startHubInProcess } from '../setup/hub-in-process.js';
import { SUBSCRIBER_FIELDS } from '../setup/subscriber-fields.js';
import { askGraphql, askHttp, type Answer } from '../setup/hub-requests.js';

let database: TestDatabase;
let federation: Federation;
let owner: FederationMember;
let reviewer: FederationMember;
let hubKey: HubKey;
const tokens = new Map<Role, string | undefined>();

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  owner = await federation.member('isp-a', { networks: ['198.18.0.0/16'] });
  reviewer = await federation.member('isp-r', { role: 'reviewer' });
  const dataDir = federation.env['SEKISHO_DATA_DIR'] ?? '';
  hubKey = await importHubKey(await readFile(join(dataDir, 'keys', 'hub.jwk'), 'utf8'));
  tokens.set('anonymous', undefined);
  tokens.set('edge', await readEdgeToken(dataDir));
  tokens.set('member', await (await owner.session()).accessToken());
  tokens.set('reviewer', await (await reviewer.session()).accessToken());
  // Nobody can ask for it yet; the hub's key makes one.
  tokens.set('operator', await token({ role: 'operator' }));
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const token = ({
  role = 'member',
  memberId = 'isp-a',
  key = hubKey,
  id = federation.hubUrl,
  now = new Date(),
}: { role?: Role; memberId?: string; key?: HubKey; id?: string; now?: Date } = {}) =>
  issueAccessToken({ memberId, role }, { key, id }, { now, jti: randomUUID() });

const http = (method: 'GET' | 'POST', path: string, text: string | undefined) =>
  askHttp(federation.hubUrl, method, path, text);
const graphql = (query: string, text: string | undefined) => askGraphql(federation.hubUrl, query, text);

/** A way to an operation: which handler serves it, and how to knock. A body that makes no sense passes the guard all the same. */
interface Probe {
  readonly handler: string;
  readonly operation: Operation;
  readonly ask: (text: string | undefined) => Promise<Answer>;
}

const route = (operation: Operation, handler: string, method: 'GET' | 'POST', path: string): Probe => ({
  ...{ operation, handler },
  ask: (text) => http(method, path, text),
});
const field = (operation: Operation, handler: string, query: string): Probe => ({
  ...{ operation, handler },
  ask: (text) => graphql(query, text),
});

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
  route('member:enrol', 'EnrolmentController.enrol', 'POST', '/enrolments'),
  route('key:rotate', 'EnrolmentController.rotate', 'POST', '/keys'),
  route('token:request', 'TokenController.token', 'POST', '/oauth/token'),
  route('report:submit', 'ReportsController.submit', 'POST', '/reports'),
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
  field('member:read-own', 'MembersResolver.me', '{ me { id } }'),
  field('member:read-own', 'MembersResolver.dnsQueries', '{ dnsQueries { answered } }'),
  route('oprf:evaluate', 'OprfController.evaluate', 'POST', '/oprf/evaluate'),
  ...SUBSCRIBER_FIELDS.map(([operation, handler, query]) => field(operation, handler, query)),
  field('dns-key:rotate', 'MembersResolver.rotateDnsKey', 'mutation { rotateDnsKey }'),
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
  field('alert:answer', 'AlertsResolver.alerts', '{ alerts { edges { cursor } } }'),
  field(
    'alert:answer',
    'AlertsResolver.answerAlert',
    `mutation { answerAlert(id: "${randomUUID()}", answer: SEEN) { id } }`,
  ),
  field('statistics:read', 'StatisticsResolver.statistics', '{ statistics { reports } }'),
];
/** A fingerprint of which nothing is known but that all who name it name the same. */
const FINGERPRINT = formatFingerprint({
  month: new Date().toISOString().slice(0, 7),
  kind: 'text',
  sizeClass: 16,
  sketch: new Uint8Array(SKETCH_BYTES).fill(7),
  ...{ textDigest: 'a1'.repeat(6), hostsDigest: undefined, attachmentsDigest: undefined },
});

interface SubscriptionProbe {
  readonly operation: Operation;
  readonly handler: string;
  readonly field: string;
  readonly query: string;
  /** Makes it speak, every time anew. */
  readonly cause: (host: number) => Promise<unknown>;
}

/** Have a test of their own, because a subscription that is allowed answers nothing at first. */
const SUBSCRIPTIONS: readonly SubscriptionProbe[] = [
  {
    ...{ operation: 'listing:read', handler: 'ReputationsResolver.listingChanged' },
    ...{ field: 'listingChanged', query: 'subscription { listingChanged { subject } }' },
    // The owner alone lists its own address: something changes until everybody has heard or was refused.
    cause: (host) => owner.submit(reportOf(`198.18.0.${host}`, { evidence: 'owner' })),
  },
  {
    ...{ operation: 'campaign:read', handler: 'CampaignsResolver.campaignChanged' },
    ...{ field: 'campaignChanged', query: 'subscription { campaignChanged { id } }' },
    cause: (host) =>
      Promise.all(
        [owner, reviewer].map((member) =>
          member.submit(reportOf(`203.0.113.${host}`, { fingerprint: FINGERPRINT })),
        ),
      ),
  },
];

const refusalFor = (role: Role): Answer['code'] =>
  role === 'anonymous' ? 'authentication-required' : 'access-denied';

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

describe.each(ROLES)('the role %s', (role) => {
  it.each(PROBES.map((probe) => [probe.operation, probe.handler, probe] as const))(
    'is let through to %s (%s) exactly when the matrix says so',
    async (operation, _handler, { ask }) => {
      const { status, code } = await ask(tokens.get(role));
      if (accessMatrix().get(operation)?.includes(role)) {
        expect(status).toBeLessThan(500);
        expect(['authentication-required', 'access-denied', 'token-invalid', 'internal-error']).not.toContain(
          code,
        );
      } else {
        expect(code).toBe(refusalFor(role));
        if (status !== 200) expect(status).toBe(role === 'anonymous' ? 401 : 403);
      }
    },
  );
});

describe.each(SUBSCRIPTIONS)('the subscription $field', ({ operation, field, query, cause }) => {
  it('begins for exactly the roles that the matrix names, with the token in connection_init', async () => {
    const allowed = accessMatrix().get(operation) ?? [];
    const sockets = new Map<Role, GraphqlSocket>();
    try {
      for (const role of ROLES) {
        const socket = await GraphqlSocket.open(federation.hubUrl, tokens.get(role));
        sockets.set(role, socket);
        await expect.poll(() => socket.isAcknowledged).toBe(true);
        socket.subscribe('1', query);
      }
      let host = 1;
      await expect
        .poll(
          async () => {
            await cause(host++);
            return [...sockets.values()].every((socket) => socket.of('1').length > 0);
          },
          { timeout: 15_000, interval: 300 },
        )
        .toBe(true);
      for (const [role, socket] of sockets) {
        const [first] = socket.of('1');
        if (allowed.includes(role)) {
          expect(first).toMatchObject({ type: 'next', payload: { data: { [field]: {} } } });
        } else {
          expect(first).toMatchObject({
            type: 'error',
            payload: [{ extensions: { code: refusalFor(role) } }],
          });
          expect(socket.of('1').map(({ type }) => type)).not.toContain('next');
        }
      }
    } finally {
      for (const socket of sockets.values()) socket[Symbol.dispose]();
    }
  });
});

describe('a token', () => {
  const unsigned = () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: federation.hubUrl, aud: federation.hubUrl, sub: 'isp-a', role: 'reviewer' };
    return `${part({ alg: 'none', typ: 'at+jwt' })}.${part({ ...claims, iat: now, exp: now + 600 })}.`;
  };
  /** Key confusion: the public key, which everybody has, used as the secret of an HMAC. */
  const confused = () =>
    new SignJWT({ role: 'reviewer' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: hubKey.kid })
      .setIssuer(federation.hubUrl)
      .setAudience(federation.hubUrl)
      .setSubject('isp-a')
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(Buffer.from(hubKey.publicJwk.x ?? '', 'base64url'));

  it.each<[string, () => Promise<string> | string]>([
    ['that is no token', () => 'a.b.c'],
    ['that has expired', () => token({ now: new Date(Date.now() - 3_600_000) })],
    ['of another hub', () => token({ id: 'https://hub.example' })],
    ['of another key', async () => token({ key: await importHubKey(await generateHubKey()) })],
    ['without a signature', unsigned],
    ['signed with the public key as a secret', confused],
    ['with a role that does not exist', () => token({ role: 'root' as Role })],
    ['of a member that does not exist', () => token({ memberId: 'isp-z' })],
    ['like the edge token but for one character', () => `${tokens.get('edge') ?? ''}x`],
    ["that is a member's own envelope key", () => owner.enrolled.signing.kid],
  ])('%s is refused everywhere', async (_case, make) => {
    const text = await make();
    expect(await http('GET', '/zones/ip/snapshot', text)).toEqual({ status: 401, code: 'token-invalid' });
    expect((await graphql('{ statistics { reports } }', text)).code).toBe('token-invalid');
    using socket = await GraphqlSocket.open(federation.hubUrl, text);
    await expect.poll(() => socket.isAcknowledged || socket.isClosed).toBe(true);
    socket.subscribe('1', 'subscription { listingChanged { subject } }');
    await expect
      .poll(() => socket.of('1'))
      .toMatchObject([{ type: 'error', payload: [{ extensions: { code: 'token-invalid' } }] }]);
  });

  it('in another scheme than Bearer is refused', async () => {
    const answer = await fetch(`${federation.hubUrl}/zones/ip/snapshot`, {
      headers: { authorization: `Basic ${tokens.get('member') ?? ''}` },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('of a member suspended after its issue is refused within seconds, also on a socket that is open', async () => {
    const member = await federation.member('isp-s');
    const text = await (await member.session()).accessToken();
    using socket = await GraphqlSocket.open(federation.hubUrl, text);
    await expect.poll(() => socket.isAcknowledged).toBe(true);
    socket.subscribe('before', 'subscription { listingChanged { subject } }');
    let host = 1;
    const listOneMore = () => owner.submit(reportOf(`198.18.1.${host++}`, { evidence: 'owner' }));
    await expect
      .poll(
        async () => {
          await listOneMore();
          return socket.of('before').length;
        },
        { timeout: 15_000, interval: 300 },
      )
      .toBeGreaterThan(0);
    expect((await graphql('{ me { id } }', text)).code).toBeUndefined();

    const operator = await openOperatorDatabase(readConfig(federation.env));
    await operator.members.suspend('isp-s');
    await operator.close();
    await expect
      .poll(async () => (await graphql('{ me { id } }', text)).code, { timeout: 5_000 })
      .toBe('token-invalid');
    socket.subscribe('after', 'subscription { listingChanged { subject } }');
    await expect.poll(() => socket.of('after').map(({ type }) => type)).toEqual(['error']);
    // What was listed just before may end the stream already.
    const heard = () => socket.of('before').filter(({ type }) => type === 'next').length;
    const before = heard();
    await listOneMore();
    await expect.poll(() => socket.of('before').at(-1)?.type, { timeout: 10_000 }).toBe('complete');
    expect(heard()).toBe(before);
  });
});

it('the matrix leaves no operation to nobody', () => {
  for (const operation of OPERATIONS) expect(accessMatrix().get(operation)).not.toEqual([]);
});
