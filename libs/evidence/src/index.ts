export type { Attachment, AuthenticationPicture, HandOff, ParsedMessage } from './parsed-message.js';
