import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLog } from '@sekisho/telemetry';
import { EvaluationController } from './evaluation/evaluation.controller.js';
import { MembersController } from './members/members.controller.js';
import { TrusteePlatform } from './platform/platform.js';
import { ProblemFilter } from './problems/problem.filter.js';
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

/** The trustee on its platform, ready to listen. */
export async function createTrustee(platform: TrusteePlatform): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: MAX_BODY_BYTES, trustProxy: false });
  return NestFactory.create<NestFastifyApplication>(TrusteeModule.on(platform), adapter, {
    logger: new NestLog(platform.logger),
    abortOnError: false,
    forceCloseConnections: true,
  });
}
