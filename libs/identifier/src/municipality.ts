// Where the name of a Japanese municipality ends, and which prefecture's name it needs to be the only one.
import { IdentifierInvalid } from './errors.js';

const PREFECTURES =
  /^(北海道|東京都|(?:大阪|京都)府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄)県)/;
const TOKYO_WARDS =
  /^(?:千代田|中央|港|新宿|文京|台東|墨田|江東|品川|目黒|大田|世田谷|渋谷|中野|杉並|豊島|北|荒川|板橋|練馬|足立|葛飾|江戸川)区/;
/** Cities of one name in two prefectures. */
const TWIN_CITIES = new Map([
  ['府中市', '東京都 or 広島県'],
  ['伊達市', '北海道 or 福島県'],
]);
/** Names in which 郡 or 市 is not the end of a county or a city. */
const CITIES_WITH_GUN = /^(?:大和郡山|郡山|郡上|小郡|蒲郡)市/;
const TOWNS_WITH_SHI = /^(?:余市|上市|下市|市貝|市川三郷)町/;
const COUNTY = /^[^市区町村\d]{1,5}?郡|^(?:余市|高市)郡/;
const CITY = /^[^区\d]{1,6}?市(?:市)?/;
const TOWN = /^[^区市\d]{1,7}?[町村](?:[町村](?=\D))?/;

/** Islands that people write before a municipality of the same name; they have no county. */
const ISLANDS = /^(?:八丈島(?=八丈町)|三宅島(?=三宅村))/;

const EXAMPLE = '東京都千代田区丸の内1丁目2番3号';
const fail = (code: 'malformed' | 'incomplete' | 'ambiguous', what: string) =>
  new IdentifierInvalid(code, 'address', 'text', what, EXAMPLE);

/**
 * Splits folded text after the municipality. The prefecture stays only where the name alone is not the only one: towns,
 * villages, and the cities 府中 and 伊達; the county (郡) goes, as no prefecture has two towns of one name.
 * @throws {IdentifierInvalid} incomplete, ambiguous, malformed
 */
export function splitMunicipality(text: string): { municipality: string; rest: string } {
  const prefecture = PREFECTURES.exec(text)?.[0] ?? '';
  const local = text.slice(prefecture.length).replace(ISLANDS, '');
  const ward = TOKYO_WARDS.exec(local)?.[0];
  if (ward !== undefined) {
    if (prefecture !== '' && prefecture !== '東京都')
      throw fail('incomplete', 'the city before the ward is missing');
    return { municipality: ward, rest: local.slice(ward.length) };
  }
  const county = CITIES_WITH_GUN.test(local) ? '' : (COUNTY.exec(local)?.[0] ?? '');
  const inCounty = local.slice(county.length);
  const isTown = county !== '' || TOWNS_WITH_SHI.test(inCounty);
  const city = isTown ? undefined : CITY.exec(local)?.[0];
  if (city !== undefined) {
    const twins = TWIN_CITIES.get(city);
    if (twins !== undefined && prefecture === '')
      throw fail('ambiguous', `there is a ${city} in ${twins}; say which`);
    return { municipality: (twins === undefined ? '' : prefecture) + city, rest: local.slice(city.length) };
  }
  const town = (TOWNS_WITH_SHI.exec(inCounty) ?? TOWN.exec(inCounty))?.[0];
  if (town === undefined) throw fail('malformed', 'no city, ward, town or village is recognised');
  if (prefecture === '') throw fail('ambiguous', 'for a town or village the prefecture is needed');
  return { municipality: prefecture + town, rest: inCounty.slice(town.length) };
}
