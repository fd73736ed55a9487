import 'reflect-metadata';
import { ConfigInvalid, formatListen, readConfig, type Config } from '@sekisho/config';
import { createLogger, NestLog, runProcess } from '@sekisho/telemetry';
import { NestFactory } from '@nestjs/core';
import { DnsModule } from './dns.module.js';
import { loadArgumentsOrExit, serveLoaded } from './load/serve-loaded.js';

function configuration(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    for (const fault of error.faults) process.stderr.write(`${fault}\n`);
    process.exit(1);
  }
}

const load = loadArgumentsOrExit(process.argv.slice(2));
const config = configuration();
const logger = createLogger({ name: 'dns', level: config.logLevel });
try {
  if (load) await serveLoaded(config, load, logger);
  else {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class
    const app = await NestFactory.createApplicationContext(DnsModule.forConfig(config, logger), {
      logger: new NestLog(logger),
      abortOnError: false,
    });
    runProcess(logger, () => app.close());
  }
} catch (error) {
  if (error instanceof ConfigInvalid) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error;
  const reason = {
    EADDRINUSE: 'another program listens there',
    EACCES: 'a port below 1024 needs the right to bind it (CAP_NET_BIND_SERVICE)',
    EADDRNOTAVAIL: 'this machine has no such address',
  }[code];
  process.stderr.write(`SEKISHO_DNS: cannot listen on ${formatListen(config.dns)}: ${reason}\n`);
  process.exit(1);
}
