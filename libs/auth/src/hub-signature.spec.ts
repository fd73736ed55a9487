import { describe, expect, it } from 'vitest';
import { generateHubKey, importHubKey } from './hub-key.js';
import {
  HubSignatureRefused,
  readHubKeys,
  signDigest,
  verifyDigest,
  type HubSignatureTyp,
} from './hub-signature.js';

const digest = Uint8Array.from({ length: 32 }, (_, i) => i);
const TYP = 'sekisho-snapshot+jws';
const key = await importHubKey(await generateHubKey());
const other = await importHubKey(await generateHubKey());
const keys = readHubKeys({ keys: [other.publicJwk, key.publicJwk] });

describe('a signature of the hub', () => {
  const refusal = (jws: string, of = digest, typ: HubSignatureTyp = TYP): string | undefined => {
    try {
      verifyDigest(jws, of, typ, keys);
      return undefined;
    } catch (error) {
      if (error instanceof HubSignatureRefused) return error.code;
      throw error;
    }
  };

  it('is accepted for the digest, the type and the key that it is of', async () => {
    expect(refusal(await signDigest(digest, TYP, key))).toBeUndefined();
  });

  it('is refused for another digest', async () => {
    const jws = await signDigest(digest, TYP, key);
    expect(refusal(jws, digest.slice().fill(1, 31))).toBe('signature-wrong');
    expect(refusal(jws, digest.subarray(0, 31))).toBe('signature-wrong');
  });

  it('is refused as another type', async () => {
    expect(refusal(await signDigest(digest, 'sekisho-changes+jws', key))).toBe('signature-malformed');
  });

  it('is refused from a key that the hub does not have, or under the name of another key', async () => {
    const stranger = await importHubKey(await generateHubKey());
    expect(refusal(await signDigest(digest, TYP, stranger))).toBe('signature-key-unknown');
    const forged = await signDigest(digest, TYP, { ...stranger, kid: key.kid });
    expect(refusal(forged)).toBe('signature-wrong');
  });

  it.each([
    ['of no algorithm', { alg: 'none' }],
    ['of another algorithm', { alg: 'HS256' }],
    ['with an extension that must be understood', { crit: ['exp'], exp: 0 }],
  ])('is refused when its header says that it is %s, even if signed so', async (_, more) => {
    const header = { alg: 'EdDSA', typ: TYP, kid: key.kid, ...more };
    const encode = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64url');
    const signed = `${encode(JSON.stringify(header))}.${encode(digest)}`;
    const signature = encode(await key.signRaw(Buffer.from(signed)));
    expect(refusal(`${signed}.${signature}`)).toBe('signature-wrong');
  });

  it('is refused with a signature changed, left out or followed by more', async () => {
    const jws = await signDigest(digest, TYP, key);
    const cut = jws.lastIndexOf('.');
    const other = jws[cut + 5] === 'A' ? 'B' : 'A';
    expect(refusal(`${jws.slice(0, cut + 5)}${other}${jws.slice(cut + 6)}`)).toBe('signature-wrong');
    expect(refusal(jws.slice(0, cut + 1))).toBe('signature-wrong');
    expect(refusal(jws.slice(0, cut))).toBe('signature-wrong');
    expect(refusal(`${jws}.x`)).toBe('signature-wrong');
  });

  it.each(['', 'x', 'a.b.c', 'bnVsbA.b.c', 'W10.b.c'])('is refused when it is none: %j', (jws) => {
    expect(refusal(jws)).toBe('signature-malformed');
  });

  it('needs a JWKS document, of which only Ed25519 keys count', () => {
    expect(() => readHubKeys({ keys: 'none' })).toThrow('not a JWKS document');
    expect(() => readHubKeys({ keys: [{ kty: 'OKP' }] })).toThrow('not a JWKS document');
    expect(readHubKeys({ keys: [{ kty: 'EC', kid: 'a', crv: 'P-256' }, key.publicJwk] })).toHaveLength(1);
  });
});
