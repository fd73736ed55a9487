import { useMemo } from 'react';
import { useSettings, type Language } from '../settings/settings.ts';
import { formatter, type Format } from './format.ts';
import { translateWord, translator, type Translate } from './translate.ts';

export interface Speech {
  readonly language: Language;
  readonly t: Translate;
  /** A word of the API in this language: `word('category', 'zombie')`. */
  readonly word: (prefix: string, word: string) => string;
  readonly format: Format;
}

/** How the console speaks to this person: texts, numbers and dates. */
export function useLanguage(): Speech {
  const { language, timeZone } = useSettings();
  return useMemo(() => {
    const t = translator(language);
    return {
      ...{ language, t, format: formatter(language, timeZone) },
      word: (prefix, word) => translateWord(t, prefix, word),
    };
  }, [language, timeZone]);
}
