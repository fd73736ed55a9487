import type { CliContext } from '../context.js';

/**
 * Does one after the other and prints their rows. When one fails, what was done before it is printed all the same, since
 * it is on record and counted at the hub, and the error output names where to go on.
 * @throws what `one` throws
 */
export async function inOrder<Person extends { readonly ref: string }, Row>(
  persons: readonly Person[],
  { stderr }: Pick<CliContext, 'stderr'>,
  one: (person: Person) => Promise<Row>,
  print: (rows: readonly Row[]) => void,
): Promise<void> {
  const rows: Row[] = [];
  for (const person of persons) {
    try {
      rows.push(await one(person));
    } catch (error) {
      if (rows.length > 0) print(rows);
      if (persons.length > 1) {
        stderr.write(
          `done: ${rows.length} of ${persons.length}; ${person.ref} and those after it were not\n`,
        );
      }
      throw error;
    }
  }
  print(rows);
}
