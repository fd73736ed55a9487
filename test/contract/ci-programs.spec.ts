// What tests need from Debian is installed before they run, all at once: a test that installs for itself waits for others that do so too.
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** As a call, or as an entry of a table of them. */
const NEEDED = /requireProgram\('([\w-]+)', '([\w.-]+)'\)|program: '([\w-]+)', debianPackage: '([\w.-]+)'/g;

it('the list of .ci/run has every program that a test needs, with its package', async () => {
  const script = await readFile(join(ROOT, '.ci/run'), 'utf8');
  const listed = new Map(
    [...script.matchAll(/^ {2}([\w-]+) +([\w.-]+)$/gm)].map(([, program = '', name = '']) => [program, name]),
  );
  // On no PATH: the script looks for it where Debian keeps its versions.
  listed.set('initdb', 'postgresql');
  expect(script).toContain('packages+=(postgresql)');
  const needed = new Map<string, string>();
  for await (const file of glob(['test/**/*.ts', 'libs/*/src/**/*.ts'], { cwd: ROOT })) {
    for (const [, program, name, program2, name2] of (await readFile(join(ROOT, file), 'utf8')).matchAll(
      NEEDED,
    ))
      needed.set(program ?? program2 ?? '', name ?? name2 ?? '');
  }
  expect(needed.size).toBeGreaterThan(10);
  expect([...needed].filter(([program, name]) => listed.get(program) !== name)).toEqual([]);
});
