import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { Platform } from '../platform/platform.js';

@Controller()
export class HealthController {
  constructor(private readonly platform: Platform) {}

  @Get('health/live')
  @Allow('hub:describe')
  live() {
    return { status: 'live' };
  }

  /** Ready: the database answers. */
  @Get('health/ready')
  @Allow('hub:describe')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    try {
      await this.platform.dataSource.query('SELECT 1');
      return { status: 'ready' };
    } catch (error) {
      this.platform.logger.warn({ err: error }, 'not ready');
      void reply.status(503);
      return { status: 'not ready', reason: 'the database does not answer' };
    }
  }

  @Get('metrics')
  @Allow('hub:measure')
  async metrics(@Res() reply: FastifyReply) {
    await reply
      .header('content-type', this.platform.metrics.contentType)
      .send(await this.platform.metrics.metrics());
  }
}
