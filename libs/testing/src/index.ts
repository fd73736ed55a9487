export { compareStep, parseTranscript, rewriteTranscript } from './transcript.js';
export { runTranscript, type TranscriptOptions } from './transcript-runner.js';
