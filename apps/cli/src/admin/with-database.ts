import { readConfig } from '@sekisho/config';
import type { CliContext } from '../context.js';
import type { OperatorDatabase } from './operator-database.js';

/** The operator's database for one command. */
export async function withDatabase<T>(
  context: CliContext,
  use: (database: OperatorDatabase) => Promise<T>,
): Promise<T> {
  const database = await context.openOperatorDatabase(readConfig(context.env));
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
