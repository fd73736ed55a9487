import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MAX_ENVELOPE_BYTES } from '@sekisho/report';
import { NestLog } from '@sekisho/telemetry';
import { HubModule } from './hub.module.js';
import type { Platform } from './platform/platform.js';
import { sendProblem } from './problems/send-problem.js';

/**
 * Errors of requests that Fastify refuses before a route sees them become problem details too. Routes keep the handler
 * that is set when they are registered, and Nest sets its own only afterwards: ours is set first and stays.
 */
class HubAdapter extends FastifyAdapter {
  constructor(platform: Platform) {
    super({ bodyLimit: MAX_ENVELOPE_BYTES, trustProxy: false });
    this.getInstance().setErrorHandler((error, _request, reply) => {
      sendProblem(error, reply, platform);
    });
    this.getInstance().addContentTypeParser(
      'application/jwt',
      { parseAs: 'string' },
      (_request, body, done) => {
        done(null, body);
      },
    );
  }

  override setErrorHandler() {
    return this.getInstance();
  }
}

/** The hub on its platform, ready to listen. */
export async function createHub(platform: Platform): Promise<NestFastifyApplication> {
  return NestFactory.create<NestFastifyApplication>(HubModule.on(platform), new HubAdapter(platform), {
    logger: new NestLog(platform.logger),
    abortOnError: false,
    forceCloseConnections: true,
  });
}
