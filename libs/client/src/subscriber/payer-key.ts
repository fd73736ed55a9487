// Payers are hashed with a key that all members share and no one else has, before anything else is done with them:
// a card number is never on a member's disk (PCI DSS 4.0, requirement 3.5.1.1 asks for a keyed hash of all of it), and
// whoever had both key shares of a month could still not try card numbers without this key.
import type { Identifier } from '@sekisho/identifier';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { createPrivateJson, readPrivateJson } from '../private-file.js';
import { PayerKeyMissing } from './errors.js';

const KEY_BYTES = 32;
const keySchema = z.object({ key: z.string().regex(/^[\w-]{43}$/, 'not 32 bytes in base64url') });

/** The federation's key for payers, in a member's directory. The working group gives it to every member. */
export class PayerKey {
  private constructor(private readonly key: Buffer) {}

  /** Undefined: the member has none. @throws {MemberDirectoryFault} */
  static async read(dir: string): Promise<PayerKey | undefined> {
    const kept = await readPrivateJson(join(dir, 'payer.key.json'), keySchema);
    return kept && new PayerKey(Buffer.from(kept.key, 'base64url'));
  }

  /** Keeps a key; false, and nothing changed, when there is one. @throws {RangeError} not 32 bytes in base64url */
  static async install(dir: string, text: string): Promise<boolean> {
    const parsed = keySchema.safeParse({ key: text.trim() });
    if (!parsed.success) throw new RangeError('a payer key is 32 bytes in base64url');
    return createPrivateJson(join(dir, 'payer.key.json'), parsed.data);
  }

  /** A new one, for a working group that begins. */
  static generate(): string {
    return randomBytes(KEY_BYTES).toString('base64url');
  }

  /** For people to compare: the same at every member. */
  get fingerprint(): string {
    return createHash('sha256').update('sekisho/payer-key\n').update(this.key).digest('hex').slice(0, 16);
  }

  hash(value: string): string {
    return `keyed:${createHmac('sha256', this.key).update(value).digest('base64url')}`;
  }
}

/** Hashes payers; other identifiers stay as they are. @throws {PayerKeyMissing} a payer and no key */
export function withHashedPayer(identifier: Identifier, key: PayerKey | undefined): Identifier {
  if (identifier.type !== 'payer') return identifier;
  if (key === undefined) throw new PayerKeyMissing();
  return { ...identifier, value: key.hash(identifier.value) };
}
