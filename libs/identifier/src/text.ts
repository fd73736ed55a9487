// Folding of characters that one person writes one way and another person another way.

/** Left is written, right is kept. Sources: docs/identifiers.md. */
const VARIANT_PAIRS =
  '邊辺 邉辺 齋斎 齊斎 斉斎 髙高 﨑崎 嵜崎 濵浜 濱浜 德徳 澤沢 廣広 櫻桜 國国 圀国 嶋島 嶌島 眞真 惠恵 壽寿 ' +
  '榮栄 龍竜 瀧滝 瀨瀬 條条 圓円 萬万 與与 藏蔵 實実 寶宝 靜静 淸清 彌弥 穗穂 鐵鉄 縣県 會会 學学 曾曽 增増 黑黒 ' +
  '冨富 桒桑 𠮷吉 舘館 檜桧 驒騨 彥彦 祿禄 郞郎 來来 傳伝 佛仏 豐豊 邨村 遙遥 莊荘 總総 點点 鹽塩 鷗鴎 龜亀 鄕郷 ' +
  '亞亜 稻稲 緖緒 賴頼 關関 靑青 顯顕 槇槙 槗橋 𣘺橋 籔薮 藪薮 禮礼 聰聡 絲糸 讓譲 豫予 晉晋 當当 氣気 團団 齡齢 ' +
  '應応 奧奥 假仮 覺覚 巖巌 峯峰 舩船 逹達 澁渋 澀渋';

const VARIANTS = new Map(
  VARIANT_PAIRS.split(' ').map((pair): [string, string] => {
    const [written = '', kept = ''] = Array.from(pair);
    return [written, kept];
  }),
);

const SMALL = 'ァィゥェォッャュョヮヵヶ';
const LARGE = 'アイウエオツヤユヨワカケ';

/** NFKC without variation selectors (U+FE00..FE0F, U+E0100..E01EF), joiners and soft hyphens. */
export function normalise(text: string): string {
  // Selectors go first and last: NFKC does not compose over them, and may bring out none itself.
  const plain = text.replace(
    /[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}\u{200B}-\u{200D}\u{2060}\u{FEFF}\u{AD}]/gu,
    '',
  );
  return plain.normalize('NFKC');
}

/** Other shapes of one kanji as the common one; X々 as XX. */
export function foldKanji(text: string): string {
  const folded = Array.from(text, (character) => VARIANTS.get(character) ?? character).join('');
  return folded.replace(/(\p{Script=Han})々/gu, '$1$1');
}

/** Hiragana as katakana, small kana as large. */
export function foldKana(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const katakana = code >= 0x3041 && code <= 0x3096 ? String.fromCodePoint(code + 0x60) : character;
    return LARGE[SMALL.indexOf(katakana)] ?? katakana;
  }).join('');
}

/** Latin letters without their marks, in capitals; other scripts unchanged. */
export function foldLatin(text: string): string {
  return text
    .replace(/\p{Script=Latin}\p{M}*/gu, (letter) => letter.normalize('NFD').replace(/\p{M}/gu, ''))
    .toUpperCase();
}

const DIGITS = '〇一二三四五六七八九';
const UNITS = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1000],
]);

/** Characters of {@link readKanjiNumeral}, for use within [...] of a regular expression. */
export const KANJI_NUMERALS = '〇一二三四五六七八九十百千';

/** The number that kanji numerals write, with units (二十三) or by place (二三); decimal digits, no leading zeros. */
export function readKanjiNumeral(text: string): string {
  if (!/[十百千]/.test(text)) {
    return String(Number(Array.from(text, (character) => String(DIGITS.indexOf(character))).join('')));
  }
  let total = 0;
  let digit: number | undefined;
  for (const character of text) {
    const unit = UNITS.get(character);
    if (unit === undefined) digit = (digit ?? 0) * 10 + DIGITS.indexOf(character);
    else {
      total += (digit ?? 1) * unit;
      digit = undefined;
    }
  }
  return String(total + (digit ?? 0));
}
