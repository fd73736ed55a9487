export {
  FINGERPRINT_VERSION,
  FingerprintInvalid,
  fingerprintKey,
  fingerprintOf,
  fingerprintSubject,
  formatFingerprint,
  parseFingerprint,
  readContent,
  type Fingerprint,
  type FingerprintKey,
  type MessageContent,
} from './fingerprint.js';
export { SKETCH_BYTES, sketchOf } from './sketch.js';
export { similarity } from './sketch-table.js';
export { visibleText, type VisibleText } from './visible-text.js';
export { normaliseText, type NormalText } from './normal-text.js';
export {
  Clusters,
  ClustersFull,
  type CampaignNumber,
  type Placement,
  type Slot,
  type Split,
} from './clusters.js';
export {
  authVerdict,
  isAbusive,
  SPREAD_BUCKET_MS,
  tallyOf,
  type AuthVerdict,
  type CampaignTally,
  type Observation,
} from './tally.js';
export {
  isDropbox,
  isPhishingHost,
  roleOfSender,
  type DomainPicture,
  type HostPicture,
  type ReplyPicture,
} from './domain-role.js';
export {
  fitBaseline,
  judgeOutbreak,
  NOVELTY_MS,
  OUTBREAK_WINDOW_MS,
  windowStatistic,
  type Alarm,
  type Baseline,
  type Sample,
  type Tail,
} from './outbreak.js';
