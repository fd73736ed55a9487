// The normal form of a text: what stays when everything that a sender varies from copy to copy is taken out.
// Unicode: UAX #15 (NFKC folds full and half width), UTS #39 (confusables), DerivedCoreProperties (invisible ones).

/** More text than this is not read: the bound on time. */
export const MAX_TEXT_CHARACTERS = 65_536;
/** Words that enter the sketch: some 10 pages. */
export const MAX_WORDS = 4_096;

// Letters of Greek and Cyrillic that look like a Latin one (UTS #39 confusables.txt). Applied to every text, so a text
// written in those scripts keeps its identity: it is changed the same way each time.
const LOOK_ALIKE = new Map<string, string>(
  zip('аеорсухіјѕԁһԛԝвкмнтгпւα', 'aeopcyxijsdhqwbkmhtrnua').concat(
    zip('βγεηικνορτυχωϲⅼıɑɡɩʏ', 'byenikvoptuxwcliagiy'),
  ),
);
function zip(from: string, to: string): [string, string][] {
  const latin = Array.from(to);
  return Array.from(from).map((letter, i) => [letter, latin[i] ?? letter]);
}

const LEET: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't' };
const URL_TEXT = /(?:https?|ftp):\/{1,4}[^\s<>"'()]{1,2000}|www\d?\.[^\s<>"'()]{3,2000}/giu;
const ADDRESS_TEXT = /[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gu;
const GREETING =
  /^[ \t>]*(?:dear|hello|hi|hey|greetings|attention|attn|good (?:day|morning|evening)|hallo|bonjour|hola)\b[^\n]{0,60}?(?:[,:!]|$)/gimu;
const JAPANESE_GREETING = /^[^\n、。]{1,24}(?:様|さま|さん|殿)/gmu;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}ー]/u;
const WORD_OR_SIGN = new RegExp(`${CJK.source}|[\\p{L}\\p{N}]+`, 'gu');
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Cc}(?<![\n\t\r])/gu;

export interface NormalText {
  /** Words of letters; each sign of Chinese, Japanese, Korean or Thai is a word. */
  readonly words: readonly string[];
  /** URLs as the text has them. */
  readonly urls: readonly string[];
}

/** Never throws; time is linear in the length, which is cut at MAX_TEXT_CHARACTERS. */
export function normaliseText(text: string): NormalText {
  const folded = text
    .slice(0, MAX_TEXT_CHARACTERS)
    .replace(INVISIBLE, '')
    .normalize('NFKC')
    .slice(0, 2 * MAX_TEXT_CHARACTERS)
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u0483-\u0489]/gu, '')
    .normalize('NFC')
    .replace(/\r\n?/g, '\n');
  const urls = folded.match(URL_TEXT) ?? [];
  const plain = folded
    .replace(URL_TEXT, ' ')
    .replace(ADDRESS_TEXT, ' ')
    .replace(GREETING, '\n')
    .replace(JAPANESE_GREETING, '\n')
    .replace(/['’`´]/gu, '')
    .replace(/\p{L}/gu, (letter) => LOOK_ALIKE.get(letter) ?? letter)
    // v.i.a.g.r.a, v i a g r a: letters that stand alone belong together.
    .replace(/(?<![\p{L}\p{N}])[a-z](?:[ ._*|-][a-z]){3,40}(?![\p{L}\p{N}])/gu, (run) =>
      run.replace(/[^a-z]/g, ''),
    )
    .replace(/(?<=[a-z])[._*|@$!](?=[a-z])/gu, (sign) => ({ '@': 'a', $: 's', '!': 'i' })[sign] ?? '.');
  const words: string[] = [];
  for (const [token] of plain.matchAll(WORD_OR_SIGN)) {
    const word = wordOf(token);
    if (word === undefined) continue;
    words.push(word);
    if (words.length === MAX_WORDS) break;
  }
  return { words, urls };
}

function wordOf(token: string): string | undefined {
  const digits = token.replace(/[^\p{N}]/gu, '').length;
  if (digits === token.length || digits > 1) return undefined;
  const word = digits === 0 ? token : token.replace(/\d/g, (digit) => LEET[digit] ?? '');
  return isRandom(word) ? undefined : word;
}

/** No language writes so: longer than 24 letters, six consonants in a row, or five and more without a vowel. */
function isRandom(word: string): boolean {
  if (word.length > 24) return true;
  if (!/^[a-z]+$/.test(word)) return false;
  return /[bcdfghjklmnpqrstvwxz]{6}/.test(word) || (word.length >= 5 && !/[aeiouy]/.test(word));
}
