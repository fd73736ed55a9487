import {
  base64url,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';

/** The hub's Ed25519 key. Who has it can issue access tokens and sign what edges and members believe. */
export interface HubKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
  /** The public key as 32 bytes, and a signature of 64 (RFC 8032): for signed notes. */
  readonly rawPublicKey: Uint8Array;
  readonly signRaw: (message: Uint8Array) => Promise<Uint8Array>;
}

/** A new private JWK as text, to be kept in a private file. */
export async function generateHubKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return JSON.stringify(await exportJWK(privateKey));
}

/** Raw Ed25519 (RFC 8032): whether a key of 32 bytes made this signature of 64. */
export async function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(publicKey), 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(message));
}

export async function importHubKey(text: string): Promise<HubKey> {
  const jwk = JSON.parse(text) as JWK & { crv: string; x: string };
  const kid = await calculateJwkThumbprint(jwk);
  const publicJwk: JWK = { kty: 'OKP', crv: jwk.crv, x: jwk.x, kid, use: 'sig', alg: 'EdDSA' };
  const privateKey = (await importJWK(jwk, 'EdDSA')) as CryptoKey;
  return {
    kid,
    privateKey,
    publicKey: (await importJWK(publicJwk, 'EdDSA')) as CryptoKey,
    publicJwk,
    rawPublicKey: base64url.decode(jwk.x),
    signRaw: async (message) =>
      new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, new Uint8Array(message))),
  };
}
