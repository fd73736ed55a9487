import { IdentifierInvalid } from './errors.js';
import { foldKana, foldKanji, foldLatin, normalise } from './text.js';

const EXAMPLE = '渡辺 太郎 or ワタナベ タロウ';

/** A name without spaces, dots and differences of spelling; kana as katakana, Latin in capitals. @throws {IdentifierInvalid} */
export function canonicalName(name: string): string {
  const folded = foldLatin(foldKana(foldKanji(normalise(name))))
    // A dash between kana is a long vowel mark typed on another key.
    .replace(/(?<=\p{Script=Katakana})[-‐‑‒–—―−─~](?=\p{Script=Katakana}|[\s・·]|$)/gu, 'ー')
    .replace(/[\s・·•,.、。'’`‘\-‐‑‒–—―−]/gu, '');
  if (folded === '') throw new IdentifierInvalid('incomplete', 'name-birth', 'name', 'is empty', EXAMPLE);
  if (!/^[\p{L}\p{M}ー]+$/u.test(folded)) {
    throw new IdentifierInvalid(
      'malformed',
      'name-birth',
      'name',
      'has signs or digits no name has',
      EXAMPLE,
    );
  }
  return folded;
}
