import 'reflect-metadata';
import { generateHubKey, importHubKey } from '@sekisho/auth';
import { createPrivateFile, formatListen, readConfigOrExit, readEdgeToken } from '@sekisho/config';
import { openBackend, openNotifications, Replica } from '@sekisho/persistence';
import { openQueue } from '@sekisho/queue';
import { createLogger, createMetrics, runProcess, startOrExit, startTracing } from '@sekisho/telemetry';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHub } from './hub.js';
import { Platform } from './platform/platform.js';

/** Of the primary, and of the replica. */
const POOL_SIZE = 10;

const config = readConfigOrExit(process.env);
const logger = createLogger({ name: 'hub', level: config.logLevel });
const onError = (error: unknown) => {
  logger.error({ err: error }, 'database connection');
};
const tracing = await startTracing({
  name: 'sekisho-hub',
  url: config.otlpUrl,
  percent: config.tracePercent,
  onError: (message) => {
    logger.warn({ message }, 'traces');
  },
});
const backend = await startOrExit('hub', () =>
  openBackend(config, { poolSize: POOL_SIZE, now: () => new Date(), onError }),
);
const replica =
  config.databaseReplicaUrl === undefined
    ? undefined
    : await Replica.open(config.databaseReplicaUrl, backend.dataSource, {
        poolSize: POOL_SIZE,
        onChange: ({ isUsed, reason }) => {
          if (isUsed) logger.info({ reason }, 'reads go to the replica');
          else logger.warn({ reason }, 'the replica is not used; the primary answers');
        },
      });
const keyFile = join(config.dataDir, 'keys', 'hub.jwk');
await createPrivateFile(keyFile, await generateHubKey());

class RunningPlatform extends Platform {
  readonly config = config;
  readonly logger = logger;
  readonly dataSource = backend.dataSource;
  readonly metrics = createMetrics();
  override readonly replica = replica;
  override readonly tracing = tracing;
  constructor(
    readonly queue: Platform['queue'],
    readonly notifications: Platform['notifications'],
    readonly hubKey: Platform['hubKey'],
    readonly edgeToken: string,
  ) {
    super();
  }
  now = () => new Date();
  newId = () => randomUUID();
  randomBytes = (length: number) => randomBytes(length);
}

const platform = new RunningPlatform(
  await openQueue(config.queueUrl ?? backend.databaseUrl),
  await openNotifications(backend.databaseUrl, onError),
  await importHubKey(await readFile(keyFile, 'utf8')),
  await readEdgeToken(config.dataDir),
);
const app = await createHub(platform);
await startOrExit('hub', () => app.listen(config.http.port, config.http.host));
logger.info({ listen: formatListen(config.http), hub: config.publicUrl, zone: config.zone }, 'hub is ready');
runProcess(logger, async () => {
  await app.close();
  await platform.notifications.close();
  await platform.queue.close();
  await replica?.close();
  await backend.close();
  await tracing.close();
});
