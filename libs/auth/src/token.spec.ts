import { importJWK, type CryptoKey, type JWK } from 'jose';
import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateHubKey, importHubKey, type HubKey } from './hub-key.js';
import { newSigner, type Signer } from './signer.fixture.js';
import {
  issueAccessToken,
  TOKEN_LIFETIME_SECONDS,
  verifyAccessToken,
  verifyClientAssertion,
} from './token.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
const seconds = (offset = 0) => NOW.getTime() / 1_000 + offset;
const ID = 'https://hub.example';

let key: HubKey;
let privateText: string;
beforeAll(async () => {
  privateText = await generateHubKey();
  key = await importHubKey(privateText);
});

const issue = () =>
  issueAccessToken({ memberId: 'isp-a', role: 'member' }, { key, id: ID }, { now: NOW, jti: 'j' });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const invalid = { name: 'NotAuthentic', code: 'token-invalid' };

describe('an access token', () => {
  it('says who calls, for ten minutes', async () => {
    const token = await issue();
    const caller = { role: 'member', memberId: 'isp-a' };
    expect(await verifyAccessToken(token, { key, id: ID }, NOW)).toEqual(caller);
    expect(await verifyAccessToken(token, { key, id: ID }, later(TOKEN_LIFETIME_SECONDS - 1))).toEqual(
      caller,
    );
    await expect(
      verifyAccessToken(token, { key, id: ID }, later(TOKEN_LIFETIME_SECONDS)),
    ).rejects.toMatchObject(invalid);
  });

  it('is refused by another hub, and under another key', async () => {
    const token = await issue();
    await expect(verifyAccessToken(token, { key, id: 'https://b.example' }, NOW)).rejects.toMatchObject(
      invalid,
    );
    const other = await importHubKey(await generateHubKey());
    await expect(verifyAccessToken(token, { key: other, id: ID }, NOW)).rejects.toMatchObject(invalid);
  });

  it('needs the signature of the hub key, whatever its alg says', async () => {
    const [header, payload] = (await issue()).split('.') as [string, string];
    const kept = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    const none = `${part({ ...kept, alg: 'none' })}.${payload}.`;
    const input = `${part({ ...kept, alg: 'HS256' })}.${payload}`;
    const secret = Buffer.from(key.publicJwk.x ?? '', 'base64url');
    const confused = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    for (const token of [none, confused, '', 'x', `${header}.${payload}.AAAA`]) {
      await expect(verifyAccessToken(token, { key, id: ID }, NOW)).rejects.toMatchObject(invalid);
    }
  });

  it('is of its own type: nothing else that the hub signs is one', async () => {
    const signing = (await importJWK(JSON.parse(privateText) as JWK, 'EdDSA')) as CryptoKey;
    const claims = { iss: ID, aud: ID, sub: 'isp-a', exp: seconds(60), role: 'member' };
    const signed = async (typ: string, change: object) => {
      const input = `${part({ alg: 'EdDSA', typ })}.${part({ ...claims, ...change })}`;
      const signature = await crypto.subtle.sign('Ed25519', signing, Buffer.from(input));
      return `${input}.${Buffer.from(signature).toString('base64url')}`;
    };
    expect(await verifyAccessToken(await signed('at+jwt', {}), { key, id: ID }, NOW)).toMatchObject({
      role: 'member',
    });
    for (const token of [
      await signed('JWT', {}),
      await signed('at+jwt', { role: 'root' }),
      await signed('at+jwt', { role: undefined }),
      await signed('at+jwt', { sub: '' }),
      await signed('at+jwt', { exp: undefined }),
    ]) {
      await expect(verifyAccessToken(token, { key, id: ID }, NOW)).rejects.toMatchObject(invalid);
    }
  });

  it("publishes nothing of the hub key's private half", () => {
    expect(Object.keys(key.publicJwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });
});

describe('a client assertion', () => {
  let signer: Signer;
  beforeAll(async () => {
    signer = await newSigner();
  });
  const verify = (jwt: string, now = NOW) =>
    verifyClientAssertion(
      jwt,
      (kid) => (kid === signer.kid ? { memberId: 'isp-a', key: signer.publicKey } : undefined),
      { audiences: [`${ID}/oauth/token`, ID], now },
    );
  const claims = (change: object = {}) => ({
    ...{ iss: 'isp-a', sub: 'isp-a', aud: ID, jti: 'jti-1', iat: seconds(), exp: seconds(60) },
    ...change,
  });
  const refused = { name: 'NotAuthentic', code: 'client-assertion-invalid' };

  it('names its member, and is remembered longer than it could be used again', async () => {
    const jwt = await signer.sign({}, claims({ exp: seconds(3_600) }));
    const { memberId, jti, expiresAt } = await verify(jwt);
    expect({ memberId, jti }).toEqual({ memberId: 'isp-a', jti: 'jti-1' });
    await expect(verify(jwt, expiresAt)).rejects.toMatchObject(refused);
    // From the furthest in the future that it may be: five minutes and a minute of skew on either side.
    const early = await verify(await signer.sign({}, claims({ iat: seconds(60), exp: seconds(3_600) })));
    await expect(
      verify(await signer.sign({}, claims({ iat: seconds(60), exp: seconds(3_600) })), early.expiresAt),
    ).rejects.toMatchObject(refused);
  });

  it.each([
    ['alg none', { alg: 'none' }, {}],
    ['an unknown critical header', { crit: ['b64'], b64: false }, {}],
    ['a key of its own', { kid: undefined, jwk: {} }, {}],
    ['two audiences', {}, { aud: [ID, 'https://b.example'] }],
    ['a list of one audience', {}, { aud: [ID] }],
    ['another audience', {}, { aud: `${ID}/reports` }],
    ['another issuer', {}, { iss: 'isp-b' }],
    ['another subject', {}, { sub: 'isp-b' }],
    ['no jti', {}, { jti: undefined }],
    ['no iat', {}, { iat: undefined }],
    ['no exp', {}, { exp: undefined }],
    ['its time over', {}, { exp: seconds(-61) }],
    ['six minutes of age', {}, { iat: seconds(-361), exp: seconds(60) }],
  ])('with %s is refused', async (_case, header, change) => {
    await expect(verify(await signer.sign(header, claims(change)))).rejects.toMatchObject(refused);
  });

  it('with a payload that is not JSON is refused', async () => {
    await expect(verify(await signer.sign({}, Buffer.from('hello')))).rejects.toMatchObject(refused);
    await expect(verify('hello')).rejects.toMatchObject(refused);
  });
});
