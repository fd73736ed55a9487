import { readConfigOrExit } from '@sekisho/config';
import { openBackend } from '@sekisho/persistence';
import { createLogger, createMetrics, runProcess, startOrExit, startTracing } from '@sekisho/telemetry';
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
const tracing = await startTracing({
  name: 'sekisho-worker',
  url: config.otlpUrl,
  percent: config.tracePercent,
  onError: (message) => {
    logger.warn({ message }, 'traces');
  },
});
const worker = await startOrExit('worker', () =>
  startWorker(config, backend, { logger, now, tracing, metrics: createMetrics() }),
);
logger.info('worker is ready');
runProcess(logger, async () => {
  await worker.close();
  await backend.close();
  await tracing.close();
});
