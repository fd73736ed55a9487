import { describe, expect, it } from 'vitest';
import { generateHubKey, importHubKey } from './hub-key.js';
import { readHubKeys, signDigest, verifyDigest } from './hub-signature.js';

const digest = Uint8Array.from({ length: 32 }, (_, i) => i);
const TYP = 'sekisho-snapshot+jws';
const key = await importHubKey(await generateHubKey());
const other = await importHubKey(await generateHubKey());
const keys = readHubKeys({ keys: [other.publicJwk, key.publicJwk] });

describe('a signature of the hub', () => {
  it('is accepted for the digest, the type and the key that it is of', async () => {
    await expect(
      verifyDigest(await signDigest(digest, TYP, key), digest, TYP, keys),
    ).resolves.toBeUndefined();
  });

  it('is refused for another digest', async () => {
    const jws = await signDigest(digest, TYP, key);
    const code = 'signature-wrong';
    await expect(verifyDigest(jws, digest.slice().fill(1, 31), TYP, keys)).rejects.toMatchObject({ code });
    await expect(verifyDigest(jws, digest.subarray(0, 31), TYP, keys)).rejects.toMatchObject({ code });
  });

  it('is refused as another type', async () => {
    const jws = await signDigest(digest, 'sekisho-changes+jws', key);
    await expect(verifyDigest(jws, digest, TYP, keys)).rejects.toMatchObject({ code: 'signature-malformed' });
  });

  it('is refused from a key that the hub does not have, or under the name of another key', async () => {
    const stranger = await importHubKey(await generateHubKey());
    const unknown = await signDigest(digest, TYP, stranger);
    await expect(verifyDigest(unknown, digest, TYP, keys)).rejects.toMatchObject({
      code: 'signature-key-unknown',
    });
    const forged = await signDigest(digest, TYP, { ...stranger, kid: key.kid });
    await expect(verifyDigest(forged, digest, TYP, keys)).rejects.toMatchObject({ code: 'signature-wrong' });
  });

  it.each(['', 'x', 'a.b.c'])('is refused when it is none: %j', async (jws) => {
    await expect(verifyDigest(jws, digest, TYP, keys)).rejects.toMatchObject({ code: 'signature-malformed' });
  });

  it('needs a JWKS document, of which only Ed25519 keys count', () => {
    expect(() => readHubKeys({ keys: 'none' })).toThrow('not a JWKS document');
    expect(readHubKeys({ keys: [{ kty: 'EC', kid: 'a', crv: 'P-256' }, key.publicJwk] })).toHaveLength(1);
  });
});
