// Member keys: Ed25519 (RFC 8037) signs envelopes and assertions; X25519 opens evidence sealed with ECDH-ES+A256KW (RFC 7518).
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import { z } from 'zod';

const okp = { kty: z.literal('OKP'), x: z.string(), d: z.string(), kid: z.string() };

export const signingJwkSchema = z.object({
  ...okp,
  crv: z.literal('Ed25519'),
  use: z.literal('sig'),
  alg: z.literal('EdDSA'),
});
export const encryptionJwkSchema = z.object({
  ...okp,
  crv: z.literal('X25519'),
  use: z.literal('enc'),
  alg: z.literal('ECDH-ES+A256KW'),
});

/** Private keys as JWK; `kid` is the RFC 7638 thumbprint. */
export type SigningJwk = z.output<typeof signingJwkSchema>;
export type EncryptionJwk = z.output<typeof encryptionJwkSchema>;

export interface MemberKeys {
  readonly signing: SigningJwk;
  readonly encryption: EncryptionJwk;
}

/** A new pair of key pairs. Nothing is stored. */
export async function generateMemberKeys(): Promise<MemberKeys> {
  const [signing, encryption] = await Promise.all([
    generateJwk(signingJwkSchema, { use: 'sig', alg: 'EdDSA', crv: 'Ed25519' }),
    generateJwk(encryptionJwkSchema, { use: 'enc', alg: 'ECDH-ES+A256KW', crv: 'X25519' }),
  ]);
  return { signing, encryption };
}

async function generateJwk<T>(
  schema: z.ZodType<T>,
  { use, alg, crv }: { use: string; alg: string; crv: string },
): Promise<T> {
  const { privateKey } = await generateKeyPair(alg, { crv, extractable: true });
  const jwk = await exportJWK(privateKey);
  return schema.parse({ ...jwk, use, alg, kid: await calculateJwkThumbprint(jwk) });
}

/** The half that may leave the member. */
export function publicJwk(jwk: SigningJwk | EncryptionJwk): JWK {
  const { kty, crv, x, kid, use, alg } = jwk;
  return { kty, crv, x, kid, use, alg };
}

export interface PrivateKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly key: CryptoKey;
}

export async function importPrivateKey(jwk: SigningJwk | EncryptionJwk): Promise<PrivateKey> {
  const key = await importJWK(jwk, jwk.alg);
  if (key instanceof Uint8Array) throw new TypeError('a key pair, not a shared secret');
  return { kid: jwk.kid, key };
}
