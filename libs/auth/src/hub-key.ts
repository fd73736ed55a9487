import {
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
}

/** A new private JWK as text, to be kept in a private file. */
export async function generateHubKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return JSON.stringify(await exportJWK(privateKey));
}

export async function importHubKey(text: string): Promise<HubKey> {
  const jwk = JSON.parse(text) as JWK & { crv: string; x: string };
  const kid = await calculateJwkThumbprint(jwk);
  const publicJwk: JWK = { kty: 'OKP', crv: jwk.crv, x: jwk.x, kid, use: 'sig', alg: 'EdDSA' };
  return {
    kid,
    privateKey: (await importJWK(jwk, 'EdDSA')) as CryptoKey,
    publicKey: (await importJWK(publicJwk, 'EdDSA')) as CryptoKey,
    publicJwk,
  };
}
