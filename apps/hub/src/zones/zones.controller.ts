import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { RequestRefused } from '../problems/errors.js';
import { ZonesService } from './zones.service.js';

const query = z.object({
  since: z.coerce.number().int().min(0),
  wait: z.coerce.number().int().min(0).max(60).default(0),
});

@Controller('zones')
@Allow('zone:read')
export class ZonesController {
  constructor(private readonly zones: ZonesService) {}

  @Get(':zone/snapshot')
  async snapshot(@Param('zone') zone: string, @Res() reply: FastifyReply) {
    const { serial, bytes } = await this.zones.snapshot(zone);
    await reply
      .header('content-type', 'application/octet-stream')
      .header('sekisho-serial', String(serial))
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** Long poll: `wait` is in seconds; 204 when nothing changed in that time. */
  @Get(':zone/changes')
  @Header('cache-control', 'no-store')
  async changes(
    @Param('zone') zone: string,
    @Query() parameters: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const parsed = query.safeParse(parameters);
    if (!parsed.success) {
      throw new RequestRefused(
        'request-malformed',
        'expected ?since=SERIAL and, if you like, &wait=SECONDS up to 60',
      );
    }
    const { since, wait } = parsed.data;
    const changes = await this.zones.changes(zone, since, wait * 1000);
    if (!changes) {
      void reply.status(204);
      return undefined;
    }
    const { from, to, announce, withdraw } = changes;
    return { zone, from, to, announce: announce.map(({ subject, codes }) => [subject, codes]), withdraw };
  }
}
