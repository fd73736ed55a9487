// What a party says of its keys, signed: which epochs live, with which public keys, and which it has destroyed.
import type { HubKey } from '@sekisho/auth';
import { encodePublicKey } from '@sekisho/oprf';
import { CompactSign } from 'jose';
import type { ShareStore } from './share-store.js';

export const KEY_STATEMENT_TYP = 'sekisho-oprf-keys+jws';

export interface PublishedEpochs {
  readonly epochs: readonly { readonly epoch: string; readonly publicKey: string }[];
  /** Whose shares this party has destroyed. */
  readonly destroyed: readonly string[];
  /** A compact JWS of this party over the same, with its id and the time. */
  readonly statement: string;
}

export async function publishEpochs(
  store: ShareStore,
  { id, key, now }: { id: string; key: HubKey; now: Date },
): Promise<PublishedEpochs> {
  const epochs = store
    .epochs()
    .map(({ epoch, publicKey }) => ({ epoch, publicKey: encodePublicKey(publicKey) }));
  const destroyed = store.destroyedEpochs();
  const said = JSON.stringify({ iss: id, iat: Math.floor(now.getTime() / 1000), epochs, destroyed });
  const statement = await new CompactSign(Buffer.from(said))
    .setProtectedHeader({ alg: 'EdDSA', typ: KEY_STATEMENT_TYP, kid: key.kid })
    .sign(key.privateKey);
  return { epochs, destroyed, statement };
}
