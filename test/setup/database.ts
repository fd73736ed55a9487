import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
// By path: a global setup runs before the projects' export conditions apply.
import { startEmbeddedDatabase } from '../../libs/persistence/src/embedded/index.js';
import { execute } from '../../libs/testing/src/index.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's one PostgreSQL server; its role may create databases. */
    databaseUrl: string;
    /** The migrated database to copy: createTestDatabase(databaseUrl, { template }). */
    templateDatabase: string;
  }
}

const TEMPLATE = 'sekisho_template';

/** Brings the template database to the product's schema. Every test file works on a copy of it. */
export const migrate: (url: string) => Promise<void> = () => Promise.resolve();

/** Compiles the workspaces, then starts one PostgreSQL for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const builder: unknown = await import(new URL('../../tools/build.mjs', import.meta.url).href);
  await (builder as { build(): Promise<number> }).build();

  const dataDir = await mkdtemp(join(tmpdir(), 'sekisho-test-'));
  const removeDirectory = () => rm(dataDir, { recursive: true, force: true });
  try {
    // Nothing here has to survive a power cut.
    const database = await startEmbeddedDatabase({ dataDir, settings: { fsync: 'off' } });
    const template = new URL(database.url);
    template.pathname = `/${TEMPLATE}`;
    await execute(database.url, `CREATE DATABASE ${TEMPLATE}`);
    await migrate(template.href);
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
