// What edges believe: compact JWS (RFC 7515) of the hub's Ed25519 key (RFC 8037) over the SHA-256 of some bytes.
// Verified by Node itself: an edge needs nothing else of jose, and would keep it in memory for good.
import { CompactSign, type JWK } from 'jose';
import { createPublicKey, verify } from 'node:crypto';
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

/** The Ed25519 keys of a JWKS document (RFC 7517 section 5). @throws {HubSignatureRefused} when it is none */
export function readHubKeys(document: unknown): readonly JWK[] {
  const keys: unknown = isObject(document) ? document['keys'] : undefined;
  const isKeySet = Array.isArray(keys) && keys.every(isKey);
  if (!isKeySet) throw new HubSignatureRefused('signature-malformed', 'not a JWKS document');
  return keys.filter((key) => key.kty === 'OKP' && key.crv === 'Ed25519');
}

/** `digest` is the SHA-256 of what is signed. */
export const signDigest = (digest: Uint8Array, typ: HubSignatureTyp, key: HubKey): Promise<string> =>
  new CompactSign(digest).setProtectedHeader({ alg: 'EdDSA', typ, kid: key.kid }).sign(key.privateKey);

/** Returns when one of the keys signed this digest as this `typ`. @throws {HubSignatureRefused} */
export function verifyDigest(
  jws: string,
  digest: Uint8Array,
  typ: HubSignatureTyp,
  keys: readonly JWK[],
): void {
  const header = headerOf(jws);
  if (header['typ'] !== typ) throw new HubSignatureRefused('signature-malformed', `its typ is not ${typ}`);
  const jwk = keys.find(({ kid }) => kid === header['kid']);
  if (!jwk) throw new HubSignatureRefused('signature-key-unknown', 'its kid is no key of the hub');
  if (!isOfKey(jws, header, jwk)) {
    throw new HubSignatureRefused('signature-wrong', 'it is not of the key that it names');
  }
  const payload = decode(jws.split('.')[1]);
  if (!payload.equals(digest)) throw new HubSignatureRefused('signature-wrong', 'it is of other bytes');
}

type Header = Readonly<Record<string, unknown>>;

/** RFC 7515 section 5.2 for one algorithm. No extension is understood, so a header that insists on one (`crit`) is refused. */
function isOfKey(jws: string, { alg, crit }: Header, jwk: JWK): boolean {
  const [header, payload, signature, more] = jws.split('.');
  if (signature === undefined || more !== undefined || crit !== undefined) return false;
  if (alg !== 'EdDSA' && alg !== 'Ed25519') return false;
  // The names of the two parts are theirs: whatever else a key says of itself is not for Ed25519.
  const { kty, crv = '', x = '' } = jwk;
  const key = createPublicKey({ key: { kty: String(kty), crv, x }, format: 'jwk' });
  return verify(null, Buffer.from(`${String(header)}.${String(payload)}`), key, decode(signature));
}

const decode = (text = ''): Buffer => Buffer.from(text, 'base64url');

function headerOf(jws: string): Header {
  try {
    const header: unknown = JSON.parse(decode(jws.split('.')[0]).toString());
    if (isObject(header)) return header;
  } catch (error) {
    throw new HubSignatureRefused('signature-malformed', 'not a compact JWS', { cause: error });
  }
  throw new HubSignatureRefused('signature-malformed', 'not a compact JWS');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKey = (value: unknown): value is JWK =>
  isObject(value) && typeof value['kty'] === 'string' && typeof value['kid'] === 'string';
