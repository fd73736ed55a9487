// Rows of CSV (RFC 4180, one row a line) and JSON lines: a subject, and what else the command line does not say.
import { CATEGORIES, EVIDENCE, type Category, type Evidence } from '@sekisho/report';
import { hashAddress, readSubject, SubjectInvalid, type Subject } from '@sekisho/subject';
import { findingOf, skip, type Finding } from './finding.js';
import { parseDate } from './header-fields.js';
import { isXarf, readXarf } from './xarf-json.js';

export interface RowRules {
  /** Where the row has none. */
  readonly category?: Category | undefined;
  readonly evidence?: Evidence | undefined;
}

/** What a column may be called, letters only. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ subject: 'subject', value: 'subject', indicator: 'subject' },
  ...{ ip: 'subject', ipaddress: 'subject', sourceip: 'subject', srcip: 'subject', host: 'subject' },
  ...{ network: 'subject', cidr: 'subject', domain: 'subject', address: 'subject', email: 'subject' },
  ...{ category: 'category', evidence: 'evidence', count: 'count', hits: 'count', events: 'count' },
  ...{ firstseen: 'first', first: 'first', lastseen: 'last', last: 'last', seen: 'last' },
  ...{ time: 'last', timestamp: 'last', date: 'last', datetime: 'last' },
};
type Row = Partial<Record<'subject' | 'category' | 'evidence' | 'count' | 'first' | 'last', unknown>>;

const canonical = (name: string) => NAMES[name.toLowerCase().replace(/[^a-z]/g, '')] as keyof Row | undefined;

/** The columns of a header line; undefined when no column is a subject. */
export function readCsvHeader(line: string): readonly (keyof Row | undefined)[] | undefined {
  const columns = (splitCsv(line.replace(/^\uFEFF/, '')) ?? []).map(canonical);
  return columns.includes('subject') ? columns : undefined;
}

/** One row under a header. Total. */
export function readCsvRow(
  line: string,
  columns: readonly (keyof Row | undefined)[],
  rules: RowRules,
): Finding {
  const cells = splitCsv(line);
  if (cells?.length !== columns.length) return skip('row-malformed', 'another number of columns');
  const row: Row = {};
  for (const [at, name] of columns.entries()) {
    const cell = cells[at]?.trim();
    if (name !== undefined && cell) row[name] ??= cell;
  }
  return readRow(row, rules);
}

/** One line of JSON: a report as `sekisho import --dry-run` prints it, an object with columns as CSV has them, or XARF. Total. */
export function readJsonLine(line: string, rules: RowRules): Finding {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return skip('row-malformed', 'no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return skip('row-malformed', 'no JSON object');
  if (isXarf(value)) return readXarf(value);
  const row: Row = {};
  for (const [name, one] of Object.entries(value)) {
    const known = canonical(name);
    if (known !== undefined && one !== null && one !== '') row[known] ??= one;
  }
  return readRow(row, rules);
}

function readRow(row: Row, rules: RowRules): Finding {
  const category =
    row.category === undefined ? rules.category : CATEGORIES.find((one) => one === row.category);
  const evidence = row.evidence === undefined ? rules.evidence : EVIDENCE.find((one) => one === row.evidence);
  if (!category)
    return skip('row-malformed', row.category === undefined ? 'no category' : 'unknown category');
  if (!evidence)
    return skip('row-malformed', row.evidence === undefined ? 'no evidence' : 'unknown evidence');
  const seenAt = momentOf(row.last);
  if (seenAt === undefined) return skip('row-malformed', 'no time');
  const firstSeenAt = momentOf(row.first);
  const count = row.count === undefined ? 1 : Number(row.count);
  if (!Number.isInteger(count) || count < 1) return skip('row-malformed', 'no count');
  const subject = subjectOf(row.subject);
  if (typeof subject === 'string') return skip('row-malformed', subject);
  return findingOf([
    { ...subject, category, evidence, seenAt, count, ...(firstSeenAt !== undefined && { firstSeenAt }) },
  ]);
}

/** ISO 8601, RFC 5322, or seconds or milliseconds since 1970. */
function momentOf(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  if (!/^\d{9,13}(?:\.\d+)?$/.test(text)) return parseDate(text);
  return Number(text) < 1e11 ? Number(text) * 1_000 : Number(text);
}

/** A text says why not. An e-mail address is hashed here; nothing of it goes on. */
function subjectOf(value: unknown): Subject | string {
  try {
    if (typeof value === 'object' && value !== null && 'type' in value && 'value' in value) {
      return readSubject(`${String(value.type)}:${String(value.value)}`);
    }
    if (typeof value !== 'string') return 'no subject';
    return readSubject(value.includes('@') ? `address:${hashAddress(value)}` : value);
  } catch (error) {
    if (error instanceof SubjectInvalid) return error.code;
    throw error;
  }
}

/** Undefined when a quote is left open: rows of more than one line are not read. */
function splitCsv(line: string): string[] | undefined {
  const separator = !line.includes(',') && /[;\t]/.test(line) ? (/[;\t]/.exec(line)?.[0] ?? ',') : ',';
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (line.charAt(at + 1) === '"') cell += line.charAt(++at);
      else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  cells.push(cell);
  return isQuoted ? undefined : cells;
}
