import type { Language } from '../settings/settings.ts';
import { EN } from './en.ts';
import { JA } from './ja.ts';

export type MessageKey = keyof typeof EN;

/** `{count}` and the like, as the English text has them; the test of the catalogues holds the Japanese one to it. */
type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
export type Values<Key extends MessageKey> = Record<NamesIn<(typeof EN)[Key]>, string | number>;

const CATALOGUES: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = { en: EN, ja: JA };

export type Translate = <Key extends MessageKey>(
  key: Key,
  ...values: [NamesIn<(typeof EN)[Key]>] extends [never] ? [] : [Values<Key>]
) => string;

export function translator(language: Language): Translate {
  const catalogue = CATALOGUES[language];
  const numbers = new Intl.NumberFormat(language);
  return (key, ...[values]) => {
    if (values === undefined) return catalogue[key];
    const given: Readonly<Record<string, string | number>> = values;
    return catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = given[name];
      if (value === undefined) return whole;
      return typeof value === 'number' ? numbers.format(value) : value;
    });
  };
}

/** The message for a word of the API, such as a state; the word itself when a newer hub says something unknown. */
export function translateWord(t: Translate, prefix: string, word: string): string {
  const key = `${prefix}.${word}`;
  // Keys of words hold no placeholders.
  return key in EN ? (t as (key: string) => string)(key) : word;
}
