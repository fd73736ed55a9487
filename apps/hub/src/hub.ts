import rateLimit from '@fastify/rate-limit';
import type { IncomingMessage } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MAX_ENVELOPE_BYTES } from '@sekisho/report';
import { NestLog } from '@sekisho/telemetry';
import { HubModule } from './hub.module.js';
import type { Platform } from './platform/platform.js';
import { RequestRefused } from './problems/errors.js';
import { sendProblem } from './problems/send-problem.js';

/**
 * Errors of requests that Fastify refuses before a route sees them become problem details too. Routes keep the handler
 * that is set when they are registered, and Nest sets its own only afterwards: ours is set first and stays.
 */
class HubAdapter extends FastifyAdapter {
  constructor(platform: Platform) {
    const trusted = platform.config.trustedProxies;
    super({ bodyLimit: MAX_ENVELOPE_BYTES, trustProxy: trusted.length > 0 ? [...trusted] : false });
    this.getInstance().setErrorHandler(async (error, request, reply) => {
      await discardBody(request.raw);
      sendProblem(error, reply, platform);
    });
    this.getInstance().removeContentTypeParser('text/plain');
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

/** Requests a minute from one address on routes that do work for callers who have shown nothing yet. */
const OPEN_TO_ANYONE: ReadonlyMap<string, number> = new Map([
  ['/', 120],
  ['/appeal', 60],
  ['/appeal/challenge', 60],
  ['/appeal/script.js', 300],
  ['/appeal/confirm/:code', 60],
  ['/appeal/:secret', 120],
  ['/enrolments', 300],
  ['/keys', 300],
  ['/oauth/token', 600],
  ['/.well-known/sekisho', 1_200],
  ['/.well-known/jwks.json', 1_200],
  ['/oprf/statements', 600],
  ['/log/checkpoint', 1_200],
  ['/log/tile/*', 6_000],
]);

/** More than this is not waited for: who sends it loses the connection. */
const MAX_DISCARDED_BYTES = 32 * 1024 * 1024;

/** Reads what is left of a refused body, so that the sender can finish writing and see the answer. */
async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  let discarded = 0;
  try {
    for await (const chunk of request) {
      discarded += (chunk as Buffer).length;
      if (discarded > MAX_DISCARDED_BYTES) return;
    }
  } catch {
    // The sender is gone: there is nobody to answer.
  }
}

/** The hub on its platform, ready to listen. */
export async function createHub(platform: Platform): Promise<NestFastifyApplication> {
  const adapter = new HubAdapter(platform);
  // Before the plugin, which reads a route's configuration in a hook of its own.
  adapter.getInstance().addHook('onRoute', (route) => {
    const max = OPEN_TO_ANYONE.get(route.url);
    if (max !== undefined) route.config = { ...route.config, rateLimit: { max } };
  });
  await adapter.getInstance().register(rateLimit, {
    global: false,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { ttl }) =>
      new RequestRefused('too-many-requests', 'too many requests from this address', Math.ceil(ttl / 1_000)),
  });
  return NestFactory.create<NestFastifyApplication>(HubModule.on(platform), adapter, {
    logger: new NestLog(platform.logger),
    abortOnError: false,
    forceCloseConnections: true,
  });
}
