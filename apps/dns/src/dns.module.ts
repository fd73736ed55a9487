import type { Config } from '@sekisho/config';
import { createMetrics, OperationServer, Registry, type Logger } from '@sekisho/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { DnsServer } from './dns-server.js';
import { ServedZones } from '@sekisho/zone-follow';
import { QueryCounter } from './operate/query-counter.js';
import { ZoneAge } from './operate/zone-age.js';
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
        ServedZones,
        {
          provide: QueryCounter,
          useFactory: (registry: Registry) => new QueryCounter(registry),
          inject: [Registry],
        },
        {
          provide: ZoneAge,
          useFactory: (zones: ServedZones, registry: Registry) =>
            new ZoneAge(zones, registry, config.dnsMaxAgeSeconds),
          inject: [ServedZones, Registry],
        },
        {
          provide: OperationServer,
          useFactory: (registry: Registry, age: ZoneAge) =>
            new OperationServer(registry, () => age.faults(performance.now()), logger),
          inject: [Registry, ZoneAge],
        },
        DnsServer,
      ],
    };
  }
}
