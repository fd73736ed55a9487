import 'reflect-metadata';
import { formatListen, readConfigOrExit } from '@sekisho/config';
import { createLogger, NestLog, runProcess, startOrExit } from '@sekisho/telemetry';
import { NestFactory } from '@nestjs/core';
import { DnsModule } from './dns.module.js';
import { CannotListen } from './listen/cannot-listen.js';
import { loadArgumentsOrExit, serveLoaded } from './load/serve-loaded.js';
import { giveMemoryBack } from './operate/small-memory.js';

const load = loadArgumentsOrExit(process.argv.slice(2));
const config = readConfigOrExit(process.env);
const logger = createLogger({ name: 'dns', level: config.logLevel });
const serve = async () => {
  if (load) {
    await serveLoaded(config, load, logger);
    giveMemoryBack();
    return;
  }
  const app = await NestFactory.createApplicationContext(DnsModule.forConfig(config, logger), {
    logger: new NestLog(logger),
    abortOnError: false,
  });
  runProcess(logger, () => app.close());
  giveMemoryBack();
};
await startOrExit('dns', () =>
  serve().catch(CannotListen.rethrow(`SEKISHO_DNS: ${formatListen(config.dns)}`)),
);
