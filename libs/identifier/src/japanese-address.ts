import { IdentifierInvalid } from './errors.js';
import { splitMunicipality } from './municipality.js';
import { foldKana, foldKanji, foldLatin, KANJI_NUMERALS, normalise, readKanjiNumeral } from './text.js';

const K = KANJI_NUMERALS;
const UNIT = '丁目|番地|番(?![町丁館])|号(?![室棟館線])';
/** A house number: numbers with units or hyphens between them; a space ends it. */
const HOUSE_NUMBER = new RegExp(`\\d+(?:(?:(?:${UNIT})[-ノ]?|[-ノ])\\d+)*(?:${UNIT})?`);
/** Digits within a town's name: 北1条, 5線, 第3地割, 2号線. */
const NUMBERED_TOWN = /\d+(?:条|線|地割|号線|番[町丁館])/g;

export interface JapaneseAddress {
  /** Municipality, town and up to three numbers: `千代田区丸ノ内1-2-3`. */
  readonly address: string;
  /** What follows, if anything: `丸ノ内ビル101`. */
  readonly building: string | undefined;
}

/**
 * A Japanese postal address in its canonical form. docs/identifiers.md has the rules and what they do not cover.
 * @throws {IdentifierInvalid}
 */
export function canonicalJapaneseAddress(text: string): JapaneseAddress {
  const folded = digitsForKanji(foldSeparators(foldLatin(foldKana(foldKanji(normalise(text))))));
  const { municipality, rest } = splitMunicipality(withoutPostalCode(folded));
  const hidden = rest.replace(NUMBERED_TOWN, (name) => name.replace(/\d/g, '\0'));
  const found = HOUSE_NUMBER.exec(hidden);
  if (found === null || found[0].endsWith('丁目')) {
    throw new IdentifierInvalid(
      'incomplete',
      'address',
      'text',
      found === null ? 'the house number is missing' : 'no house number follows 丁目',
      '東京都千代田区丸の内1丁目2番3号',
    );
  }
  const town = rest.slice(0, found.index).replace(/大字|(?<!文)字|[\s,、]/g, '');
  const numbers = (found[0].match(/\d+/g) ?? []).map((number) => String(Number(number)));
  // Chome, block and house: what follows a third hyphen is a room.
  const room = numbers.slice(3).join('-');
  const after = room + ' ' + rest.slice(found.index + found[0].length);
  const building = canonicalBuilding(after);
  return {
    address: `${municipality}${foldTown(town)}${numbers.slice(0, 3).join('-')}`,
    building: building === '' ? undefined : building,
  };
}

/** ケ, ヶ, が and ガ between kanji are one. */
const foldTown = (town: string): string => town.replace(/(?<=\p{Script=Han})ガ(?=\p{Script=Han})/gu, 'ケ');

const withoutPostalCode = (text: string): string =>
  text.replace(/^〒?\d{3}-?\d{4}(?!\d|-)\s*|^〒\s*/, '').trim();

function foldSeparators(text: string): string {
  const dashed = text
    .trim()
    .replace(/[‐‑‒–—―−─━]/g, '-')
    .replace(new RegExp(`(?<=[\\d${K}])\\s*[-ー]\\s*(?=[\\d${K}])`, 'g'), '-');
  return (
    dashed
      .replace(/(?<=丁目|番地?)[\s,、]+(?=\d)/g, '')
      .replace(new RegExp(`(?<=[\\d${K}])\\s+(?=${UNIT})`, 'g'), '')
      // Only a space after a number or its unit says something: there the building begins.
      .replace(/(?<![\d目地番号])\s+/g, '')
  );
}

function digitsForKanji(text: string): string {
  return (
    text
      .replace(new RegExp(`[${K}]+(?=${UNIT}|条|線|地割)`, 'g'), readKanjiNumeral)
      // Joined numerals before single ones, which are recognised by a digit on their left or right.
      .replace(new RegExp(`[${K}]+(?:-[${K}]+)+`, 'g'), (numbers) =>
        numbers.split('-').map(readKanjiNumeral).join('-'),
      )
      .replace(
        new RegExp(`(?<=(?:丁目|番地?|\\d-)ノ?)[${K}]+(?![町村])|[${K}]+(?=-\\d)`, 'g'),
        readKanjiNumeral,
      )
  );
}

function canonicalBuilding(text: string): string {
  return text
    .replace(/(?<=\d)号室?(?=\s|$)|号室/g, '')
    .replace(/(?<!\d)[-#]|-(?!\d)/g, '')
    .replace(/[\s,、.・]/g, '');
}
