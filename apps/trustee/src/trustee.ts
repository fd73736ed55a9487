import rateLimit from '@fastify/rate-limit';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLog } from '@sekisho/telemetry';
import { EvaluationController } from './evaluation/evaluation.controller.js';
import { MembersController } from './members/members.controller.js';
import { TrusteePlatform } from './platform/platform.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { sendProblem, TooManyRequests } from './problems/send-problem.js';
import { WitnessController } from './witness/witness.controller.js';

/** A hundred elements are 5 KB. */
const MAX_BODY_BYTES = 16 * 1024;

@Module({})
class TrusteeModule {
  static on(platform: TrusteePlatform): DynamicModule {
    return {
      module: TrusteeModule,
      controllers: [EvaluationController, MembersController, WitnessController],
      providers: [
        { provide: TrusteePlatform, useValue: platform },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}

/** Requests a minute from one address, or one IPv6 /64, to each route. A member's terminations of a day are a few dozen. */
const REQUESTS_A_MINUTE = 1_200;
/** The same where a signature is checked for whoever asks, and seldom has to be. */
const ROTATIONS_A_MINUTE = 120;
const MAX_ADDRESSES = 10_000;

/** Routes keep the handler of errors that is set when they are registered; Nest sets its own only afterwards. */
class TrusteeAdapter extends FastifyAdapter {
  constructor(platform: TrusteePlatform) {
    const { trustedProxies } = platform;
    super({
      bodyLimit: MAX_BODY_BYTES,
      // Anybody else could write any address into X-Forwarded-For.
      trustProxy: trustedProxies.length > 0 && [...trustedProxies],
      forceCloseConnections: true,
    });
    this.getInstance().setErrorHandler((error, _request, reply) => {
      sendProblem(error, reply, platform);
    });
  }

  override setErrorHandler() {
    return this.getInstance();
  }
}

/** The trustee on its platform, ready to listen. */
export async function createTrustee(platform: TrusteePlatform): Promise<NestFastifyApplication> {
  const adapter = new TrusteeAdapter(platform);
  if (platform.hasRateLimit) await limitRates(adapter);
  return NestFactory.create<NestFastifyApplication>(TrusteeModule.on(platform), adapter, {
    logger: new NestLog(platform.logger),
    abortOnError: false,
    forceCloseConnections: true,
  });
}

async function limitRates(adapter: TrusteeAdapter): Promise<void> {
  // Before the plugin, which reads a route's configuration in a hook of its own.
  adapter.getInstance().addHook('onRoute', (route) => {
    if (route.url === '/members/keys')
      route.config = { ...route.config, rateLimit: { max: ROTATIONS_A_MINUTE } };
  });
  await adapter.getInstance().register(rateLimit, {
    max: REQUESTS_A_MINUTE,
    timeWindow: '1 minute',
    cache: MAX_ADDRESSES,
    ipv6Subnet: 64,
    errorResponseBuilder: (_request, { ttl }) => new TooManyRequests(Math.ceil(ttl / 1_000)),
  });
}
