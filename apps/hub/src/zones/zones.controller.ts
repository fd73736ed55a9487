import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { isZoneName } from '@sekisho/zone';
import { EffectMeter } from '../appeals/effect-meter.service.js';
import { Allow } from '../access/allow.decorator.js';
import { RequestRefused } from '../problems/errors.js';
import { ZonesService } from './zones.service.js';

/** As edges name themselves. */
const EDGE = /^[\w-]{1,64}$/;
const query = z.object({
  since: z.coerce.number().int().min(0),
  wait: z.coerce.number().int().min(0).max(60).default(0),
});

@Controller('zones')
@Allow('zone:read')
export class ZonesController {
  constructor(
    private readonly zones: ZonesService,
    private readonly meter: EffectMeter,
  ) {}

  @Get(':zone/snapshot')
  async snapshot(@Param('zone') zone: string, @Res() reply: FastifyReply) {
    const { serial, bytes, signature } = await this.zones.snapshot(zone);
    await reply
      .header('content-type', 'application/octet-stream')
      .header('sekisho-serial', String(serial))
      .header('sekisho-signature', signature)
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** Long poll: `wait` is in seconds; 204 when nothing changed in that time. */
  @Get(':zone/changes')
  async changes(
    @Param('zone') zone: string,
    @Query() parameters: unknown,
    @Headers('sekisho-edge') edge: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const parsed = query.safeParse(parameters);
    if (!parsed.success) {
      throw new RequestRefused(
        'request-malformed',
        'expected ?since=SERIAL and, if you like, &wait=SECONDS up to 60',
      );
    }
    const { since, wait } = parsed.data;
    if (edge !== undefined && EDGE.test(edge) && isZoneName(zone)) this.meter.serves(zone, edge, since);
    const changes = await this.zones.changes(zone, since, wait * 1000);
    if (!changes) {
      await reply.status(204).send();
      return;
    }
    const { from, to, announce, withdraw } = changes;
    const listed = announce.map(({ subject, codes }) => [subject, codes]);
    // What is signed are these octets, so they are made here.
    const body = Buffer.from(JSON.stringify({ zone, from, to, announce: listed, withdraw }));
    await reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('sekisho-signature', await this.zones.sign(body, 'sekisho-changes+jws'))
      .send(body);
  }
}
