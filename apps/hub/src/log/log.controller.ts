// https://c2sp.org/tlog-tiles: anybody can read the log, and caches may keep what never changes.
import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { LogService } from './log.service.js';

@Controller('log')
@Allow('log:read')
export class LogController {
  constructor(private readonly log: LogService) {}

  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'public, max-age=1')
  checkpoint(): Promise<string> {
    return this.log.published();
  }

  @Get('tile/*')
  async tile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = new URL(request.url, 'http://hub').pathname.replace(/^\/log\//, '');
    const bytes = await this.log.tile(path);
    await reply
      .header('content-type', 'application/octet-stream')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(Buffer.from(bytes));
  }
}
