import { generateHubKey, importHubKey } from '@sekisho/auth';
import { readConfig } from '@sekisho/config';
import { openBackend, openNotifications } from '@sekisho/persistence';
import { openQueue } from '@sekisho/queue';
import { createLogger, createMetrics } from '@sekisho/telemetry';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHub } from '../../apps/hub/src/hub.js';
import { Platform } from '../../apps/hub/src/platform/platform.js';

export interface HubInProcess extends AsyncDisposable {
  readonly app: NestFastifyApplication;
}

/** The hub's own application, started and not listening, for what only its inside can tell: its schema and its handlers. */
export async function startHubInProcess(
  databaseUrl: string,
  options: { consoleDir?: string; env?: Record<string, string> } = {},
): Promise<HubInProcess> {
  const config = readConfig({ SEKISHO_DATABASE_URL: databaseUrl, SEKISHO_LOG: 'error', ...options.env });
  const logger = createLogger({ name: 'hub', level: config.logLevel });
  const onError = (error: unknown) => {
    logger.error({ err: error }, 'database connection');
  };
  const now = () => new Date();
  const backend = await openBackend(config, { poolSize: 2, now, onError });
  const parts = {
    queue: await openQueue(databaseUrl),
    notifications: await openNotifications(databaseUrl, onError),
    hubKey: await importHubKey(await generateHubKey()),
  };
  class TestPlatform extends Platform {
    readonly config = config;
    readonly logger = logger;
    readonly dataSource = backend.dataSource;
    readonly metrics = createMetrics();
    readonly queue = parts.queue;
    readonly notifications = parts.notifications;
    readonly hubKey = parts.hubKey;
    readonly edgeToken = randomUUID();
    override readonly consoleDir = options.consoleDir ?? join(tmpdir(), 'no-console-here');
    now = now;
    newId = () => randomUUID();
    randomBytes = (length: number) => randomBytes(length);
  }
  const app = await createHub(new TestPlatform());
  await app.init();
  return {
    app,
    async [Symbol.asyncDispose]() {
      await app.close();
      await parts.notifications.close();
      await parts.queue.close();
      await backend.close();
    },
  };
}
