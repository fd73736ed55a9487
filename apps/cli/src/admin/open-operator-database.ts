import type { OpenOperatorDatabase } from './operator-database.js';

/** Loaded only by the commands that need it: the ORM takes longer to load than most commands take to run. */
export const openOperatorDatabase: OpenOperatorDatabase = async (config) => {
  const persistence = await import('@sekisho/persistence');
  return persistence.openOperatorDatabase(config);
};
