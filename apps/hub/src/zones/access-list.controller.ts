import { Body, Controller, Get, Header, HttpCode, Post, Query, Res } from '@nestjs/common';
import { DnsAccessRepository } from '@sekisho/persistence';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { AccessListService } from './access-list.service.js';

const query = z.object({
  since: z.string().max(100).default(''),
  wait: z.coerce.number().int().min(0).max(60).default(0),
});

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const report = z.object({
  edge: z.uuid(),
  counts: z
    .array(
      z.object({
        member: z.string().min(1).max(100),
        minute: z.int().min(0).max(2_000_000_000),
        answered: count,
        refused: count,
      }),
    )
    .max(100_000),
});

/** For the DNS edges: who may ask them, and their word on how much each did. */
@Controller('zones/access')
@Allow('zone:access')
export class AccessListController {
  constructor(
    private readonly platform: Platform,
    private readonly list: AccessListService,
    private readonly access: DnsAccessRepository,
  ) {}

  /** Long poll: `wait` is in seconds; 204 when the list is still the one of version `since`. */
  @Get()
  @Header('cache-control', 'no-store')
  async members(@Query() parameters: unknown, @Res({ passthrough: true }) reply: FastifyReply) {
    const parsed = query.safeParse(parameters);
    if (!parsed.success) {
      throw new RequestRefused(
        'request-malformed',
        'expected ?since=VERSION and, if you like, &wait=SECONDS up to 60',
      );
    }
    const list = await this.list.listAfter(parsed.data.since, parsed.data.wait * 1_000);
    if (!list) void reply.status(204);
    return list;
  }

  @Post('counts')
  @HttpCode(204)
  async count(@Body() body: unknown): Promise<void> {
    const parsed = report.safeParse(body);
    if (!parsed.success) throw new RequestRefused('request-malformed', z.prettifyError(parsed.error));
    const { edge, counts } = parsed.data;
    await this.access.count(
      edge,
      counts.map(({ member, ...rest }) => ({ memberId: member, ...rest })),
      this.platform.now(),
    );
  }
}
