import { Body, Controller, Get, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { EVALUATION_HEADER, publishEpochs } from '@sekisho/evaluation';
import type { FastifyReply } from 'fastify';
import { kidOf } from '../members/key-id.js';
import { TrusteePlatform } from '../platform/platform.js';

@Controller()
export class EvaluationController {
  constructor(private readonly platform: TrusteePlatform) {}

  /** Sees blinded elements, which are uniformly random, and who sends them. */
  @Post('oprf/evaluate')
  @HttpCode(200)
  async evaluate(@Body() body: unknown, @Headers(EVALUATION_HEADER) proof: string | undefined) {
    await this.platform.members.refreshFor(kidOf(proof));
    return this.platform.evaluator.evaluate(body, proof);
  }

  @Get('.well-known/sekisho')
  async describe() {
    const { id, key, store, quota } = this.platform;
    const published = await publishEpochs(store, { id, key, now: this.platform.now() });
    return {
      trustee: id,
      keys: [key.publicJwk],
      witness: this.platform.logWitness.verifierKey,
      endpoints: { evaluate: `${id}/oprf/evaluate`, keys: `${id}/members/keys` },
      limits: { elementsPerDay: quota },
      oprf: { ...published, witnessed: await this.platform.witness.keys() },
    };
  }

  @Get('health/live')
  live() {
    return { status: 'live' };
  }

  /** Ready: the share of this month is here. */
  @Get('health/ready')
  ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const isReady = this.platform.store.epochs().length > 0;
    if (!isReady) void reply.status(503);
    return { status: isReady ? 'ready' : 'not ready' };
  }

  @Get('metrics')
  async metrics(@Res() reply: FastifyReply) {
    const { metrics } = this.platform;
    await reply.header('content-type', metrics.contentType).send(await metrics.metrics());
  }
}
