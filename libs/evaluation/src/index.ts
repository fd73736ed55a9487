export {
  EvaluationRefused,
  RegisterRefused,
  type EvaluationErrorCode,
  type RegisterErrorCode,
} from './errors.js';
export {
  EVALUATION_HEADER,
  EVALUATION_TYP,
  Evaluator,
  type EvaluationRecord,
  type EvaluatorOptions,
} from './evaluator.js';
export {
  digestOfStatement,
  publishEpochs,
  readKeyStatement,
  statementKeySchema,
  type KeyStatement,
  type PublishedEpochs,
  type StatementKey,
} from './key-statement.js';
export { MemberRegister, publishedKeys, registeredKey, type RegisteredKey } from './member-register.js';
export {
  generateBackupKey,
  openBackup,
  sealBackup,
  type BackupLock,
  type Party,
  type ShareBackup,
} from './share-backup.js';
export { ShareStore, type ShareStoreOptions } from './share-store.js';
