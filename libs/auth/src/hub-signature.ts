// What edges believe: compact JWS (RFC 7515) of the hub's Ed25519 key (RFC 8037) over the SHA-256 of some bytes.
import { CompactSign, compactVerify, decodeProtectedHeader, errors, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { HubKey } from './hub-key.js';

/** `typ` of what is signed, so that one kind is never taken for another. */
export type HubSignatureTyp = 'sekisho-snapshot+jws' | 'sekisho-changes+jws';

export type HubSignatureCode = 'signature-malformed' | 'signature-key-unknown' | 'signature-wrong';

/** Bytes that the hub did not sign. Nothing of them may be used. */
export class HubSignatureRefused extends Error {
  override readonly name = 'HubSignatureRefused';
  readonly kind = 'Rejected';
  constructor(
    readonly code: HubSignatureCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const keySet = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })),
});

/** The Ed25519 keys of a JWKS document (RFC 7517 section 5). @throws {HubSignatureRefused} when it is none */
export function readHubKeys(document: unknown): readonly JWK[] {
  const parsed = keySet.safeParse(document);
  if (!parsed.success) throw new HubSignatureRefused('signature-malformed', 'not a JWKS document');
  return parsed.data.keys.filter((key) => key.kty === 'OKP' && key['crv'] === 'Ed25519');
}

/** `digest` is the SHA-256 of what is signed. */
export const signDigest = (digest: Uint8Array, typ: HubSignatureTyp, key: HubKey): Promise<string> =>
  new CompactSign(digest).setProtectedHeader({ alg: 'EdDSA', typ, kid: key.kid }).sign(key.privateKey);

/** Resolves when one of the keys signed this digest as this `typ`. @throws {HubSignatureRefused} */
export async function verifyDigest(
  jws: string,
  digest: Uint8Array,
  typ: HubSignatureTyp,
  keys: readonly JWK[],
): Promise<void> {
  const header = headerOf(jws);
  if (header.typ !== typ) throw new HubSignatureRefused('signature-malformed', `its typ is not ${typ}`);
  const jwk = keys.find(({ kid }) => kid === header.kid);
  if (!jwk) throw new HubSignatureRefused('signature-key-unknown', 'its kid is no key of the hub');
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(jws, await importJWK(jwk, 'EdDSA'), {
      algorithms: ['EdDSA', 'Ed25519'],
    }));
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new HubSignatureRefused('signature-wrong', 'it is not of the key that it names', { cause: error });
  }
  const isSame = payload.length === digest.length && payload.every((byte, i) => byte === digest[i]);
  if (!isSame) throw new HubSignatureRefused('signature-wrong', 'it is of other bytes');
}

function headerOf(jws: string): ReturnType<typeof decodeProtectedHeader> {
  try {
    return decodeProtectedHeader(jws);
  } catch (error) {
    throw new HubSignatureRefused('signature-malformed', 'not a compact JWS', { cause: error });
  }
}
