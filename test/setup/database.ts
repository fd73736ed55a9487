import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's one PostgreSQL server; its role may create databases. */
    databaseUrl: string;
    /** The migrated database to copy: createTestDatabase(databaseUrl, { template }). */
    templateDatabase: string;
  }
}

const TEMPLATE = 'sekisho_template';

/** Compiles the workspaces, then starts one PostgreSQL for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const builder: unknown = await import(new URL('../../tools/build.mjs', import.meta.url).href);
  await (builder as { build(): Promise<number> }).build();
  // Compiled a moment ago: not to be looked for before.
  const { ensurePartitions, migrateDatabase, openDatabase, startEmbeddedDatabase } =
    await import('@sekisho/persistence');
  const { execute } = await import('@sekisho/testing');

  const dataDir = await mkdtemp(join(tmpdir(), 'sekisho-test-'));
  const removeDirectory = () => rm(dataDir, { recursive: true, force: true });
  try {
    // Nothing here has to survive a power cut.
    const database = await startEmbeddedDatabase({ dataDir, settings: { fsync: 'off' } });
    await execute(database.url, `CREATE DATABASE ${TEMPLATE}`);
    const template = new URL(database.url);
    template.pathname = `/${TEMPLATE}`;
    const dataSource = await openDatabase(template.href, { poolSize: 1 });
    await migrateDatabase(dataSource);
    await ensurePartitions(dataSource, new Date());
    await dataSource.destroy();
    project.provide('databaseUrl', database.url);
    project.provide('templateDatabase', TEMPLATE);
    return async () => {
      await database.stop();
      await removeDirectory();
    };
  } catch (error) {
    await removeDirectory();
    throw error;
  }
}
