import { compileWarningLists, type WarningList, type WarningLists } from '@sekisho/reputation';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../../data/warning-lists/', import.meta.url));

/** The warning lists that the product ships (data/warning-lists). */
export async function readWarningLists(): Promise<WarningLists> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort();
  const lists = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(`${FOLDER}${name}`, 'utf8')) as WarningList),
  );
  return compileWarningLists(lists);
}
