import { envelopeClaimsSchema, type ReportInput } from '@sekisho/report';
import { createLocalJWKSet, importJWK, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signEnvelope, submitEnvelope, type EnvelopeSigner } from './envelope.js';
import { HubAnswerInvalid, HubRefused, HubUnreachable } from './errors.js';
import { HubPeer, stillRuntime } from './hub-peer.fixture.js';
import { generateMemberKeys, importPrivateKey, publicJwk, type MemberKeys } from './member-keys.js';

const now = Date.parse('2026-11-20T01:30:00.900Z');
const report: ReportInput = {
  subject: { type: 'ip', value: '203.0.113.9' },
  category: 'zombie',
  evidence: 'trap',
  firstSeen: '2026-11-20T01:10:00Z',
  lastSeen: '2026-11-20T01:20:00Z',
};
const receipt = { receiptId: 'r-1', accepted: 1, rejected: [] };

const signerWith = async (keys: MemberKeys): Promise<EnvelopeSigner> => ({
  id: 'isp-a',
  hub: 'https://hub.example',
  signing: await importPrivateKey(keys.signing),
});

describe('signEnvelope', () => {
  it('makes what a hub can verify with the public key alone', async () => {
    const keys = await generateMemberKeys();
    const envelope = await signEnvelope(await signerWith(keys), [report], { now, jti: 'jti-00001' });
    const jwks = createLocalJWKSet({ keys: [publicJwk(keys.signing)] });
    const { payload, protectedHeader } = await jwtVerify(envelope, jwks, {
      issuer: 'isp-a',
      audience: 'https://hub.example',
      typ: 'sekisho-report+jwt',
      algorithms: ['EdDSA'],
      currentDate: new Date(now),
    });
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: keys.signing.kid, typ: 'sekisho-report+jwt' });
    expect(envelopeClaimsSchema.parse(payload)).toEqual({
      iss: 'isp-a',
      aud: 'https://hub.example',
      iat: 1_795_138_200,
      jti: 'jti-00001',
      reports: [report],
    });
  });

  it('does not verify with the key of another member', async () => {
    const [mine, theirs] = await Promise.all([generateMemberKeys(), generateMemberKeys()]);
    const envelope = await signEnvelope(await signerWith(mine), [report], { now, jti: 'jti-00001' });
    await expect(jwtVerify(envelope, await importJWK(publicJwk(theirs.signing)))).rejects.toThrow(
      'signature',
    );
  });

  it('publishes no private half', async () => {
    const { signing, encryption } = await generateMemberKeys();
    expect(publicJwk(signing)).not.toHaveProperty('d');
    expect(publicJwk(encryption)).toMatchObject({ crv: 'X25519', use: 'enc', alg: 'ECDH-ES+A256KW' });
  });
});

describe('submitEnvelope', () => {
  let peer: HubPeer;
  beforeEach(async () => {
    peer = await HubPeer.start();
  });
  afterEach(async () => {
    await peer.stop();
  });
  const { runtime, sleeps } = stillRuntime(now);
  const send = () => submitEnvelope(`${peer.url}/reports`, 'a.b.c', { runtime });
  const script = (...answers: ReturnType<HubPeer['answer']>[]) => {
    sleeps.length = 0;
    peer.answer = () => answers.shift() ?? { status: 500, json: { code: 'no-more-answers' } };
  };

  it('sends the very same envelope again after a lost answer, a busy hub and a failing hub', async () => {
    const busy = { status: 503, json: { code: 'busy' } };
    script('cut', busy, { status: 500, json: {} }, { status: 202, json: receipt });
    expect(await send()).toEqual(receipt);
    expect(peer.requests.map(({ body, contentType }) => [body, contentType])).toEqual(
      Array.from({ length: 4 }, () => ['a.b.c', 'application/jwt']),
    );
  });

  it('waits twice as long each time, with chance in it', async () => {
    script('cut', 'cut', 'cut', { status: 202, json: receipt });
    await send();
    expect(sleeps).toEqual([250, 500, 1_000].map((full) => Math.round(full * 0.75)));
  });

  it.each([
    ['seconds', '7'],
    ['a date', new Date(now + 7_000).toUTCString()],
  ])('waits as long as Retry-After asks for, given as %s', async (_form, header) => {
    script({ status: 429, json: {}, headers: { 'retry-after': header } }, { status: 202, json: receipt });
    await send();
    expect(Math.round((sleeps[0] ?? 0) / 1_000)).toBe(7);
    expect(sleeps).toHaveLength(1);
  });

  it('reports a hub that asks for an hour instead of waiting for it', async () => {
    script({ status: 503, json: { code: 'maintenance' }, headers: { 'retry-after': '3600' } });
    await expect(send()).rejects.toMatchObject({
      code: 'maintenance',
      kind: 'Busy',
      retryAfterSeconds: 3_600,
    });
    expect(sleeps).toEqual([]);
  });

  it.each([400, 401, 403, 409, 413])('does not repeat what is refused with %i', async (status) => {
    script({ status, json: { code: 'some-code', detail: 'what is wrong', errorId: 'e1' } });
    const error = await send().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HubRefused);
    expect(error).toMatchObject({
      status,
      code: 'some-code',
      detail: 'what is wrong',
      kind: 'Rejected',
      errorId: 'e1',
    });
    expect(peer.requests).toHaveLength(1);
  });

  it('gives up after eight attempts with the last refusal', async () => {
    script();
    await expect(send()).rejects.toMatchObject({ status: 500, code: 'no-more-answers', kind: 'Bug' });
    expect(peer.requests).toHaveLength(8);
  });

  it('says that nobody listens', async () => {
    const url = peer.url;
    await peer.stop();
    const error = await submitEnvelope(`${url}/reports`, 'a.b.c', { runtime }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(HubUnreachable);
    expect(error).toMatchObject({ kind: 'Unavailable', reason: 'connection refused' });
  });

  it('does not take the answer of another service for a receipt', async () => {
    script({ status: 200, json: { ok: true } });
    await expect(send()).rejects.toBeInstanceOf(HubAnswerInvalid);
  });

  it('does not follow a redirect with a signed envelope', async () => {
    peer.answer = ({ path }) =>
      path === '/reports'
        ? { status: 307, json: {}, headers: { location: '/elsewhere' } }
        : { status: 202, json: receipt };
    await expect(send()).rejects.toMatchObject({ status: 307, code: 'http-307' });
    expect(peer.received('/elsewhere')).toEqual([]);
  });
});
