// Folding of characters that one person writes one way and another person another way.

/** Left is written, right is kept. Sources: docs/identifiers.md. */
const VARIANT_PAIRS =
  '邊辺 邉辺 齋斎 齊斎 斉斎 髙高 﨑崎 嵜崎 濵浜 濱浜 德徳 澤沢 廣広 櫻桜 國国 圀国 嶋島 嶌島 眞真 惠恵 壽寿 榮栄 龍竜 瀧滝 瀨瀬 條条 圓円 萬万 與与 藏蔵 ' +
  '實実 寶宝 靜静 淸清 彌弥 穗穂 鐵鉄 縣県 會会 學学 曾曽 增増 黑黒 冨富 桒桑 𠮷吉 舘館 檜桧 驒騨 彥彦 祿禄 郞郎 來来 傳伝 佛仏 豐豊 邨村 遙遥 莊荘 總総 ' +
  '點点 鹽塩 鷗鴎 龜亀 鄕郷 亞亜 稻稲 緖緒 賴頼 關関 靑青 顯顕 槇槙 槗橋 𣘺橋 籔薮 藪薮 禮礼 聰聡 絲糸 讓譲 豫予 晉晋 當当 氣気 團団 齡齢 應応 奧奥 假仮 ' +
  '覺覚 巖巌 峯峰 舩船 逹達 澁渋 澀渋 惡悪 壓圧 圍囲 醫医 爲為 壹壱 飮飲 隱隠 營営 衞衛 驛駅 緣縁 艷艶 歐欧 毆殴 橫横 溫温 穩穏 價価 畫画 繪絵 壞壊 懷懐 ' +
  '槪概 擴拡 殼殻 嶽岳 樂楽 渴渇 罐缶 卷巻 陷陥 勸勧 寬寛 歡歓 觀観 歸帰 僞偽 戲戯 犧犠 舊旧 據拠 擧挙 虛虚 峽峡 挾挟 狹狭 敎教 曉暁 區区 驅駆 勳勲 薰薫 ' +
  '徑径 莖茎 揭掲 溪渓 經経 螢蛍 輕軽 繼継 鷄鶏 藝芸 擊撃 缺欠 硏研 儉倹 劍剣 險険 圈圏 檢検 獻献 權権 驗験 嚴厳 戶戸 效効 恆恒 黃黄 鑛鉱 號号 碎砕 濟済 ' +
  '劑剤 雜雑 參参 棧桟 蠶蚕 慘惨 贊賛 殘残 齒歯 兒児 辭辞 濕湿 舍舎 寫写 釋釈 收収 從従 獸獣 縱縦 肅粛 處処 敍叙 奬奨 將将 稱称 涉渉 燒焼 證証 狀状 乘乗 ' +
  '淨浄 剩剰 疊畳 繩縄 壤壌 孃嬢 釀醸 觸触 囑嘱 寢寝 愼慎 盡尽 圖図 粹粋 醉酔 隨随 髓髄 樞枢 數数 聲声 稅税 蹟跡 說説 攝摂 專専 戰戦 淺浅 潛潜 纖繊 踐践 ' +
  '錢銭 禪禅 雙双 壯壮 搜捜 插挿 巢巣 爭争 窗窓 裝装 騷騒 臟臓 卽即 屬属 續続 墮堕 對対 體体 帶帯 滯滞 臺台 擇択 單単 擔担 膽胆 彈弾 斷断 癡痴 遲遅 晝昼 ' +
  '蟲虫 鑄鋳 廳庁 徵徴 聽聴 鎭鎮 遞逓 轉転 黨党 盜盗 燈灯 鬪闘 獨独 讀読 屆届 貳弐 惱悩 腦脳 霸覇 拜拝 廢廃 賣売 麥麦 發発 髮髪 拔抜 晚晩 蠻蛮 祕秘 甁瓶 ' +
  '拂払 步歩 襃褒 飜翻 每毎 滿満 默黙 藥薬 譯訳 餘余 譽誉 搖揺 樣様 謠謡 亂乱 覽覧 兩両 獵猟 綠緑 壘塁 淚涙 勵励 隸隷 靈霊 曆暦 歷歴 戀恋 鍊錬 爐炉 勞労 ' +
  '樓楼 錄録 亙亘 灣湾 彎弯 辨弁 辯弁 瓣弁 渕淵 薗園 栁柳 桺柳 埜野 冝宜 凜凛 堯尭 晄晃 莱萊 曻昇 圡土 𡈽土 杤栃 仝同 竝並 鉃鉄 礒磯 靏鶴 靍鶴 躰体 恊協 ' +
  '舖舗 冴冱 喆哲 枩松 柗松 檮梼 禱祷 蔣蒋 迯逃 顚顛 鴈雁 麴麹 麵麺 栢柏 凉涼 冲沖 况況 乕虎 龝秋 穐秋 埀垂 畄留 甞嘗 畧略 畊耕 竒奇 筝箏 糺糾 纎繊 翆翠 ' +
  '脉脈 菴庵 蘓蘇 裡裏 豎竪 邇迩 鄰隣 閒間 頸頚 餠餅 隝島 凾函 刄刃 鈎鉤';

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
