import { IdentifierInvalid } from './errors.js';
import { KANJI_NUMERALS, normalise, readKanjiNumeral } from './text.js';

interface Era {
  readonly names: readonly string[];
  readonly yearZero: number;
  /** First and last day, ISO 8601. The day of a change belongs to both where people use both. */
  readonly from: string;
  readonly to: string;
}

const ERAS: readonly Era[] = [
  { names: ['大正', 'T'], yearZero: 1911, from: '1912-07-30', to: '1926-12-25' },
  { names: ['昭和', 'S'], yearZero: 1925, from: '1926-12-25', to: '1989-01-07' },
  { names: ['平成', 'H'], yearZero: 1988, from: '1989-01-08', to: '2019-04-30' },
  { names: ['令和', 'R'], yearZero: 2018, from: '2019-05-01', to: '2199-12-31' },
];

const EXAMPLE = '1985-04-01, 1985年4月1日 or 昭和60年4月1日';
const fail = (code: 'malformed' | 'ambiguous', what: string) =>
  new IdentifierInvalid(code, 'name-birth', 'birthDate', what, EXAMPLE);

/** `YYYY-MM-DD`, 1900 to 2199, from western or Japanese forms, year first. @throws {IdentifierInvalid} */
export function canonicalBirthDate(text: string): string {
  const plain = normalise(text)
    .replace(/\s/g, '')
    .replace(new RegExp(`[${KANJI_NUMERALS}]+(?=[年月日])`, 'g'), readKanjiNumeral)
    .replace(/[‐‑‒–—―−ー]/g, '-')
    .toUpperCase();
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
  const western = compact ?? /^(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?$/.exec(plain);
  if (western) return calendarDay(Number(western[1]), Number(western[2]), Number(western[3]));
  const japanese = /^(\D{1,2}?)(\d{1,2}|元)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?$/.exec(plain);
  const era = ERAS.find(({ names }) => names.includes(japanese?.[1] ?? ''));
  if (japanese && era) {
    const year = era.yearZero + (japanese[2] === '元' ? 1 : Number(japanese[2]));
    const day = calendarDay(year, Number(japanese[3]), Number(japanese[4]));
    if (day < era.from || day > era.to) throw fail('malformed', 'the era has no such day');
    return day;
  }
  if (/^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}$/.test(plain)) {
    throw fail('ambiguous', 'day and month cannot be told apart; the year comes first');
  }
  throw fail('malformed', 'no date that is understood');
}

function calendarDay(year: number, month: number, day: number): string {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 1900 || year > 2199 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw fail('malformed', 'no day of the calendar');
  }
  return date.toISOString().slice(0, 10);
}
