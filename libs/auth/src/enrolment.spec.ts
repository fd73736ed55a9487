import { generateKeyPair, exportJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { ENROLMENT_TYP, ROTATION_TYP, verifyKeyProof, verifyRotation } from './enrolment.js';
import { newSigner, type Signer } from './signer.fixture.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const HUB = 'https://hub.example';
const rules = { audience: HUB, now: NOW };
const claims = (change: object = {}) => ({ aud: HUB, iat: NOW / 1000, jti: 'jti-00000001', ...change });
const malformed = { name: 'NotAuthentic', code: 'envelope-malformed' };
const notAuthentic = { name: 'NotAuthentic', code: 'envelope-not-authentic' };

async function encryptionJwk() {
  const { publicKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'X25519' });
  return exportJWK(publicKey);
}
const proofOf = (signer: Signer, change: object = {}, header: object = {}) =>
  signer.sign({ typ: ENROLMENT_TYP, kid: undefined, jwk: signer.publicJwk, ...header }, claims(change));

describe('verifyKeyProof', () => {
  it.each(['EdDSA', 'ES256'] as const)('takes a %s key under its thumbprint', async (alg) => {
    const signer = await newSigner(alg);
    const enc = await encryptionJwk();
    const proven = await verifyKeyProof(await proofOf(signer, { code: 'C', encryptionKey: enc }), rules);
    expect(proven).toMatchObject({
      code: 'C',
      sig: { kid: signer.kid, use: 'sig', jwk: { ...signer.publicJwk, alg, use: 'sig' } },
      enc: { use: 'enc', jwk: { x: enc.x, use: 'enc' } },
    });
  });

  it('takes the kid from the key and never from the member', async () => {
    const signer = await newSigner();
    const { sig } = await verifyKeyProof(
      await proofOf(signer, {}, { jwk: { ...signer.publicJwk, kid: 'victim' } }),
      rules,
    );
    expect(sig.kid).toBe(signer.kid);
    expect(sig.jwk['kid']).toBe(signer.kid);
  });

  it('refuses a key that did not sign', async () => {
    const [thief, owner] = [await newSigner(), await newSigner()];
    await expect(
      verifyKeyProof(await proofOf(thief, {}, { jwk: owner.publicJwk }), rules),
    ).rejects.toMatchObject(notAuthentic);
  });

  it('refuses private parts, shared secrets and what is no key', async () => {
    const signer = await newSigner();
    const secret = { kty: 'oct', k: 'AAAA' };
    const tooShort = { ...signer.publicJwk, x: 'AAAA' };
    for (const jwk of [signer.privateJwk, secret, tooShort, 'key', undefined]) {
      await expect(verifyKeyProof(await proofOf(signer, {}, { jwk }), rules)).rejects.toMatchObject(
        malformed,
      );
    }
    const encryptionKey = { ...(await encryptionJwk()), d: 'x' };
    await expect(verifyKeyProof(await proofOf(signer, { encryptionKey }), rules)).rejects.toMatchObject(
      malformed,
    );
  });

  it.each([
    ['an envelope of reports', {}, { typ: 'sekisho-report+jwt' }, malformed],
    ['another hub', { aud: 'https://other.example' }, {}, notAuthentic],
    ['yesterday', { iat: NOW / 1000 - 86_400 }, {}, notAuthentic],
    ['tomorrow', { iat: NOW / 1000 + 86_400 }, {}, notAuthentic],
    ['no time', { iat: 'now' }, {}, malformed],
    ['alg none', {}, { alg: 'none' }, notAuthentic],
  ])('refuses a proof of %s', async (_case, change, header, expected) => {
    await expect(
      verifyKeyProof(await proofOf(await newSigner(), change, header), rules),
    ).rejects.toMatchObject(expected);
  });
});

describe('verifyRotation', () => {
  const find = (signer: Signer) => (kid: string) =>
    kid === signer.kid ? { memberId: 'isp-a', key: signer.publicKey } : undefined;

  it('lets the old key vouch for the new one', async () => {
    const [old, next] = [await newSigner(), await newSigner()];
    const jws = await old.sign({ typ: ROTATION_TYP }, claims({ iss: 'isp-a', proof: await proofOf(next) }));
    expect(await verifyRotation(jws, find(old), rules)).toMatchObject({
      memberId: 'isp-a',
      keys: { sig: { kid: next.kid }, enc: undefined },
    });
  });

  it('needs both signatures', async () => {
    const [old, next, thief] = [await newSigner(), await newSigner(), await newSigner()];
    const proof = await proofOf(next);
    const byThief = await thief.sign({ typ: ROTATION_TYP, kid: old.kid }, claims({ iss: 'isp-a', proof }));
    await expect(verifyRotation(byThief, find(old), rules)).rejects.toMatchObject(notAuthentic);
    const unproven = await proofOf(thief, {}, { jwk: next.publicJwk });
    const byOld = await old.sign({ typ: ROTATION_TYP }, claims({ iss: 'isp-a', proof: unproven }));
    await expect(verifyRotation(byOld, find(old), rules)).rejects.toMatchObject(notAuthentic);
    const forOther = await old.sign({ typ: ROTATION_TYP }, claims({ iss: 'isp-b', proof }));
    await expect(verifyRotation(forOther, find(old), rules)).rejects.toMatchObject(notAuthentic);
  });
});
