// The two time stamps that log daemons write: RFC 3164 section 4.1.2 (no year, local time) and RFC 3339.

/** Milliseconds since 1970 of a wall clock's reading where the log was written. `month` counts from 0. */
export type LocalTime = (
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
) => number;

export interface LogClock {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly localTime: LocalTime;
}

export interface SyslogLine {
  readonly at: number;
  /** `postfix/smtpd`, `sm-mta`, lower case. */
  readonly program: string;
  readonly text: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const OLD =
  /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) \S+ ([^\s[:]{1,64})(?:\[\d+\])?: (.*)$/s;
const NEW =
  /^(?:<\d{1,3}>)?(\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:?\d\d)) \S+ ([^\s[:]{1,64})(?:\[\d+\])?: (.*)$/s;
const DAY_MS = 24 * 3_600_000;

/** Undefined when the line is of no log daemon. */
export function readSyslogLine(line: string, clock: LogClock): SyslogLine | undefined {
  const written = NEW.exec(line);
  if (written) {
    const [, stamp = '', program = '', text = ''] = written;
    const at = Date.parse(stamp);
    return Number.isNaN(at) ? undefined : { at, program: program.toLowerCase(), text };
  }
  const [, name = '', day, hour, minute, second, program = '', text = ''] = OLD.exec(line) ?? [];
  const month = MONTHS.indexOf(name);
  if (month < 0) return undefined;
  const inYear = (year: number) =>
    clock.localTime(year, month, Number(day), Number(hour), Number(minute), Number(second));
  const year = new Date(clock.now).getUTCFullYear();
  // A line of December read in January is of last year; one of January read by a clock a little behind is of the next.
  const at = [year + 1, year, year - 1].map(inYear).find((time) => time <= clock.now + DAY_MS);
  return at === undefined || Number.isNaN(at) ? undefined : { at, program: program.toLowerCase(), text };
}

const EXIM = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?(?: ([+-]\d{4}))? (?:\[\d+\] )?(.*)$/s;

/** The main or reject log of Exim, which has a form of its own; with `log_timezone` it states the offset. */
export function readEximLine(line: string, { localTime }: LogClock): SyslogLine | undefined {
  const match = EXIM.exec(line);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, offset, text = ''] = match;
  const at = offset
    ? Date.parse(
        `${String(year)}-${String(month)}-${String(day)}T${String(hour)}:${String(minute)}:${String(second)}${offset}`,
      )
    : localTime(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return Number.isNaN(at) ? undefined : { at, program: 'exim', text };
}
