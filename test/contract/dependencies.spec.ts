import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

interface Licences {
  licencesOf(): Promise<{ name: string; version: string; licence: string }[]>;
  isAllowed(licence: string): boolean;
}
const tool = (await import(new URL('../../tools/licences.mjs', import.meta.url).href)) as Licences;

describe('the packages of a release', () => {
  it('each has a licence that is allowed', async () => {
    const packages = await tool.licencesOf();
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(({ licence }) => !tool.isAllowed(licence))).toEqual([]);
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND GPL-3.0-only', false],
    ['AGPL-3.0-only', false],
    ['unknown', false],
    ['SEE LICENSE IN LICENSE.md', false],
  ])('with the licence %s: %s', (licence, isAllowed) => {
    expect(tool.isAllowed(licence)).toBe(isAllowed);
  });

  it('are all in the bill of materials, by one command', async () => {
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], {
      cwd: ROOT,
      maxBuffer: 64 * 1024 * 1024,
    });
    const bill = JSON.parse(stdout) as { bomFormat: string; components: { name: string }[] };
    expect(bill.bomFormat).toBe('CycloneDX');
    const names = new Set(bill.components.map(({ name }) => name));
    for (const name of ['fastify', 'jose', 'typeorm']) expect(names).toContain(name);
    expect(names).not.toContain('vitest');
  });
});
