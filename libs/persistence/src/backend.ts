import type { Config } from '@sekisho/config';
import type { DataSource } from 'typeorm';
import { migrateDatabase, openDatabase } from './database.js';
import { startEmbeddedDatabase } from './embedded/index.js';
import { ensurePartitions } from './reports/partitions.js';

export interface Backend {
  readonly databaseUrl: string;
  readonly dataSource: DataSource;
  /** Closes the pool, then stops the embedded database if this process started it. */
  close(): Promise<void>;
}

export interface BackendOptions {
  readonly poolSize: number;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
}

/** The database of a configuration, started when it is the embedded one, migrated, and ready for new reports. */
export async function openBackend(config: Config, options: BackendOptions): Promise<Backend> {
  const embedded =
    config.databaseUrl === undefined ? await startEmbeddedDatabase({ dataDir: config.dataDir }) : undefined;
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? '';
  try {
    const dataSource = await openDatabase(databaseUrl, {
      poolSize: options.poolSize,
      onError: options.onError,
    });
    if (config.migrate) await migrateDatabase(dataSource);
    await ensurePartitions(dataSource, options.now());
    return {
      databaseUrl,
      dataSource,
      async close() {
        await dataSource.destroy();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
