// Envelopes: RFC 7515 compact JWS. The key comes from our own register by `kid`; `jwk`, `jku` and `x5u` are never followed.
import {
  compactVerify,
  decodeProtectedHeader,
  errors,
  type CryptoKey,
  type ProtectedHeaderParameters,
} from 'jose';
import { z } from 'zod';
import { NotAuthentic } from './errors.js';

/** A registered signing key of an active member. */
export interface SigningKey {
  readonly memberId: string;
  readonly key: CryptoKey;
}

export type FindSigningKey = (kid: string) => SigningKey | undefined;

export interface SignedRules {
  readonly typ: string;
  readonly audience: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How old `iat` may be. */
  readonly maxAgeMs: number;
}

/** Both names of the same Ed25519 signature (RFC 8037, RFC 9864), and ES256. */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256'];
/** A member's clock may be ahead by this much. */
const CLOCK_SKEW_MS = 60_000;

const baseClaims = z.object({ iss: z.string(), aud: z.string(), iat: z.number(), jti: z.string() });

/**
 * Verifies a compact JWS of a member and hands over its claims as parsed by `claims`.
 * @throws {NotAuthentic} envelope-malformed, envelope-not-authentic
 */
export async function verifySigned<T extends { iss: string }>(
  jws: string,
  claims: z.ZodType<T>,
  findKey: FindSigningKey,
  rules: SignedRules,
): Promise<T> {
  const header = readHeader(jws);
  if (header.typ !== rules.typ) {
    throw new NotAuthentic('envelope-malformed', `header typ must be ${rules.typ}`);
  }
  const signer = header.kid === undefined ? undefined : findKey(header.kid);
  if (!signer) {
    throw new NotAuthentic(
      'envelope-not-authentic',
      'header kid is not a valid key of an active member; enrol first, or see whether the member is suspended',
    );
  }
  const payload = await verifySignature(jws, signer.key);
  const parsed = claims.safeParse(parseJson(payload));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new NotAuthentic(
      'envelope-malformed',
      `claims: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not of the published form'}`,
    );
  }
  checkClaims(parsed.data, signer.memberId, rules);
  return parsed.data;
}

export function readHeader(jws: string): ProtectedHeaderParameters {
  try {
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) throw new errors.JWSInvalid('three base64url parts expected');
    return decodeProtectedHeader(jws);
  } catch (error) {
    throw new NotAuthentic(
      'envelope-malformed',
      'not a compact JWS: header.payload.signature, each in base64url',
      {
        cause: error,
      },
    );
  }
}

export async function verifySignature(jws: string, key: CryptoKey): Promise<Uint8Array> {
  try {
    return (await compactVerify(jws, key, { algorithms: ALGORITHMS })).payload;
  } catch (error) {
    // jose answers a key of the wrong type with a plain TypeError.
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      throw new NotAuthentic(
        'envelope-not-authentic',
        'the signature does not verify with the key that kid names',
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

export function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (error) {
    throw new NotAuthentic('envelope-malformed', 'the payload is not JSON in UTF-8', { cause: error });
  }
}

function checkClaims(claims: unknown, memberId: string, rules: SignedRules): void {
  const { iss, aud, iat } = baseClaims.parse(claims);
  if (iss !== memberId) {
    throw new NotAuthentic('envelope-not-authentic', 'iss is not the member that the key belongs to');
  }
  checkAudienceAndTime(aud, iat, rules);
}

export function checkAudienceAndTime(aud: string, iat: number, rules: SignedRules): void {
  if (aud !== rules.audience) {
    throw new NotAuthentic('envelope-not-authentic', `aud must be ${rules.audience}`);
  }
  if (iat * 1000 > rules.now + CLOCK_SKEW_MS) {
    throw new NotAuthentic('envelope-not-authentic', "iat is in the future; check the signer's clock");
  }
  if (iat * 1000 < rules.now - rules.maxAgeMs) {
    throw new NotAuthentic(
      'envelope-not-authentic',
      `iat is older than ${rules.maxAgeMs / 3_600_000} hours; sign it again`,
    );
  }
}
