// Envelopes of somebody who wants something: what is refused, and that nothing but a typed refusal ever comes of it.
import { fc, it as property } from '@fast-check/vitest';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { verifySigned, type FindSigningKey } from './envelope.js';
import { NotAuthentic } from './errors.js';
import { newSigner, type Signer } from './signer.fixture.js';

// Two hundred cases take a second, and more on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const SEED = 20_261_129;
const NOW = Date.UTC(2026, 10, 20, 12);
const TYP = 'sekisho-report+jwt';
const schema = z.object({ iss: z.string(), aud: z.string(), iat: z.number(), jti: z.string() });
const claims = { iss: 'isp-a', aud: 'https://hub.example', iat: NOW / 1000, jti: 'jti-00000001' };
const encode = (text: string) => Buffer.from(text).toString('base64url');

let signer: Signer;
let stranger: Signer;
beforeAll(async () => {
  signer = await newSigner();
  stranger = await newSigner();
});

/** As the hub's register: a Map, asked by whatever the header says. */
const register = (): ReadonlyMap<string, Signer> => new Map([[signer.kid, signer]]);
const verify = (jws: string) => {
  const known = register();
  const find: FindSigningKey = (kid) => {
    const found = known.get(kid);
    return found && { memberId: 'isp-a', key: found.publicKey };
  };
  const rules = { typ: TYP, audience: 'https://hub.example', now: NOW, maxAgeMs: 86_400_000 };
  return verifySigned(jws, schema, find, rules);
};

/** A valid signature over exactly this header and payload, as text. */
async function signText(header: string, payload: string): Promise<string> {
  const key = await crypto.subtle.importKey('jwk', signer.privateJwk, 'Ed25519', false, ['sign']);
  const input = `${encode(header)}.${encode(payload)}`;
  const signature = await crypto.subtle.sign('Ed25519', key, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

describe('a hostile envelope', () => {
  it.each([
    '../../keys/hub.jwk',
    "' OR 1=1 --",
    '__proto__',
    'constructor',
    '',
    'x'.repeat(100_000),
    '\u0000',
  ])('finds no key under the kid %j', async (kid) => {
    await expect(verify(await stranger.sign({ typ: TYP, kid }, claims))).rejects.toBeInstanceOf(NotAuthentic);
  });

  it.each([
    ['a kid that is a list', ['a']],
    ['a kid that is an object', { toString: 1 }],
    ['a kid that is a number', 7],
  ])('with %s is refused', async (_case, kid) => {
    await expect(verify(await stranger.sign({ typ: TYP, kid }, claims))).rejects.toBeInstanceOf(NotAuthentic);
  });

  it('that names a member of its header twice is read by the last one, everywhere (RFC 7515 section 4)', async () => {
    const { kid } = signer;
    const header = (first: string, last: string) =>
      `{"typ":"${TYP}","kid":"${kid}","alg":"${first}","alg":"${last}"}`;
    const payload = JSON.stringify(claims);
    expect(await verify(await signText(header('none', 'EdDSA'), payload))).toEqual(claims);
    await expect(verify(await signText(header('EdDSA', 'none'), payload))).rejects.toBeInstanceOf(
      NotAuthentic,
    );
    const twice = payload.replace('{', '{"iss":"isp-b",');
    expect(await verify(await signText(header('EdDSA', 'EdDSA'), twice))).toEqual(claims);
    const other = payload.replace('}', ',"iss":"isp-b"}');
    await expect(verify(await signText(header('EdDSA', 'EdDSA'), other))).rejects.toBeInstanceOf(
      NotAuthentic,
    );
  });

  it('pollutes no prototype', async () => {
    const header = `{"alg":"EdDSA","typ":"${TYP}","kid":"${signer.kid}","__proto__":{"isEvil":true}}`;
    const payload = JSON.stringify(claims).replace('{', '{"__proto__":{"isEvil":true},');
    const read = await verify(await signText(header, payload));
    expect(Object.keys(read)).toEqual(Object.keys(claims));
    expect(({} as { isEvil?: boolean }).isEvil).toBeUndefined();
  });

  it('as deep as an envelope has room for is a refusal and no crash', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    await expect(verify(`${encode(deep)}.e30.AAAA`)).rejects.toBeInstanceOf(NotAuthentic);
    const header = JSON.stringify({ alg: 'EdDSA', typ: TYP, kid: signer.kid });
    await expect(verify(await signText(header, deep))).rejects.toBeInstanceOf(NotAuthentic);
  });

  const part = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.json().map(encode),
    fc
      .record({ alg: fc.constantFrom('none', 'EdDSA', 'HS256'), kid: fc.json(), typ: fc.constant(TYP) })
      .map((header) => encode(JSON.stringify(header))),
  );
  property.prop([fc.array(part, { maxLength: 5 })], { numRuns: 200, seed: SEED })(
    'of any text is refused as not authentic',
    async (parts) => {
      await expect(verify(parts.join('.'))).rejects.toBeInstanceOf(NotAuthentic);
    },
  );
});
