export type { BounceRules } from './delivery-status.js';
export { DirectTraffic, type DirectTrafficRules } from './direct-traffic.js';
export { FlowReader, type MailFlow } from './flow-line.js';
export { readDmarcXml } from './dmarc-report.js';
export type { Finding } from './finding.js';
export { LIMITS } from './limits.js';
export { MtaLogReader } from './mta-log.js';
export type { Attachment, AuthenticationPicture, HandOff, ParsedMessage } from './parsed-message.js';
export { readMessage, type ParseRules, type ReadMessage } from './parse-message.js';
export {
  MESSAGE_FORMATS,
  readEvidence,
  type EvidenceRules,
  type MessageFinding,
  type MessageFormat,
} from './read-evidence.js';
export type { TrustedRelays } from './received.js';
export type { LogEvent, LogLine } from './refusal.js';
export { Sightings } from './sightings.js';
export { SKIP_REASONS, type Skip, type SkipReason } from './skip-reason.js';
export type { LocalTime, LogClock } from './syslog-line.js';
export { readCsvHeader, readCsvRow, readJsonLine, type RowRules } from './table-row.js';
export { readXarfText } from './xarf-json.js';
export { prepareXarf } from './xarf-schema.js';
