import type { Config } from '@sekisho/config';
import { DatasetRefused } from '@sekisho/rbldnsd';
import { runProcess, type Logger } from '@sekisho/telemetry';
import type { LoadArguments } from './load-arguments.js';
import { LoadedServer } from './loaded-server.js';

/** Serves data files until the process is told to end; a file that cannot be used at the start ends it with status 1. */
export async function serveLoaded(config: Config, options: LoadArguments, logger: Logger): Promise<void> {
  const server = new LoadedServer(config, options, logger);
  try {
    await server.start();
  } catch (error) {
    if (!(error instanceof DatasetRefused)) throw error;
    process.stderr.write(`sekisho: ${error.message}\nwhat to do: correct the file, or leave its zone out\n`);
    process.exit(1);
  }
  runProcess(logger, () => server.stop());
}
