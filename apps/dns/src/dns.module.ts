import type { Config } from '@sekisho/config';
import { createMetrics, Registry, type Logger } from '@sekisho/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { DnsServer } from './dns-server.js';
import { QueryCounter } from './query-counter.js';
import { CONFIG, LOGGER } from './tokens.js';

@Module({})
export class DnsModule {
  static forConfig(config: Config, logger: Logger): DynamicModule {
    return {
      module: DnsModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: Registry, useFactory: createMetrics },
        {
          provide: QueryCounter,
          useFactory: (registry: Registry) => new QueryCounter(registry),
          inject: [Registry],
        },
        DnsServer,
      ],
    };
  }
}
