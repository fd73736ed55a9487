import type { Config } from '@sekisho/config';
import { runProcess, type Logger } from '@sekisho/telemetry';
import { ServedZones } from '@sekisho/zone-follow';
import { DnsServer } from './dns-server.js';
import { QueryCounter } from './operate/query-counter.js';
import { ZoneAge } from './operate/zone-age.js';

/** Answers from what the hub publishes, until the process is told to end. */
export async function serveHub(config: Config, logger: Logger): Promise<void> {
  const zones = new ServedZones();
  const age = new ZoneAge(zones, config.dnsMaxAgeSeconds);
  const server = new DnsServer(config, logger, zones, new QueryCounter(), age);
  await server.start();
  runProcess(logger, () => server.stop());
}
