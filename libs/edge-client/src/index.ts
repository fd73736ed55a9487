export { EdgeClient, type EdgeAnswer, type EdgeClientOptions } from './edge-client.js';
export { EdgeCheck, type EdgeState } from './edge-check.js';
export { standingOfCodes } from './standing-of-codes.js';
export { StandingSource, type StandingOptions } from './standing-source.js';
