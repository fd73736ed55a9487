import { readSubject } from '@sekisho/subject';
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HubPeer, stillRuntime, type PeerAnswer, type PeerRequest } from './hub-peer.fixture.js';
import { HubSession } from './hub-session.js';
import type { EnrolledMember } from './member-directory.js';
import { generateMemberKeys, importPrivateKey, publicJwk, type MemberKeys } from './member-keys.js';
import type { ClientRuntime } from './runtime.js';

const start = Date.parse('2026-11-20T01:30:00Z');
let now = start;
const runtime: ClientRuntime = { ...stillRuntime(start).runtime, now: () => now };
let peer: HubPeer;
let keys: MemberKeys;
let session: HubSession;
let graphql: (request: PeerRequest, variables: { subjects: string[] }) => PeerAnswer;

beforeEach(async () => {
  now = start;
  peer = await HubPeer.start();
  keys = await generateMemberKeys();
  const member: EnrolledMember = {
    id: 'isp-a',
    name: 'ISP A',
    role: 'member',
    networks: [],
    asns: [],
    hub: 'https://hub.example',
    hubUrl: peer.url,
    signing: await importPrivateKey(keys.signing),
    encryption: await importPrivateKey(keys.encryption),
  };
  let tokens = 0;
  peer.answer = (request) => {
    if (request.path === '/token') {
      const json = { access_token: `token-${String(++tokens)}`, token_type: 'Bearer', expires_in: 600 };
      return { status: 200, json };
    }
    const { variables } = JSON.parse(request.body) as { variables: { subjects: string[] } };
    return graphql(request, variables);
  };
  graphql = (_request, { subjects }) => ({
    status: 200,
    json: { data: { reputations: subjects.map(reputationOf) } },
  });
  session = await HubSession.open(member, { runtime });
});
afterEach(async () => {
  await peer.stop();
});

const reputationOf = (subject: string) => ({
  subject,
  score: 90,
  listed: true,
  categories: ['ZOMBIE'],
  confidence: 80,
  recommendation: 'REJECT',
  probability: null,
  memberCount: 'fewer than 3',
  firstSeen: '2026-11-20T01:10:00Z',
  lastSeen: '2026-11-20T01:20:00Z',
  expiresAt: null,
  listedUntil: null,
  explanation: [{ factor: 'trap', contribution: 90, detail: 'spamtrap hits' }],
});

describe('the access token', () => {
  it('is asked for with an assertion of one minute, signed by the member', async () => {
    await session.accessToken();
    const [request] = peer.received('/token');
    expect(request?.contentType).toContain('application/x-www-form-urlencoded');
    const form = new URLSearchParams(request?.body);
    expect(form.get('grant_type')).toBe('client_credentials');
    expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const assertion = form.get('client_assertion') ?? '';
    const { payload } = await jwtVerify(assertion, await importJWK(publicJwk(keys.signing)), {
      issuer: 'isp-a',
      subject: 'isp-a',
      audience: `${peer.url}/token`,
      requiredClaims: ['jti'],
      currentDate: new Date(start),
    });
    expect(decodeProtectedHeader(assertion).kid).toBe(keys.signing.kid);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  it('is kept until 30 seconds before its end', async () => {
    expect(await session.accessToken()).toBe('token-1');
    now = start + 569_000;
    expect(await session.accessToken()).toBe('token-1');
    now = start + 570_000;
    expect(await session.accessToken()).toBe('token-2');
  });

  it('is renewed once when the hub does not know it any more', async () => {
    const reply = graphql;
    graphql = (request, variables) =>
      request.authorization === 'Bearer token-1' ? { status: 401, json: {} } : reply(request, variables);
    expect(await session.lookup([readSubject('203.0.113.9')])).toHaveLength(1);
    graphql = () => ({ status: 401, json: { code: 'token-invalid' } });
    await expect(session.lookup([readSubject('203.0.113.9')])).rejects.toMatchObject({
      code: 'token-invalid',
    });
    expect(peer.received('/token')).toHaveLength(3);
  });
});

describe('lookup', () => {
  it('answers in the order asked, undefined for what is unknown, whatever order the hub has', async () => {
    graphql = (_request, { subjects }) => ({
      status: 200,
      json: {
        data: {
          reputations: [...subjects].reverse().map((s) => (s === 'example.com' ? null : reputationOf(s))),
        },
      },
    });
    const subjects = ['203.0.113.9', 'example.com', '2001:db8::/48'].map(readSubject);
    const answers = await session.lookup(subjects);
    expect(answers.map((answer) => answer?.subject)).toEqual(['203.0.113.9', undefined, '2001:db8::/48']);
  });

  it('asks for 2,500 subjects in three queries', async () => {
    const subjects = Array.from({ length: 2_500 }, (_, n) => readSubject(`h${String(n)}.example.com`));
    const answered: number[] = [];
    const answers = await session.lookup(subjects, (count) => answered.push(count));
    expect(answers.every((answer) => answer !== undefined)).toBe(true);
    expect(answered).toEqual([1_000, 2_000, 2_500]);
  });

  it('gives the code of a GraphQL error, also when it comes with a status of 400', async () => {
    const errors = [{ message: 'too many subjects', extensions: { code: 'batch-too-large' } }];
    graphql = () => ({ status: 200, json: { data: null, errors } });
    const refused = { code: 'batch-too-large', detail: 'too many subjects', kind: 'Rejected' };
    await expect(session.lookup([readSubject('203.0.113.9')])).rejects.toMatchObject(refused);
    graphql = () => ({ status: 400, json: { data: null, errors } });
    await expect(session.lookup([readSubject('203.0.113.9')])).rejects.toMatchObject(refused);
  });

  it('does not hand on an answer of another shape', async () => {
    graphql = () => ({ status: 200, json: { data: { reputations: [{ subject: '203.0.113.9' }] } } });
    await expect(session.lookup([readSubject('203.0.113.9')])).rejects.toMatchObject({
      code: 'hub-answer-invalid',
      reason: expect.stringContaining('reputations.0.score') as string,
    });
  });
});

describe('retract', () => {
  it('is sent once, also when the hub fails', async () => {
    graphql = () => ({ status: 503, json: { code: 'busy' } });
    await expect(session.retract('r-1', 0)).rejects.toMatchObject({ code: 'busy' });
    expect(peer.received('/graphql')).toHaveLength(1);
  });
});
