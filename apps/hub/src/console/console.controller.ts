import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Allow } from '../access/allow.decorator.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { MISSING_CONSOLE } from './missing-console.js';

/** Scripts, styles, pictures and fonts of our own; no inline code, no frames, no other site. */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'"],
  ...["connect-src 'self'", "manifest-src 'self'", "worker-src 'self'"],
  ...["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"],
].join('; ');

/** Names in this folder hold a digest of the content. */
const HASHED = 'assets/';

/** The built console: its files, and its page for every other path, which is one of its views. */
@Controller('console')
@Allow('console:read')
export class ConsoleController {
  constructor(private readonly platform: Platform) {}

  @Get()
  async start(@Req() { url }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // Addresses in the page are relative to the folder.
    if (url.split('?')[0] === '/console') await reply.redirect('/console/', 301);
    else await this.send('index.html', reply);
  }

  @Get('*')
  async file(@Param('*') path: string, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.find(path);
    if (file === undefined && path.startsWith(HASHED)) {
      throw new RequestRefused('not-found', 'no such file of the console; load the page again');
    }
    await this.send(file ?? 'index.html', reply);
  }

  private async find(path: string): Promise<string | undefined> {
    const root = this.platform.consoleDir;
    const full = join(root, path);
    if (path.includes('\0') || !full.startsWith(join(root, sep))) return undefined;
    const found = await stat(full).catch(() => undefined);
    return found?.isFile() ? full.slice(join(root, sep).length) : undefined;
  }

  private async send(path: string, reply: FastifyReply): Promise<void> {
    void reply.header('content-security-policy', CONSOLE_POLICY);
    if ((await this.find(path)) === undefined) {
      await reply
        .status(503)
        .header('content-type', 'text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('retry-after', '60')
        .send(MISSING_CONSOLE);
      return;
    }
    const isHashed = path.startsWith(HASHED);
    await reply.sendFile(path, this.platform.consoleDir, {
      // A page that names its assets is asked for again each time; by its ETag that costs nothing.
      ...(isHashed ? { maxAge: '1y', immutable: true } : { cacheControl: false }),
      index: false,
      dotfiles: 'deny',
    });
  }
}
