import type { Language, TimeZone } from '../settings/settings.ts';

export interface Format {
  readonly number: (value: number) => string;
  /** With seconds left out: the federation tells times to 10 minutes. */
  readonly dateTime: (iso: string | Date) => string;
  readonly date: (iso: string | Date) => string;
  readonly time: (iso: string | Date) => string;
  /** "3 hours ago". */
  readonly since: (iso: string | Date, now: Date) => string;
  /** What the API tells blurred: a number, or "fewer than 3". */
  readonly blurred: (count: number | string) => string;
  readonly duration: (milliseconds: number) => string;
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

const LOCALE: Readonly<Record<Language, string>> = { en: 'en-GB', ja: 'ja-JP' };

export function formatter(language: Language, timeZone: TimeZone): Format {
  const locale = LOCALE[language];
  const zone = timeZone === 'UTC' ? { timeZone: 'UTC' } : {};
  const numbers = new Intl.NumberFormat(locale);
  const seconds = new Intl.NumberFormat(locale, { style: 'unit', unit: 'second', maximumFractionDigits: 1 });
  const dateTimes = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...zone });
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...zone });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: 'short', ...zone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const suffix = timeZone === 'UTC' ? ' UTC' : '';
  return {
    number: (value) => numbers.format(value),
    dateTime: (iso) => `${dateTimes.format(new Date(iso))}${suffix}`,
    date: (iso) => dates.format(new Date(iso)),
    time: (iso) => `${times.format(new Date(iso))}${suffix}`,
    since: (iso, now) => {
      const distance = new Date(iso).getTime() - now.getTime();
      const [unit, size] = UNITS.find(([, length]) => Math.abs(distance) >= length) ?? ['minute', 60_000];
      return relative.format(Math.trunc(distance / size), unit);
    },
    blurred: (count) => {
      if (typeof count === 'number') return numbers.format(count);
      const below = /\d+/.exec(count)?.[0] ?? '';
      return language === 'ja' ? `${below} 未満` : `< ${below}`;
    },
    duration: (milliseconds) => seconds.format(milliseconds / 1_000),
  };
}
