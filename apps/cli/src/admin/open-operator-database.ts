import type { OpenOperatorDatabase } from './operator-database.js';

/** Loaded only by the commands that need it: the ORM takes longer to load than most commands take to run. */
export const openOperatorDatabase: OpenOperatorDatabase = async (config) => {
  const persistence: object = await import('@sekisho/persistence');
  if (!opensOperatorDatabase(persistence)) throw new Error('this build has no database');
  return persistence.openOperatorDatabase(config);
};

const opensOperatorDatabase = (
  module: object,
): module is { readonly openOperatorDatabase: OpenOperatorDatabase } =>
  'openOperatorDatabase' in module && typeof module.openOperatorDatabase === 'function';
