import { canonicalise, IdentifierInvalid, type IdentifierSource, type Payer } from '@sekisho/identifier';
import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { readStandardInput, type CliContext } from '../context.js';
import { UsageFault } from '../failure.js';

/** One person: whatever of these the member has, and a name for the line of its own. */
const person = z.strictObject({
  ref: z.string().max(40).optional(),
  phone: z.string().optional(),
  address: z.string().optional(),
  country: z.string().length(2).optional(),
  name: z.string().optional(),
  birthDate: z.string().optional(),
  email: z.string().optional(),
  payer: z.string().optional(),
});

export interface PersonInput {
  /** What the answer is printed under: the person's `ref`, else the line's number. */
  readonly ref: string;
  readonly identifiers: readonly IdentifierSource[];
}

interface Line {
  readonly number: number;
  readonly content: unknown;
}

const FORM =
  'one JSON object a line, {"ref":"A-17","phone":"090-1234-5678","name":"山田太郎","birthDate":"1980-04-01"}, ' +
  'or CSV with a header of the same names';
/** A person corrects these, and runs the command again for the others. */
const MAX_TOLD = 20;

/**
 * Reads JSON lines or CSV from a file, or from standard input for `-`. Never from arguments, which everybody on the machine
 * sees. Every line is read before anything is done with the first.
 * @throws {UsageFault} with the numbers of the lines and never their content
 */
export async function readPersons(file: string, context: CliContext): Promise<PersonInput[]> {
  const text = file === '-' ? await readStandardInput(context) : await readFile(file, 'utf8');
  const lines = text.trimStart().startsWith('{') ? readJsonLines(text) : readCsvLines(text);
  const persons: PersonInput[] = [];
  const faults: string[] = [];
  for (const { number, content } of lines) {
    try {
      persons.push(readPerson(content, number));
    } catch (error) {
      if (!(error instanceof LineFault || error instanceof IdentifierInvalid)) throw error;
      faults.push(`line ${number}: ${error.message}`);
    }
  }
  if (faults.length > 0) {
    const more = faults.length > MAX_TOLD ? [`and ${faults.length - MAX_TOLD} more`] : [];
    const [first = '', ...others] = [...faults.slice(0, MAX_TOLD), ...more];
    throw new UsageFault(first, FORM, others);
  }
  return persons;
}

class LineFault extends Error {}

function readJsonLines(text: string): Line[] {
  return text
    .split('\n')
    .map((line, i) => ({ number: i + 1, content: line.trim() }))
    .filter(({ content }) => content !== '')
    .map(({ number, content }) => ({ number, content: parseJson(content) }));
}

/** RFC 4180, with a byte order mark as spreadsheets write it; an empty field is none. */
function readCsvLines(text: string): Line[] {
  if (text.trim() === '') return [];
  try {
    const rows: { info: { lines: number }; record: Record<string, string> }[] = parseCsv(text, {
      ...{ bom: true, columns: true, info: true, skip_empty_lines: true, trim: true },
    });
    return rows.map(({ info, record }) => ({
      number: info.lines,
      content: Object.fromEntries(Object.entries(record).filter(([, field]) => field !== '')),
    }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as { lines?: number };
    throw new UsageFault(`line ${lines ?? 1}: not CSV (${error.code})`, FORM);
  }
}

/** @throws {LineFault | IdentifierInvalid} */
function readPerson(content: unknown, number: number): PersonInput {
  const parsed = person.safeParse(content);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new LineFault(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'not an object'}`.trim());
  }
  const { ref = String(number), phone, address, country, name, birthDate, email, payer } = parsed.data;
  if ((name === undefined) !== (birthDate === undefined))
    throw new LineFault('name and birthDate go together');
  const of = country === undefined ? {} : { country };
  const identifiers: IdentifierSource[] = [
    ...(phone === undefined ? [] : [{ type: 'phone' as const, number: phone, ...of }]),
    ...(address === undefined ? [] : [{ type: 'address' as const, text: address, ...of }]),
    ...(name === undefined || birthDate === undefined
      ? []
      : [{ type: 'name-birth' as const, name, birthDate }]),
    ...(email === undefined ? [] : [{ type: 'email' as const, address: email }]),
    ...(payer === undefined ? [] : [{ type: 'payer' as const, payer: readPayer(payer) }]),
  ];
  if (identifiers.length === 0) throw new LineFault('no identifier in it');
  for (const identifier of identifiers) canonicalise(identifier);
  return { ref, identifiers };
}

const ACCOUNTS = ['ordinary', 'current', 'savings'] as const;

/** @throws {LineFault} */
function readPayer(text: string): Payer {
  const [, kind, rest = ''] = /^(card|iban|account-jp|fingerprint):(.+)$/.exec(text) ?? [];
  if (kind === 'card' || kind === 'iban') return { kind, number: rest };
  if (kind === 'fingerprint') {
    const [, provider, value] = /^([^:]+):(.+)$/.exec(rest) ?? [];
    if (provider !== undefined && value !== undefined) return { kind, provider, value };
  }
  if (kind === 'account-jp') {
    const [bank = '', branch = '', account, number] = rest.split('-');
    const known = ACCOUNTS.find((one) => one === account);
    if (known !== undefined && number !== undefined) return { kind, bank, branch, account: known, number };
  }
  throw new LineFault(
    'payer: write card:NUMBER, iban:NUMBER, account-jp:0001-001-ordinary-1234567 or fingerprint:PROVIDER:VALUE',
  );
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
