// Whose signature the trustee believes. It has no secret in common with the hub; docs/adr/0008-trustee.md says why.
import type { SigningKey } from '@sekisho/auth';
import { createPrivateFile } from '@sekisho/config';
import { importJWK } from 'jose';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const jwk = z.object({
  kty: z.enum(['OKP', 'EC']),
  crv: z.enum(['Ed25519', 'P-256']),
  x: z.string(),
  y: z.string().optional(),
  kid: z.string(),
  use: z.literal('sig'),
});
const register = z.object({ members: z.array(jwk.extend({ 'sekisho:member': z.string() })) });
const published = z.object({ keys: z.array(z.looseObject({ 'sekisho:member': z.string().optional() })) });

export interface MemberKeysOptions {
  readonly dir: string;
  /** Where a following register looks; undefined: `members.json` alone, which the trustee's operator keeps. */
  readonly follow: string | undefined;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

const ASK_AGAIN_MS = 1_000;
const REFRESH_MS = 10_000;

/** Who can write `members.json` can have elements evaluated in a member's name. */
export class MemberKeys {
  private keys = new Map<string, SigningKey>();
  private askedAt = 0;

  constructor(private readonly options: MemberKeysOptions) {}

  readonly find = (kid: string): SigningKey | undefined => this.keys.get(kid);

  /** Reads the register again when it is old or does not know a key; a stranger cannot make it ask more than once a second. */
  async refreshFor(kid: string | undefined): Promise<void> {
    const age = this.options.now() - this.askedAt;
    const isWanted = kid === undefined || !this.keys.has(kid) ? age > ASK_AGAIN_MS : age > REFRESH_MS;
    if (!isWanted) return;
    this.askedAt = this.options.now();
    try {
      const known =
        this.options.follow === undefined ? await this.readFile() : await this.ask(this.options.follow);
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

  private async readFile(): Promise<z.output<typeof register>['members']> {
    const path = join(this.options.dir, 'members.json');
    await createPrivateFile(path, '{ "members": [] }\n');
    return register.parse(JSON.parse(await readFile(path, 'utf8'))).members;
  }

  private async ask(hubUrl: string): Promise<z.output<typeof register>['members']> {
    const answer = await fetch(`${hubUrl}/.well-known/jwks.json`, { signal: AbortSignal.timeout(5_000) });
    const { keys } = published.parse(await answer.json());
    const members = keys.filter((key) => key['sekisho:member'] !== undefined && key['use'] === 'sig');
    return register.parse({ members }).members;
  }
}
