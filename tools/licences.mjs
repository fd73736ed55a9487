// Which licences the packages have that a release consists of: read from package-lock.json, so without the network.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** They let us give the whole on under Apache-2.0, and ask for no more than their text and name. */
export const ALLOWED = new Set([
  ...[
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'CC0-1.0',
    'ISC',
    'MIT',
    'MIT-0',
  ],
  ...['PostgreSQL', 'Python-2.0', 'Unicode-3.0', 'Unlicense', 'Zlib'],
]);

/** SPDX expressions: any side of OR, all sides of AND. */
export function isAllowed(licence) {
  const bare = licence.replaceAll(/[()]/g, '');
  return bare.split(/ or /i).some((choice) => choice.split(/ and /i).every((one) => ALLOWED.has(one.trim())));
}

/** Every package of a release with its licence; `unknown` where it names none. */
export async function licencesOf() {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const found = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.includes('node_modules/') || entry.link || entry.dev || entry.devOptional || entry.peer)
      continue;
    const licence = entry.license ?? (await licenceOnDisk(path)) ?? 'unknown';
    found.push({ name: path.slice(path.lastIndexOf('node_modules/') + 13), version: entry.version, licence });
  }
  return found;
}

async function licenceOnDisk(path) {
  const text = await readFile(join(root, path, 'package.json'), 'utf8').catch(() => '{}');
  const { license } = JSON.parse(text);
  return typeof license === 'string' ? license : undefined;
}
