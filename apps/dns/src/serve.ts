// An edge follows a hub or serves data files; only what it needs for the one is loaded.
import { formatListen, readConfigOrExit } from '@sekisho/config';
import { createLogger, startOrExit } from '@sekisho/telemetry';
import { CannotListen } from './listen/cannot-listen.js';
import { loadArgumentsOrExit } from './load/load-arguments-or-exit.js';
import { giveMemoryBack } from './operate/small-memory.js';

const load = loadArgumentsOrExit(process.argv.slice(2));
const config = readConfigOrExit(process.env);
const logger = createLogger({ name: 'dns', level: config.logLevel });
const serve = async () => {
  if (load) await (await import('./load/serve-loaded.js')).serveLoaded(config, load, logger);
  else await (await import('./serve-hub.js')).serveHub(config, logger);
};
await startOrExit('dns', () =>
  serve().catch(CannotListen.rethrow(`SEKISHO_DNS: ${formatListen(config.dns)}`)),
);
giveMemoryBack();
