import type { IdentifierSource } from '@sekisho/identifier';
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
});

export interface PersonInput {
  /** What the answer is printed under: the person's `ref`, else the line's number. */
  readonly ref: string;
  readonly identifiers: readonly IdentifierSource[];
}

const EXAMPLE = '{"ref":"A-17","phone":"090-1234-5678","name":"山田太郎","birthDate":"1980-04-01"}';

/**
 * Reads JSON lines from a file, or from standard input for `-`. Never from arguments, which everybody on the machine sees.
 * @throws {UsageFault} with the line's number and never its content
 */
export async function readPersons(file: string, context: CliContext): Promise<PersonInput[]> {
  const text = file === '-' ? await readStandardInput(context) : await readFile(file, 'utf8');
  const lines = text.split('\n').map((line, i) => ({ line: line.trim(), number: i + 1 }));
  return lines.filter(({ line }) => line !== '').map(({ line, number }) => readPerson(line, number));
}

function readPerson(line: string, number: number): PersonInput {
  const parsed = person.safeParse(parse(line));
  const fault = (what: string) =>
    new UsageFault(`line ${number}: ${what}`, `one JSON object a line: ${EXAMPLE}`);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw fault(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'not an object'}`.trim());
  }
  const { ref = String(number), phone, address, country, name, birthDate, email } = parsed.data;
  if ((name === undefined) !== (birthDate === undefined)) throw fault('name and birthDate go together');
  const of = country === undefined ? {} : { country };
  const identifiers: IdentifierSource[] = [
    ...(phone === undefined ? [] : [{ type: 'phone' as const, number: phone, ...of }]),
    ...(address === undefined ? [] : [{ type: 'address' as const, text: address, ...of }]),
    ...(name === undefined || birthDate === undefined
      ? []
      : [{ type: 'name-birth' as const, name, birthDate }]),
    ...(email === undefined ? [] : [{ type: 'email' as const, address: email }]),
  ];
  if (identifiers.length === 0) throw fault('no identifier in it');
  return { ref, identifiers };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
