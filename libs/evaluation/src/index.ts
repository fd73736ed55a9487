export { EvaluationRefused, type EvaluationErrorCode } from './errors.js';
export {
  EVALUATION_HEADER,
  EVALUATION_TYP,
  Evaluator,
  type EvaluationRecord,
  type EvaluatorOptions,
} from './evaluator.js';
export { KEY_STATEMENT_TYP, publishEpochs, type PublishedEpochs } from './key-statement.js';
export { ShareStore, type ShareStoreOptions } from './share-store.js';
