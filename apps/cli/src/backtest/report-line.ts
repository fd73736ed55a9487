// One line of `sekisho backtest --reports FILE`: a report as of its time, or the end of one.
import { CATEGORIES, EVIDENCE, type Category, type Evidence } from '@sekisho/report';
import { formatSubject, parseSubject, readSubject, SUBJECT_TYPES, SubjectInvalid } from '@sekisho/subject';
import { z } from 'zod';
import { ReportLineInvalid } from './errors.js';

/** Seconds since 1970 of the year 5138: a larger number can only be milliseconds. */
const LARGEST_SECONDS = 1e11;

/** ISO 8601, or seconds or milliseconds since 1970; gives milliseconds. */
const timeSchema = z.union([
  z.number().positive().transform(toMilliseconds),
  z.string().transform((text, context) => {
    const time = readTime(text);
    if (time !== undefined) return time;
    context.addIssue(`not a time: ${JSON.stringify(text)}`);
    return z.NEVER;
  }),
]);

const lineSchema = z.object({
  time: timeSchema,
  reporter: z.string().min(1).max(200),
  subject: z.union([
    z.string().max(600),
    z.object({ type: z.enum(SUBJECT_TYPES), value: z.string().max(600) }),
  ]),
  category: z.enum(CATEGORIES),
  evidence: z.enum(EVIDENCE),
  count: z.int().min(1).max(2_147_483_647).default(1),
  firstSeen: timeSchema.optional(),
  lastSeen: timeSchema.optional(),
  influenced: z.boolean().default(false),
  ended: z.union([z.boolean(), timeSchema]).optional(),
});

/** A line that was read. Times are milliseconds since 1970. */
export interface ReportLine {
  /** When the report was received: a backtest as of an earlier moment does not know it. */
  readonly time: number;
  readonly reporter: string;
  /** Canonical text form. */
  readonly subject: string;
  readonly category: Category;
  readonly evidence: Evidence;
  readonly count: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly influenced: boolean;
  /** `true`: at `time` the reporter stopped seeing the subject. A time: this report ended then. */
  readonly ended?: true | number;
}

/**
 * Reads lines of one file; keeps the canonical form of every subject that it has met.
 * @throws {ReportLineInvalid} from `read`, naming file, line and field
 */
export class ReportLineReader {
  private readonly canonical = new Map<string, string>();

  constructor(private readonly file: string) {}

  read(text: string, line: number): ReportLine {
    const parsed = lineSchema.safeParse(this.parse(text, line));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const field = issue && issue.path.length > 0 ? issue.path.join('.') : 'line';
      throw this.fault(line, `${field}: ${issue?.message ?? 'invalid'}`);
    }
    const { subject, firstSeen, lastSeen, ended, ...rest } = parsed.data;
    const until = lastSeen ?? rest.time;
    const since = firstSeen ?? until;
    if (since > until) throw this.fault(line, 'firstSeen: after lastSeen');
    return {
      ...rest,
      subject: this.canonicalSubject(subject, line),
      firstSeen: since,
      lastSeen: until,
      ...(ended !== undefined && ended !== false && { ended }),
    };
  }

  private parse(text: string, line: number): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw this.fault(line, `not JSON: ${error instanceof Error ? error.message : ''}`);
    }
  }

  private canonicalSubject(
    written: string | { type: (typeof SUBJECT_TYPES)[number]; value: string },
    line: number,
  ) {
    const key = typeof written === 'string' ? written : `${written.type}:${written.value}`;
    const known = this.canonical.get(key);
    if (known !== undefined) return known;
    try {
      const subject =
        typeof written === 'string' ? readSubject(written) : parseSubject(written.type, written.value);
      const text = formatSubject(subject);
      this.canonical.set(key, text);
      return text;
    } catch (error) {
      if (error instanceof SubjectInvalid) throw this.fault(line, `subject: ${error.message}`);
      throw error;
    }
  }

  private fault(line: number, text: string) {
    return new ReportLineInvalid(this.file, line, text);
  }
}

function toMilliseconds(time: number): number {
  return Math.round(time < LARGEST_SECONDS ? time * 1_000 : time);
}

/** ISO 8601 with an offset, or a number as in a line; milliseconds since 1970. */
export function readTime(text: string): number | undefined {
  if (/^\d{1,14}(\.\d+)?$/.test(text)) return toMilliseconds(Number(text));
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text)) return undefined;
  const time = Date.parse(text.replace(' ', 'T').toUpperCase());
  return Number.isNaN(time) ? undefined : time;
}
