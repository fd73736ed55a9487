// The cookie that carries a session, and what has to come with it.
import { parseCookie, stringifySetCookie } from 'cookie';
import { createHmac, timingSafeEqual } from 'node:crypto';

export const SESSION_COOKIE = 'sekisho_session';
export const CSRF_HEADER = 'x-sekisho-csrf';

/** 256 bits in base64url. */
const SECRET = /^[\w-]{43}$/;

export function readSessionCookie(header: string | undefined): string | undefined {
  const secret = header === undefined ? undefined : parseCookie(header)[SESSION_COOKIE];
  return secret !== undefined && SECRET.test(secret) ? secret : undefined;
}

/** Without a lifetime: the browser forgets it when it closes, and the hub decides when it ends. */
export const formatSessionCookie = (secret: string, publicUrl: string): string =>
  stringifySetCookie({ name: SESSION_COOKIE, value: secret, ...attributesUnder(publicUrl) });

export const clearedSessionCookie = (publicUrl: string): string =>
  stringifySetCookie({ name: SESSION_COOKIE, value: '', maxAge: 0, ...attributesUnder(publicUrl) });

const attributesUnder = (publicUrl: string) => ({
  ...{ path: '/', httpOnly: true, sameSite: 'strict' as const },
  secure: publicUrl.startsWith('https:'),
});

/** Known to whoever was told it by `GET /session`, which other sites cannot read. Nothing needs to be stored. */
export const csrfTokenOf = (secret: string): string =>
  createHmac('sha256', secret).update('sekisho csrf').digest('base64url');

export function isCsrfToken(given: string | undefined, secret: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(csrfTokenOf(secret))];
  return a.length === b.length && timingSafeEqual(a, b);
}
