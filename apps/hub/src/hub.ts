import formBody from '@fastify/formbody';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MAX_ENVELOPE_BYTES } from '@sekisho/report';
import { NestLog } from '@sekisho/telemetry';
import { HubModule } from './hub.module.js';
import type { Platform } from './platform/platform.js';

/** The hub on its platform, ready to listen. */
export async function createHub(platform: Platform): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: MAX_ENVELOPE_BYTES, trustProxy: false });
  adapter
    .getInstance()
    .addContentTypeParser('application/jwt', { parseAs: 'string' }, (_request, body, done) => {
      done(null, body);
    });
  const app = await NestFactory.create<NestFastifyApplication>(HubModule.on(platform), adapter, {
    logger: new NestLog(platform.logger),
    abortOnError: false,
    forceCloseConnections: true,
  });
  await app.register(formBody);
  return app;
}
