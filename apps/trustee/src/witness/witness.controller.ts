import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { LogRefused, type LogErrorCode } from '@sekisho/tlog';
import type { FastifyReply } from 'fastify';
import { TrusteePlatform } from '../platform/platform.js';
import { CheckpointConflict } from './log-witness.js';

/** The statuses of tlog-witness. */
const STATUS: Readonly<Record<LogErrorCode, number>> = {
  'note-unsigned': 403,
  'checkpoint-malformed': 404,
  'proof-wrong': 422,
  'note-malformed': 400,
  'tile-malformed': 400,
  'tree-too-small': 400,
};

@Controller('add-checkpoint')
export class WitnessController {
  constructor(private readonly platform: TrusteePlatform) {}

  /** Authentic by the log's own signature in the note, whoever brings it. */
  @Post()
  @HttpCode(200)
  async add(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    try {
      const line = await this.platform.logWitness.add(typeof body === 'string' ? body : '');
      await reply.header('content-type', 'text/plain; charset=utf-8').send(line);
    } catch (error) {
      if (error instanceof CheckpointConflict) {
        await reply.status(409).header('content-type', 'text/x.tlog.size').send(`${error.size}\n`);
        return;
      }
      if (!(error instanceof LogRefused)) throw error;
      if (error.code === 'proof-wrong') this.platform.logger.error({ err: error }, 'the hub rewrote its log');
      await reply
        .status(STATUS[error.code])
        .header('content-type', 'text/plain; charset=utf-8')
        .send(`${error.message}\n`);
    }
  }
}
