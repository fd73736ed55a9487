import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { verifySigned, type FindSigningKey } from './envelope.js';
import { newSigner, type Signer } from './signer.fixture.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const TYP = 'sekisho-report+jwt';
const HUB = 'https://hub.example';
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  iat: z.number(),
  jti: z.string().min(8),
  reports: z.array(z.unknown()).min(1),
});

let signer: Signer;
let asked: string[];
beforeAll(async () => {
  signer = await newSigner();
});

const findKey: FindSigningKey = (kid) => {
  asked.push(kid);
  return kid === signer.kid ? { memberId: 'isp-a', key: signer.publicKey } : undefined;
};
const verify = (jws: string) => {
  asked = [];
  return verifySigned(jws, claimsSchema, findKey, {
    typ: TYP,
    audience: HUB,
    now: NOW,
    maxAgeMs: 86_400_000,
  });
};
const claims = (change: object = {}) => ({
  ...{ iss: 'isp-a', aud: HUB, iat: NOW / 1000, jti: 'jti-00000001', reports: [{}] },
  ...change,
});
const malformed = { name: 'NotAuthentic', code: 'envelope-malformed', kind: 'Rejected' };
const notAuthentic = { name: 'NotAuthentic', code: 'envelope-not-authentic', kind: 'Rejected' };

describe('verifySigned', () => {
  it('hands over the claims of a member', async () => {
    expect(await verify(await signer.sign({ typ: TYP }, claims()))).toEqual(claims());
  });

  it('takes ES256 too, and the other name of Ed25519', async () => {
    const es256 = await newSigner('ES256');
    const find: FindSigningKey = () => ({ memberId: 'isp-a', key: es256.publicKey });
    const rules = { typ: TYP, audience: HUB, now: NOW, maxAgeMs: 1_000 };
    const jws = await es256.sign({ typ: TYP }, claims());
    expect(await verifySigned(jws, claimsSchema, find, rules)).toEqual(claims());
    expect(await verify(await signer.sign({ typ: TYP, alg: 'Ed25519' }, claims()))).toEqual(claims());
  });

  it.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['two parts', 'e30.e30'],
    ['four parts', 'e30.e30.e30.e30'],
    ['an empty signature', 'eyJhbGciOiJub25lIn0.e30.'],
    ['a header that is not JSON', 'AAAA.e30.AAAA'],
    ['white space inside', 'e30.e3 0.AAAA'],
    ['a JWS in JSON form', '{"payload":"e30","signatures":[]}'],
    ['a header of a megabyte that is not JSON', `${'a'.repeat(1_000_000)}.e30.AAAA`],
  ])('refuses %s as malformed, without looking for a key', async (_case, jws) => {
    await expect(verify(jws)).rejects.toMatchObject(malformed);
    expect(asked).toEqual([]);
  });

  it('refuses another typ before it looks for a key', async () => {
    await expect(verify(await signer.sign({ typ: 'JWT' }, claims()))).rejects.toMatchObject(malformed);
    await expect(verify(await signer.sign({ typ: undefined }, claims()))).rejects.toMatchObject(malformed);
    expect(asked).toEqual([]);
  });

  it.each(['none', 'HS256', 'RS256', 'ES256', 'nonsense'])(
    'refuses alg %s over an Ed25519 key',
    async (alg) => {
      await expect(verify(await signer.sign({ typ: TYP, alg }, claims()))).rejects.toMatchObject(
        notAuthentic,
      );
    },
  );

  it('refuses an HMAC made with the public key as its secret', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${part({ alg: 'HS256', typ: TYP, kid: signer.kid })}.${part(claims())}`;
    for (const secret of [
      Buffer.from(signer.publicJwk.x ?? '', 'base64url'),
      JSON.stringify(signer.publicJwk),
    ]) {
      const mac = createHmac('sha256', secret).update(input).digest('base64url');
      await expect(verify(`${input}.${mac}`)).rejects.toMatchObject(notAuthentic);
    }
  });

  it('never follows a key that the header brings or points to', async () => {
    const thief = await newSigner();
    const urls = { jku: 'http://127.0.0.1:1/jwks', x5u: 'http://127.0.0.1:1/x.pem' };
    for (const kid of [signer.kid, thief.kid, undefined]) {
      const header = { typ: TYP, kid, jwk: thief.publicJwk, x5c: ['AAAA'], ...urls };
      await expect(verify(await thief.sign(header, claims()))).rejects.toMatchObject(notAuthentic);
    }
    // With the right signature they are left unread.
    expect(await verify(await signer.sign({ typ: TYP, jwk: thief.publicJwk, ...urls }, claims()))).toEqual(
      claims(),
    );
  });

  it.each([
    ['a critical extension that nobody knows', { crit: ['exp'], exp: 1 }],
    ['an empty crit', { crit: [] }],
    ['crit that is no list', { crit: 'b64' }],
  ])('refuses %s', async (_case, header) => {
    await expect(verify(await signer.sign({ typ: TYP, ...header }, claims()))).rejects.toMatchObject(
      notAuthentic,
    );
  });

  it('refuses an unencoded payload (RFC 7797): what is left of it is no JSON', async () => {
    await expect(
      verify(await signer.sign({ typ: TYP, b64: false, crit: ['b64'] }, claims())),
    ).rejects.toMatchObject(malformed);
  });

  it.each([
    ['text', Buffer.from('hello')],
    ['bytes that are not UTF-8', Buffer.from('"\xff"', 'latin1')],
    ['nothing of the published form', Buffer.from('[]')],
    ['null', Buffer.from('null')],
  ])('refuses a payload that is %s, though it is signed', async (_case, payload) => {
    await expect(verify(await signer.sign({ typ: TYP }, payload))).rejects.toMatchObject(malformed);
  });

  it('names the claim that is wrong and repeats nothing of what was sent', async () => {
    const refused = verify(await signer.sign({ typ: TYP }, claims({ jti: 'SECRET' })));
    await expect(refused).rejects.toMatchObject({
      ...malformed,
      message: expect.stringContaining('jti') as string,
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('SECRET') as string });
  });

  it.each([
    ['of another member', { iss: 'isp-b' }],
    ['for another hub', { aud: 'https://other.example' }],
    ['61 seconds ahead', { iat: NOW / 1000 + 61 }],
    ['a second over its age', { iat: NOW / 1000 - 86_401 }],
  ])('refuses claims %s', async (_case, change) => {
    await expect(verify(await signer.sign({ typ: TYP }, claims(change)))).rejects.toMatchObject(notAuthentic);
  });

  it.each([60, 0, -86_400])('takes an iat %i seconds from now', async (offset) => {
    const given = claims({ iat: NOW / 1000 + offset });
    expect(await verify(await signer.sign({ typ: TYP }, given))).toEqual(given);
  });

  it('refuses a payload that was changed after signing', async () => {
    const [header, , signature] = (await signer.sign({ typ: TYP }, claims())).split('.') as [
      string,
      string,
      string,
    ];
    const other = Buffer.from(JSON.stringify(claims({ jti: 'jti-00000002' }))).toString('base64url');
    await expect(verify(`${header}.${other}.${signature}`)).rejects.toMatchObject(notAuthentic);
  });
});
