// Signs what jose itself refuses to sign: the tests need the hostile shapes.
import { exportJWK, generateKeyPair, calculateJwkThumbprint, type CryptoKey, type JWK } from 'jose';

export interface Signer {
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  readonly publicKey: CryptoKey;
  sign(header: object, payload: unknown): Promise<string>;
}

const encode = (value: unknown) =>
  (value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(JSON.stringify(value))).toString(
    'base64url',
  );

/** A new key pair. `payload` is signed as it is when it is bytes, and else as JSON. */
export async function newSigner(alg: 'EdDSA' | 'ES256' = 'EdDSA'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    ...{ kid, publicJwk, publicKey },
    privateJwk: await exportJWK(privateKey),
    async sign(header, payload) {
      const input = `${encode({ alg, kid, ...header })}.${encode(payload)}`;
      const algorithm = alg === 'EdDSA' ? 'Ed25519' : { name: 'ECDSA', hash: 'SHA-256' };
      const signature = await crypto.subtle.sign(algorithm, privateKey, Buffer.from(input));
      return `${input}.${encode(new Uint8Array(signature))}`;
    },
  };
}
