export { SubjectInvalid, type SubjectErrorCode } from './errors.js';
export { hashAddress, hashLabel, normaliseAddress } from './hash.js';
export {
  formatBytes,
  isReserved,
  maskBytes,
  networkContains,
  parseIp,
  parseNetwork,
  rollUpNetworks,
  type Ip,
  type Network,
} from './ip.js';
export {
  formatSubject,
  parseSubject,
  readSubject,
  SUBJECT_TYPES,
  type Subject,
  type SubjectType,
} from './subject.js';
export { subtractNetworks } from './subtract.js';
