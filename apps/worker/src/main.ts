import { readConfigOrExit } from '@sekisho/config';
import { openBackend } from '@sekisho/persistence';
import { createLogger, runProcess, startOrExit } from '@sekisho/telemetry';
import { startWorker } from './worker.js';

const config = readConfigOrExit(process.env);
const logger = createLogger({ name: 'worker', level: config.logLevel });
const now = () => new Date();
const backend = await startOrExit('worker', () =>
  openBackend(config, {
    poolSize: 8,
    now,
    onError: (error) => {
      logger.error({ err: error }, 'database connection');
    },
  }),
);
const worker = await startWorker(config, backend, { logger, now });
logger.info('worker is ready');
runProcess(logger, async () => {
  await worker.close();
  await backend.close();
});
