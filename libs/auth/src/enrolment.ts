// Enrolment and key rotation: a member proves that it has the keys it registers.
import { calculateJwkThumbprint, importJWK, type CryptoKey } from 'jose';
import { z } from 'zod';
import {
  checkAudienceAndTime,
  parseJson,
  readHeader,
  verifySignature,
  verifySigned,
  type FindSigningKey,
} from './envelope.js';
import { NotAuthentic } from './errors.js';

export const ENROLMENT_TYP = 'sekisho-enrolment+jwt';
export const ROTATION_TYP = 'sekisho-rotation+jwt';
const MAX_AGE_MS = 5 * 60_000;

// Strict on purpose: a private part sent by mistake (`d`) is refused instead of stored.
const signingJwk = z.strictObject({
  kty: z.enum(['OKP', 'EC']),
  crv: z.enum(['Ed25519', 'P-256']),
  x: z.string().max(64),
  y: z.string().max(64).optional(),
  kid: z.string().optional(),
  use: z.literal('sig').optional(),
  alg: z.enum(['EdDSA', 'Ed25519', 'ES256']).optional(),
});
const encryptionJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('X25519'),
  x: z.string().length(43),
  kid: z.string().optional(),
  use: z.literal('enc').optional(),
  alg: z.literal('ECDH-ES+A256KW').optional(),
});
const enrolmentClaims = z.object({
  aud: z.string(),
  iat: z.int(),
  jti: z.string().min(8).max(128),
  code: z.string().max(128).optional(),
  encryptionKey: encryptionJwk.optional(),
});
const rotationClaims = z.object({
  iss: z.string(),
  aud: z.string(),
  iat: z.int(),
  jti: z.string().min(8).max(128),
  proof: z.string().max(8_192),
});

export interface ProvenKey {
  readonly kid: string;
  readonly use: 'sig' | 'enc';
  readonly jwk: Record<string, unknown>;
}

export interface ProvenKeys {
  readonly code: string | undefined;
  readonly sig: ProvenKey;
  readonly enc: ProvenKey | undefined;
}

export interface HubAndTime {
  readonly audience: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * A JWS that carries its own public key in the header and is signed with it.
 * @throws {NotAuthentic} envelope-malformed, envelope-not-authentic
 */
export async function verifyKeyProof(jws: string, { audience, now }: HubAndTime): Promise<ProvenKeys> {
  const header = readHeader(jws);
  const jwk = signingJwk.safeParse(header.jwk);
  if (header.typ !== ENROLMENT_TYP || !jwk.success) {
    throw new NotAuthentic(
      'envelope-malformed',
      `header must have typ ${ENROLMENT_TYP} and, as jwk, a public Ed25519 or P-256 key`,
    );
  }
  const payload = await verifySignature(jws, await importPublicKey(jwk.data));
  const claims = enrolmentClaims.safeParse(parseJson(payload));
  if (!claims.success) {
    const issue = claims.error.issues[0];
    throw new NotAuthentic(
      'envelope-malformed',
      `claims: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const { code, encryptionKey, aud, iat } = claims.data;
  checkAudienceAndTime(aud, iat, { typ: ENROLMENT_TYP, audience, now, maxAgeMs: MAX_AGE_MS });
  return {
    code,
    sig: await proven('sig', jwk.data.crv === 'P-256' ? 'ES256' : 'EdDSA', jwk.data),
    enc: encryptionKey && (await proven('enc', 'ECDH-ES+A256KW', encryptionKey)),
  };
}

/** @throws {NotAuthentic} as verifyKeyProof, and when the old key does not vouch for the new one */
export async function verifyRotation(
  jws: string,
  findKey: FindSigningKey,
  rules: HubAndTime,
): Promise<{ memberId: string; signedBy: string; keys: ProvenKeys }> {
  const claims = await verifySigned(jws, rotationClaims, findKey, {
    ...{ typ: ROTATION_TYP, maxAgeMs: MAX_AGE_MS },
    ...rules,
  });
  const signedBy = readHeader(jws).kid ?? '';
  return { memberId: claims.iss, signedBy, keys: await verifyKeyProof(claims.proof, rules) };
}

async function importPublicKey(jwk: z.output<typeof signingJwk>): Promise<CryptoKey> {
  const { kty, crv, x, y } = jwk;
  try {
    const key = await importJWK(
      { kty, crv, x, ...(y !== undefined && { y }) },
      crv === 'P-256' ? 'ES256' : 'EdDSA',
    );
    return key;
  } catch (error) {
    throw new NotAuthentic('envelope-malformed', 'header jwk is not a usable public key', { cause: error });
  }
}

async function proven(
  use: 'sig' | 'enc',
  alg: string,
  jwk: { kty: string; crv: string; x: string; y?: string | undefined },
): Promise<ProvenKey> {
  const { kty, crv, x, y } = jwk;
  const bare = { kty, crv, x, ...(y !== undefined && { y }) };
  const kid = await calculateJwkThumbprint(bare);
  return { kid, use, jwk: { ...bare, kid, use, alg } };
}
