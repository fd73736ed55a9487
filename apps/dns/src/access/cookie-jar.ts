import { ConfigInvalid } from '@sekisho/config';
import { judgeCookie, makeCookie, type Cookie } from '@sekisho/dns-wire';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { octetsOfClient } from './client-address.js';

/**
 * Makes and checks server cookies. Whoever has the secret can send with a forged address and is not rate limited;
 * nothing else. The first secret signs, all of them verify, so that edges can change to a new one one by one.
 */
export class CookieJar {
  /** @param secrets 16 octets each, at least one */
  constructor(private readonly secrets: readonly Uint8Array[]) {}

  /** The secrets of a file, or a new one. @throws {ConfigInvalid} */
  static async open(path: string | undefined): Promise<CookieJar> {
    if (path === undefined) return new CookieJar([randomBytes(16)]);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw new ConfigInvalid([`SEKISHO_COOKIE_SECRET: ${(error as Error).message}`]);
    });
    const lines = text.split('\n').map((line) => line.trim());
    const secrets = lines.filter((line) => line !== '' && !line.startsWith('#'));
    if (secrets.length === 0 || !secrets.every((line) => /^[0-9a-f]{32}$/i.test(line))) {
      throw new ConfigInvalid([
        'SEKISHO_COOKIE_SECRET: its file must hold 32 hex digits a line, the secret in use first. Example: openssl rand -hex 16',
      ]);
    }
    return new CookieJar(secrets.map((line) => Buffer.from(line, 'hex')));
  }

  judge(cookie: Cookie, client: string, nowSeconds: number): 'good' | 'old' | 'bad' {
    const address = octetsOfClient(client);
    for (const [i, secret] of this.secrets.entries()) {
      const verdict = judgeCookie(cookie, { secret, address, nowSeconds });
      if (verdict !== 'bad') return i === 0 ? verdict : 'old';
    }
    return 'bad';
  }

  make(cookie: Cookie, client: string, nowSeconds: number): Uint8Array {
    const secret = this.secrets[0] ?? new Uint8Array(16);
    return makeCookie(cookie.client, { secret, address: octetsOfClient(client), nowSeconds });
  }
}
