// Whose signatures a pinned trustee believes: `members.json` in its directory, kept by its operator.
import { createPrivateFile } from '@sekisho/config';
import { calculateJwkThumbprint } from 'jose';
import { randomBytes } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RegisterRefused } from './errors.js';

const jwkSchema = z.object({
  kty: z.enum(['OKP', 'EC']),
  crv: z.enum(['Ed25519', 'P-256']),
  x: z.string(),
  y: z.string().optional(),
  kid: z.string(),
  use: z.literal('sig'),
});
const registeredSchema = jwkSchema.extend({ 'sekisho:member': z.string() });
const registerSchema = z.object({ members: z.array(registeredSchema) });
const publishedSchema = z.object({
  keys: z.array(z.looseObject({ 'sekisho:member': z.string().optional() })),
});

/** A member's public signing key. */
export type RegisteredKey = z.output<typeof registeredSchema>;

const MEMBER_ID = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const ANSWER_TIMEOUT_MS = 5_000;

/** Who can write `members.json` can have elements evaluated in a member's name. */
export class MemberRegister {
  private readonly path: string;
  /** Changes of one process are made one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  /** @param dir the trustee's directory */
  constructor(dir: string) {
    this.path = join(dir, 'members.json');
  }

  /** Every key, in the order of registration. @throws {RegisterRefused} register-unreadable */
  async read(): Promise<RegisteredKey[]> {
    await createPrivateFile(this.path, '{ "members": [] }\n');
    const parsed = registerSchema.safeParse(parseJson(await readFile(this.path, 'utf8')));
    if (parsed.success) return parsed.data.members;
    throw new RegisterRefused('register-unreadable', `${this.path} is no member register`);
  }

  /** Adds a key; false when the member has it already. @throws {RegisterRefused} */
  async add(key: RegisteredKey): Promise<boolean> {
    if (!MEMBER_ID.test(key['sekisho:member'])) {
      throw new RegisterRefused('key-malformed', 'a member id has lower-case letters, digits and hyphens');
    }
    return this.change((keys) => {
      const known = keys.find(({ kid }) => kid === key.kid);
      if (known === undefined) return { keys: [...keys, key], answer: true };
      if (known['sekisho:member'] === key['sekisho:member']) return { keys, answer: false };
      throw new RegisterRefused('key-taken', `the key ${key.kid} is that of ${known['sekisho:member']}`);
    });
  }

  /** Removes one key of a member, or all. @returns how many were removed; 0: there was none @throws {RegisterRefused} */
  async remove(memberId: string, kid?: string): Promise<number> {
    return this.change((keys) => {
      const left = keys.filter(
        (key) => key['sekisho:member'] !== memberId || (kid !== undefined && key.kid !== kid),
      );
      return { keys: left, answer: keys.length - left.length };
    });
  }

  private async change<T>(
    make: (keys: RegisteredKey[]) => { keys: readonly RegisteredKey[]; answer: T },
  ): Promise<T> {
    const changed = this.last.then(async () => {
      const { keys, answer } = make(await this.read());
      const draft = `${this.path}.${randomBytes(6).toString('hex')}`;
      await createPrivateFile(draft, `${JSON.stringify({ members: keys }, null, 2)}\n`);
      await rename(draft, this.path);
      return answer;
    });
    this.last = changed.catch(() => undefined);
    return changed;
  }
}

/**
 * The register's entry for a public key as JWK; `kid` becomes its RFC 7638 thumbprint, and a private half is left out.
 * @throws {RegisterRefused} key-malformed
 */
export async function registeredKey(memberId: string, jwk: unknown): Promise<RegisteredKey> {
  const parsed = jwkSchema.omit({ kid: true, use: true }).safeParse(jwk);
  const isSignature = z.object({ use: z.literal('sig').default('sig') }).safeParse(jwk).success;
  if (!parsed.success || !isSignature) {
    throw new RegisterRefused(
      'key-malformed',
      'not the public signing key of a member as JWK (Ed25519 or P-256)',
    );
  }
  const { y, ...rest } = parsed.data;
  const key = { ...rest, ...(y !== undefined && { y }) };
  const kid = await calculateJwkThumbprint(key);
  return { ...key, kid, use: 'sig', 'sekisho:member': memberId };
}

/** The signing keys of members that a hub publishes: its word, to be compared with what the members say. */
export async function publishedKeys(hubUrl: string): Promise<RegisteredKey[]> {
  const answer = await fetch(`${hubUrl}/.well-known/jwks.json`, {
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const { keys } = publishedSchema.parse(await answer.json());
  const members = keys.filter((key) => key['sekisho:member'] !== undefined && key['use'] === 'sig');
  return registerSchema.parse({ members }).members;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
