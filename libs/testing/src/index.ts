export { dig, digUntil, nameOf } from './dig.js';
export {
  Federation,
  FederationMember,
  freePort,
  reportOf,
  type ProcessInstance,
  type ProcessName,
} from './federation.js';
export { requireLibrary, requireProgram, unpackPackage, type UnpackedPackage } from './program.js';
export { createTestDatabase, execute, type TestDatabase } from './test-database.js';
export { compareStep, parseTranscript, rewriteTranscript } from './transcript.js';
export { runTranscript, type TranscriptOptions } from './transcript-runner.js';
export { EdgeData } from './edge-data.js';
export { borderOf, describeFinding, relaysDownTo, readSample, sampleRules } from './report-samples.js';
export { seededRandom, simulatePoisoning, type PoisoningHarm } from './poisoning.js';
export { EventReceiver, type ReceivedEvent } from './event-receiver.js';
