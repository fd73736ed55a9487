import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MAX_ENVELOPE_BYTES } from '@sekisho/report';
import { NestLog } from '@sekisho/telemetry';
import { guardRoute } from './graphql/socket-guard.js';
import { HubModule } from './hub.module.js';
import type { Platform } from './platform/platform.js';
import { RequestRefused } from './problems/errors.js';
import { sendProblem } from './problems/send-problem.js';
import { traceRequests } from './platform/request-spans.js';

/** Half of what a process has to end in (libs/telemetry). */
const IN_FLIGHT_PATIENCE_MS = 5_000;

/**
 * Errors of requests that Fastify refuses before a route sees them become problem details too. Routes keep the handler
 * that is set when they are registered, and Nest sets its own only afterwards: ours is set first and stays.
 */
class HubAdapter extends FastifyAdapter {
  private readonly connections = new Set<Socket>();

  constructor(platform: Platform) {
    const { trustedProxies } = platform.config;
    super({
      bodyLimit: MAX_ENVELOPE_BYTES,
      // Anybody else could write any address into X-Forwarded-For.
      trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    });
    this.getInstance().setErrorHandler(async (error, request, reply) => {
      await discardBody(request.raw);
      sendProblem(error, reply, platform);
    });
    this.getInstance().server.on('connection', (socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
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

  /** Answers what is under way; who is not done then, or holds a socket open, is cut off. */
  override async close(): Promise<void> {
    const timer = setTimeout(() => {
      for (const connection of this.connections) connection.destroy();
    }, IN_FLIGHT_PATIENCE_MS);
    try {
      await super.close();
    } finally {
      clearTimeout(timer);
    }
  }

  override setErrorHandler() {
    return this.getInstance();
  }
}

/** Requests a minute from one address, or one IPv6 /64, on every route that is not named below. */
const REQUESTS_A_MINUTE = 12_000;

/** The same on routes, or on one method of them, that do more work for callers who have shown nothing yet, or that nobody asks so often. */
const OPEN_TO_ANYONE: ReadonlyMap<string, number> = new Map([
  ['/', 120],
  ['/reports', 6_000],
  ['/graphql', 6_000],
  ['/appeal', 60],
  ['/appeal/challenge', 60],
  ['/appeal/script.js', 300],
  ['/appeal/confirm/:code', 60],
  ['/appeal/:secret', 120],
  ['/.well-known/repute-template', 1_200],
  ['/repute/:application/:subject', 120],
  ['/repute/:application/:subject/:assertion', 120],
  ['/.well-known/ssf-configuration', 1_200],
  ['/enrolments', 300],
  ['/keys', 300],
  ['/oauth/token', 600],
  ['/.well-known/sekisho', 1_200],
  ['/.well-known/jwks.json', 1_200],
  ['/oprf/statements', 600],
  ['/oprf/evaluate', 1_200],
  ['/schema/report.json', 600],
  ['/health/live', 600],
  ['/health/ready', 600],
  ['/demo/sign-in', 30],
  ['/session/options', 60],
  ['POST /session', 60],
  ['/invitations/options', 20],
  ['/invitations', 20],
  ['/log/checkpoint', 1_200],
  ['/log/tile/*', 6_000],
]);

const MAX_ADDRESSES = 10_000;

/** On every answer that does not say otherwise: what is no page must not become one. */
const headersUnder = (origin: string): readonly (readonly [string, string])[] => [
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
  ...(origin.startsWith('https:') ? [['strict-transport-security', 'max-age=31536000'] as const] : []),
];

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
  if (platform.tracing.isOn) traceRequests(adapter.getInstance(), platform.tracing);
  // Before the plugin, which reads a route's configuration in a hook of its own.
  adapter.getInstance().addHook('onRoute', (route) => {
    guardRoute(route, () => platform.now());
    const max = OPEN_TO_ANYONE.get(route.url) ?? OPEN_TO_ANYONE.get(`${String(route.method)} ${route.url}`);
    if (max !== undefined && platform.config.hasRateLimit) {
      route.config = { ...route.config, rateLimit: { max } };
    }
  });
  await adapter.getInstance().register(rateLimit, {
    max: platform.config.hasRateLimit ? REQUESTS_A_MINUTE : Number.MAX_SAFE_INTEGER,
    timeWindow: '1 minute',
    // For each limited route: who asks from more networks makes it forget the oldest, and uses no more memory.
    cache: MAX_ADDRESSES,
    ipv6Subnet: 64,
    errorResponseBuilder: (_request, { ttl }) =>
      new RequestRefused('too-many-requests', 'too many requests from this address', Math.ceil(ttl / 1_000)),
  });
  // Files are sent by the console's controller, behind the access guard like everything else.
  await adapter.getInstance().register(fastifyStatic, { serve: false, preCompressed: true });
  adapter.getInstance().addHook('onSend', (_request, reply, _payload, done) => {
    for (const [name, value] of headersUnder(platform.origin)) {
      if (!reply.hasHeader(name)) void reply.header(name, value);
    }
    done();
  });
  return NestFactory.create<NestFastifyApplication>(HubModule.on(platform), adapter, {
    logger: new NestLog(platform.logger),
    abortOnError: false,
  });
}
