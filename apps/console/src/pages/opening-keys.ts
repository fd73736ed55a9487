// The member's private encryption key in this browser. It is read from a file, imported so that nothing can take it out
// again (not extractable), and never sent anywhere. Whoever can run code in this origin could use it, which is what the
// strict Content-Security-Policy is for; kept in IndexedDB only when the person asks for it.
import { calculateJwkThumbprint, importJWK } from 'jose';
import * as z from 'zod/mini';

export interface OpeningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** `encryption.jwk` of a member's directory, and the superseded `encryption.KID.jwk`. */
const jwkSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('X25519'),
  x: z.string(),
  d: z.string(),
  kid: z.string(),
});

export class KeyFileFault extends Error {
  override readonly name = 'KeyFileFault';
  readonly code = 'key-file-malformed';
}

/** @throws {KeyFileFault} */
export async function readKeyFile(text: string): Promise<OpeningKey> {
  try {
    const jwk = jwkSchema.parse(JSON.parse(text));
    if ((await calculateJwkThumbprint(jwk)) !== jwk.kid)
      throw new KeyFileFault('the key does not belong to its kid');
    const key = await importJWK(jwk, 'ECDH-ES+A256KW', { extractable: false });
    if (!(key instanceof CryptoKey)) throw new KeyFileFault('not a private key');
    return { kid: jwk.kid, key };
  } catch (error) {
    throw new KeyFileFault('not the encryption.jwk of a member', { cause: error });
  }
}

const DATABASE = 'sekisho';
const STORE = 'opening-keys';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('IndexedDB failed'));
    };
  });

async function withStore<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(STORE, { keyPath: 'kid' });
  };
  const database = await settled(opening);
  try {
    return await settled(ask(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

export const keptKeys = (): Promise<OpeningKey[]> =>
  withStore('readonly', (store) => store.getAll() as IDBRequest<OpeningKey[]>);

export const keepKey = async (key: OpeningKey): Promise<void> => {
  await withStore('readwrite', (store) => store.put(key));
};

export const forgetKeys = async (): Promise<void> => {
  await withStore('readwrite', (store) => store.clear());
};
