export { DeltaRejected, SnapshotDamaged } from './errors.js';
export { expandChange, type NameChange } from './expansion-change.js';
export { KeyTable } from './key-table.js';
export { NetworkTable, type SharedNetworks } from './network-table.js';
export { sharedWords } from './shared-words.js';
export { EMPTY_NON_TERMINAL } from './name-table.js';
export { queryName, subjectOfName } from './query-name.js';
export { QuestionKey, type KeyKind } from './question-key.js';
export {
  categoryName,
  categoryNumber,
  decodeReturnCode,
  encodeReturnCode,
  formatReturnCode,
  isListingCode,
  NO_ACCESS,
  packReturnCode,
  parseReturnCode,
  TOO_MANY_QUERIES,
  WRONG_ZONE,
  type DecodedReturnCode,
  type ReturnCode,
  type Verdict,
} from './return-code.js';
export { decodeSnapshot, encodeSnapshot, type Sha256 } from './snapshot-codec.js';
export { summaryOfCodes } from './summary.js';
export { testCode } from './test-entry.js';
export {
  apply,
  diff,
  sortEntries,
  type ZoneDelta,
  type ZoneEntry,
  type ZoneSnapshot,
} from './zone-content.js';
export type { ExpandedName } from './zone-expansion.js';
export { finished, Steps, type Stretches } from './pause.js';
export { formerOf, stepOf, ZoneHistory, type FormerEntry, type HistoryStep } from './zone-history.js';
export { ZoneImage } from './zone-image.js';
export { ABSENT, ZoneIndex, type SharedZone } from './zone-index.js';
export { isAddressZone, isZoneName, ZONE_NAMES, type ZoneName } from './zone-name.js';
