// Whose signature the trustee believes. It has no secret in common with the hub; docs/adr/0008-trustee.md says why.
import type { SigningKey } from '@sekisho/auth';
import { publishedKeys, type MemberRegister } from '@sekisho/evaluation';
import { importJWK } from 'jose';

export interface MemberKeysOptions {
  readonly register: Pick<MemberRegister, 'read'>;
  /** Where a following register looks; undefined: `members.json` alone, which the trustee's operator keeps. */
  readonly follow: string | undefined;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

const ASK_AGAIN_MS = 1_000;
const REFRESH_MS = 10_000;

/** The keys in use: those of the register or, when it follows, of the hub. */
export class MemberKeys {
  private keys = new Map<string, SigningKey>();
  private askedAt = 0;
  private reading: Promise<void> | undefined;

  constructor(private readonly options: MemberKeysOptions) {}

  /** Forgets how old the register is, because it was changed here. */
  readAgain(): void {
    this.askedAt = 0;
  }

  readonly find = (kid: string): SigningKey | undefined => this.keys.get(kid);

  /**
   * Reads the register again when it is old or does not know a key; a stranger cannot make it ask more than once a second.
   * Those who come while it is read wait for it: their keys may be the ones that it brings.
   */
  async refreshFor(kid: string | undefined): Promise<void> {
    const age = this.options.now() - this.askedAt;
    const isWanted = kid === undefined || !this.keys.has(kid) ? age > ASK_AGAIN_MS : age > REFRESH_MS;
    if (isWanted) {
      this.askedAt = this.options.now();
      this.reading = this.read();
    }
    await this.reading;
  }

  private async read(): Promise<void> {
    try {
      const { follow, register } = this.options;
      const known = follow === undefined ? await register.read() : await publishedKeys(follow);
      this.keys = new Map(
        await Promise.all(
          known.map(async ({ 'sekisho:member': memberId, ...key }) => {
            const { y, ...rest } = key;
            const alg = key.crv === 'P-256' ? 'ES256' : 'EdDSA';
            const imported = await importJWK({ ...rest, ...(y !== undefined && { y }) }, alg);
            return [key.kid, { memberId, key: imported }] as const;
          }),
        ),
      );
    } catch (error) {
      // Who was known stays known.
      this.options.onError(error);
    }
  }
}
