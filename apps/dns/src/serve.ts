import { formatListen, readConfigOrExit, type Config } from '@sekisho/config';
import {
  createLogger,
  createMetrics,
  OperationServer,
  runProcess,
  startOrExit,
  type Logger,
} from '@sekisho/telemetry';
import { ServedZones } from '@sekisho/zone-follow';
import { DnsServer } from './dns-server.js';
import { CannotListen } from './listen/cannot-listen.js';
import { loadArgumentsOrExit, serveLoaded } from './load/serve-loaded.js';
import { QueryCounter } from './operate/query-counter.js';
import { giveMemoryBack } from './operate/small-memory.js';
import { ZoneAge } from './operate/zone-age.js';

/** Answers from what the hub publishes, until the process is told to end. */
async function serveHub(config: Config, logger: Logger): Promise<void> {
  const registry = createMetrics();
  const zones = new ServedZones();
  const age = new ZoneAge(zones, registry, config.dnsMaxAgeSeconds);
  const operation = new OperationServer(registry, () => age.faults(performance.now()), logger);
  const server = new DnsServer(config, logger, zones, new QueryCounter(registry), operation, registry);
  await server.start();
  runProcess(logger, () => server.stop());
}

const load = loadArgumentsOrExit(process.argv.slice(2));
const config = readConfigOrExit(process.env);
const logger = createLogger({ name: 'dns', level: config.logLevel });
await startOrExit('dns', () =>
  (load ? serveLoaded(config, load, logger) : serveHub(config, logger)).catch(
    CannotListen.rethrow(`SEKISHO_DNS: ${formatListen(config.dns)}`),
  ),
);
giveMemoryBack();
