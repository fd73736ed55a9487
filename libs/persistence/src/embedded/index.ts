export { DataDirectoryInUse, EmbeddedDatabaseFailed, type EmbeddedDatabaseErrorCode } from './errors.js';
export {
  findRunningEmbeddedDatabase,
  startEmbeddedDatabase,
  type EmbeddedDatabase,
} from './embedded-database.js';
