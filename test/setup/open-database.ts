import { openDatabase } from '@sekisho/persistence';
import { createTestDatabase, type TestDatabase } from '@sekisho/testing';
import { inject } from 'vitest';

export interface OpenTestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly dataSource: Awaited<ReturnType<typeof openDatabase>>;
}

/** A migrated database of its own with a pool of connections; dropped when disposed of. */
export async function openTestDatabase(poolSize = 4): Promise<OpenTestDatabase> {
  const database: TestDatabase = await createTestDatabase(inject('databaseUrl'), {
    template: inject('templateDatabase'),
  });
  const dataSource = await openDatabase(database.url, { poolSize });
  return {
    url: database.url,
    dataSource,
    async [Symbol.asyncDispose]() {
      await dataSource.destroy();
      await database[Symbol.asyncDispose]();
    },
  };
}
