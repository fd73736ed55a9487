// What SECURITY.md and docs/threat-model.md claim is held by a test that exists, under the title that they quote.
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENTS = ['SECURITY.md', 'docs/threat-model.md'];

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

interface Quote {
  readonly file: string;
  /** Part of the title of a test; undefined when the whole file is meant. */
  readonly title: string | undefined;
}

const quotesOf = (text: string): Quote[] =>
  [...text.matchAll(/`([\w./-]+\.spec\.ts)`(?: “([^”]+)”)?/g)].map(([, file = '', title]) => ({
    file,
    title,
  }));

/** A title as the source may write it: with its quotes escaped, and across the lines of an `it.each`. */
const isTitled = (source: string, title: string) =>
  source.replaceAll("\\'", "'").replaceAll(/\s+/g, ' ').includes(title);

describe.each(DOCUMENTS)('%s', (name) => {
  it('names tests that exist, by titles that they have', async () => {
    const quotes = quotesOf(await readFile(join(ROOT, name), 'utf8'));
    expect(quotes.length).toBeGreaterThan(30);
    const wrong: string[] = [];
    for (const { file, title } of quotes) {
      const source = await readFile(join(ROOT, file), 'utf8').catch(() => undefined);
      if (source === undefined) wrong.push(`${file}: no such file`);
      else if (title !== undefined && !isTitled(source, title)) wrong.push(`${file}: no test “${title}”`);
    }
    expect(wrong).toEqual([]);
  });

  it('has links that lead somewhere', async () => {
    const text = await readFile(join(ROOT, name), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)) {
      expect(await isThere(join(ROOT, dirname(name), target)), target).toBe(true);
    }
  });

  it('claims nothing in a table that no test holds', async () => {
    const text = await readFile(join(ROOT, name), 'utf8');
    const unheld: string[] = [];
    for (const table of text.split(/\n\n+/).filter((block) => /^\|.*\bheld by\b/.test(block))) {
      for (const row of table.split('\n').slice(2)) {
        if (!/`[\w./-]+\.spec\.ts`|`npm run test:\w+`/.test(row)) unheld.push(row.slice(0, 120));
      }
    }
    expect(unheld).toEqual([]);
  });
});

it('a title that no test has is found', () => {
  expect(isTitled("it('keeps it')", 'keeps it')).toBe(true);
  expect(isTitled("it('keeps it')", 'loses it')).toBe(false);
  expect(quotesOf('`a/b.spec.ts` “x y”; `c.spec.ts`')).toEqual([
    { file: 'a/b.spec.ts', title: 'x y' },
    { file: 'c.spec.ts', title: undefined },
  ]);
});
