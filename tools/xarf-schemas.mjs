// Bundles the published JSON Schemas of XARF for libs/evidence: node tools/xarf-schemas.mjs FOLDER
// FOLDER holds abusix-3/*.json (abusix/xarf, schemas/3) and v4/ (xarf/xarf-spec, schemas/v4), both MIT.
// Descriptions and examples say nothing to a validator and are left out.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: node tools/xarf-schemas.mjs FOLDER');
const target = join(import.meta.dirname, '../libs/evidence/schemas');

const PROSE = new Set(['description', 'examples', 'example', '$comment', 'x-recommended']);

/** `properties` holds names of fields, not keywords: a field may be called description. */
function withoutProse(value, isFields = false) {
  if (Array.isArray(value)) return value.map((one) => withoutProse(one));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => isFields || !PROSE.has(name))
      .map(([name, one]) => [
        name,
        withoutProse(one, !isFields && ['properties', '$defs', 'definitions'].includes(name)),
      ]),
  );
}

for (const [source, name] of [
  ['abusix-3', 'xarf-3.json'],
  ['v4', 'xarf-4.json'],
]) {
  const files = (await readdir(join(folder, source), { recursive: true })).filter((file) =>
    file.endsWith('.json'),
  );
  const schemas = [];
  for (const file of files.sort())
    schemas.push(withoutProse(JSON.parse(await readFile(join(folder, source, file), 'utf8'))));
  await writeFile(join(target, name), `${JSON.stringify(schemas, null, 1)}\n`);
}
