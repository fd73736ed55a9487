// One party's living key shares in a sealed text (RFC 7516), to be kept away from the machine that evaluates with them.
import { parseEpoch, type Epoch } from '@sekisho/oprf';
import {
  calculateJwkThumbprint,
  compactDecrypt,
  CompactEncrypt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { z } from 'zod';
import { EvaluationRefused } from './errors.js';

/** Whose half it is. Both halves in one place would be the whole key. */
export type Party = 'hub' | 'trustee';

/** What closes a backup, or opens it: a passphrase, or the public or private half of a key pair (X25519 or P-256). */
export type BackupLock = { readonly passphrase: string } | { readonly jwk: JWK };

export interface ShareBackup {
  readonly party: Party;
  readonly madeAt: Date;
  readonly shares: readonly { readonly epoch: Epoch; readonly secret: Uint8Array }[];
}

const BACKUP_TYP = 'sekisho-share-backup+jwe';
const BY_PASSPHRASE = 'PBES2-HS512+A256KW';
const BY_KEY = 'ECDH-ES+A256KW';
/** OWASP Password Storage Cheat Sheet (2023) for PBKDF2-HMAC-SHA512. */
const PBKDF2_ROUNDS = 210_000;
/** The file is tried away from us and for as long as somebody likes. */
const PASSPHRASE_CHARACTERS_MIN = 16;

const contentSchema = z.object({
  version: z.literal(1),
  party: z.enum(['hub', 'trustee']),
  madeAt: z.iso.datetime(),
  shares: z.array(z.object({ epoch: z.string(), secret: z.string().length(43) })).min(1),
});

const refused = (message: string, options?: ErrorOptions) =>
  new EvaluationRefused('backup-refused', message, undefined, options);

/** @throws {EvaluationRefused} backup-refused: nothing to keep, or a passphrase that is too short */
export async function sealBackup({ party, madeAt, shares }: ShareBackup, lock: BackupLock): Promise<string> {
  if (shares.length === 0) throw refused('there is no key share here to be kept');
  const content = {
    ...{ version: 1, party, madeAt: madeAt.toISOString() },
    shares: shares.map(({ epoch, secret }) => ({
      epoch,
      secret: Buffer.from(secret).toString('base64url'),
    })),
  };
  const sealing = new CompactEncrypt(Buffer.from(JSON.stringify(content)));
  const header = { enc: 'A256GCM', typ: BACKUP_TYP };
  if ('passphrase' in lock) {
    if (lock.passphrase.length < PASSPHRASE_CHARACTERS_MIN) {
      throw refused(`the passphrase has fewer than ${PASSPHRASE_CHARACTERS_MIN} characters`);
    }
    return sealing
      .setProtectedHeader({ ...header, alg: BY_PASSPHRASE })
      .setKeyManagementParameters({ p2c: PBKDF2_ROUNDS })
      .encrypt(Buffer.from(lock.passphrase));
  }
  // The public half only, whatever the file holds.
  const { kty, crv, x, y } = lock.jwk;
  const publicHalf = { kty, crv, x, ...(y !== undefined && { y }) } as JWK;
  return sealing.setProtectedHeader({ ...header, alg: BY_KEY }).encrypt(await importJWK(publicHalf, BY_KEY));
}

/** @throws {EvaluationRefused} backup-refused: no backup, or closed with something else */
export async function openBackup(sealed: string, lock: BackupLock): Promise<ShareBackup> {
  const text = sealed.trim();
  const alg = 'passphrase' in lock ? BY_PASSPHRASE : BY_KEY;
  const header = headerOf(text);
  if (header?.['typ'] !== BACKUP_TYP) throw refused('this is no backup of key shares');
  if (header['alg'] !== alg) {
    throw refused(`it is sealed ${header['alg'] === BY_KEY ? 'to a key' : 'with a passphrase'}`);
  }
  let plaintext: Uint8Array;
  try {
    const key = 'passphrase' in lock ? Buffer.from(lock.passphrase) : await importJWK(lock.jwk, alg);
    const options = { keyManagementAlgorithms: [alg], maxPBES2Count: PBKDF2_ROUNDS };
    ({ plaintext } = await compactDecrypt(text, key, options));
  } catch (error) {
    throw refused('it is damaged, or sealed with another passphrase or key', { cause: error });
  }
  const { party, madeAt, shares } = contentSchema.parse(JSON.parse(Buffer.from(plaintext).toString()));
  return {
    ...{ party, madeAt: new Date(madeAt) },
    shares: shares.map(({ epoch, secret }) => ({
      epoch: parseEpoch(epoch),
      secret: Buffer.from(secret, 'base64url'),
    })),
  };
}

/** A key pair for backups (X25519): the public half seals on the machine, the private half opens and is kept elsewhere. */
export async function generateBackupKey(): Promise<{ readonly privateJwk: JWK; readonly publicJwk: JWK }> {
  const { privateKey } = await generateKeyPair(BY_KEY, { crv: 'X25519', extractable: true });
  const { d, ...open } = await exportJWK(privateKey);
  const publicJwk = { ...open, use: 'enc', alg: BY_KEY, kid: await calculateJwkThumbprint(open) };
  return { publicJwk, privateJwk: { ...publicJwk, ...(d !== undefined && { d }) } };
}

function headerOf(text: string): Record<string, unknown> | undefined {
  try {
    return decodeProtectedHeader(text);
  } catch {
    return undefined;
  }
}
