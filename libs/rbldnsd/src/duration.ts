// Time units of rbldnsd(8), option -t, and the stamps of $TIMESTAMP.
const FACTORS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const MAX_WORD = 0xffff_ffff;

/** `30s`, `5m`, `2h`, `1d`, `1w` or seconds; undefined for anything else or over 32 bits. */
export function parseSeconds(text: string): number | undefined {
  const match = /^(\d{1,10})([smhdw]?)$/i.exec(text);
  if (!match) return undefined;
  const seconds = Number(match[1]) * (FACTORS[(match[2] ?? '').toLowerCase()] ?? 1);
  return seconds <= MAX_WORD ? seconds : undefined;
}

/** A number of 32 bits. */
export function parseWord(text: string): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return number <= MAX_WORD ? number : undefined;
}

/** `yyyy:mm:dd[:hh[:mi[:ss]]]` in UTC, delimiters `:` or `-` or none, as seconds since 1970; 0 for `0` and `-`. */
export function parseStamp(text: string): number | undefined {
  if (text === '0' || text === '-') return 0;
  const match =
    /^(\d{4})[:-]?(\d{1,2})[:-]?(\d{1,2})(?:[:-]?(\d{1,2})(?:[:-]?(\d{1,2})(?:[:-]?(\d{1,2}))?)?)?$/.exec(
      text,
    );
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(milliseconds);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const isInRange = year >= 1970 && year <= 2038 && hour < 24 && minute < 60 && second < 60;
  return isReal && isInRange ? milliseconds / 1000 : undefined;
}
