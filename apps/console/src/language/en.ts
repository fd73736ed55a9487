import { EN_PHRASES } from './en-phrases.ts';
import { EN_WORDS } from './en-words.ts';

export const EN = { ...EN_PHRASES, ...EN_WORDS };
