import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import { PAGE_STYLE } from './layout.js';

const styleHash = createHash('sha256').update(PAGE_STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
/** The form may run our script and ask us for a puzzle. */
const POLICY_WITH_SCRIPT = `${POLICY}; script-src 'self'; connect-src 'self'`;

/** Sends a page that nothing else can run in, be framed by or learn the address of. */
export async function sendPage(
  reply: FastifyReply,
  html: string,
  { status = 200, hasScript = false, isPrivate = false } = {},
): Promise<void> {
  await reply
    .status(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', hasScript ? POLICY_WITH_SCRIPT : POLICY)
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', isPrivate ? 'no-store' : 'no-cache')
    .header('vary', 'accept-language')
    .send(html);
}
