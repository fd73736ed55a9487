export { LIMITS } from './limits.js';
export type { Attachment, AuthenticationPicture, HandOff, ParsedMessage } from './parsed-message.js';
export { readMessage, type ParseRules, type ReadMessage } from './parse-message.js';
export type { TrustedRelays } from './received.js';
export type { Skip, SkipReason } from './skip-reason.js';
