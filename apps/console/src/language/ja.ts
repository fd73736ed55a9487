import { JA_PHRASES } from './ja-phrases.ts';
import { JA_WORDS } from './ja-words.ts';

export const JA = { ...JA_PHRASES, ...JA_WORDS };
