// What a party says of its keys, signed: which epochs live, with which public keys, and which it has destroyed.
import type { HubKey } from '@sekisho/auth';
import { encodePublicKey } from '@sekisho/oprf';
import { CompactSign, compactVerify, importJWK } from 'jose';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EvaluationRefused } from './errors.js';
import type { ShareStore } from './share-store.js';

const KEY_STATEMENT_TYP = 'sekisho-oprf-keys+jws';

export interface PublishedEpochs {
  readonly epochs: readonly { readonly epoch: string; readonly publicKey: string }[];
  /** Whose shares this party has destroyed. */
  readonly destroyed: readonly string[];
  /** A compact JWS of this party over the same, with its id and the time. */
  readonly statement: string;
}

const statementSchema = z.object({
  /** The id of the party, a URL. */
  iss: z.string(),
  /** Seconds since 1970. */
  iat: z.int(),
  epochs: z.array(z.object({ epoch: z.string(), publicKey: z.string() })),
  destroyed: z.array(z.string()),
});

export type KeyStatement = z.output<typeof statementSchema>;

/** A party's public key, as JWK. */
export const statementKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
});
export type StatementKey = z.output<typeof statementKeySchema>;

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

/** What a statement says, if this key signed it. @throws {EvaluationRefused} statement-not-authentic */
export async function readKeyStatement(text: string, { kid, ...jwk }: StatementKey): Promise<KeyStatement> {
  try {
    const key = await importJWK(jwk, 'EdDSA');
    const { payload, protectedHeader } = await compactVerify(text, key, { algorithms: ['EdDSA'] });
    if (protectedHeader.typ !== KEY_STATEMENT_TYP) throw new Error('it is signed as something else');
    return statementSchema.parse(JSON.parse(Buffer.from(payload).toString()));
  } catch (error) {
    throw new EvaluationRefused(
      'statement-not-authentic',
      `a statement about keys is not one that ${kid} signed`,
      undefined,
      { cause: error },
    );
  }
}

/** SHA-256 of what a statement says, without when it was said. */
export const digestOfStatement = ({
  epochs,
  destroyed,
}: Pick<PublishedEpochs, 'epochs' | 'destroyed'>): Buffer =>
  createHash('sha256').update(JSON.stringify({ epochs, destroyed })).digest();
