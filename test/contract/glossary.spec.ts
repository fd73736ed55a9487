// One word for one thing in all Japanese texts: docs/glossary.ja.md says which.
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const GLOSSARY = 'docs/glossary.ja.md';
const TEXTS = [
  ...['*.ja.md', 'docs/**/*.ja.md', 'apps/*/src/**/*.{ts,tsx}', 'libs/*/src/**/*.{ts,tsx}'],
  ...['integrations/**/*.md'],
];

const rows = (await readFile(join(root, GLOSSARY), 'utf8'))
  .split('\n')
  .filter((line) => /^\|(?! -| 英語)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, , used = '', unused = '']) => ({
    used,
    unused: unused.split('、').filter((word) => word !== ''),
  }));
const files = globSync(TEXTS, { cwd: root }).filter((path) => path !== GLOSSARY);
const texts = await Promise.all(
  files.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
);

describe('the Japanese texts', () => {
  it('are found, and so are the words', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(files).toEqual(expect.arrayContaining(['README.ja.md', 'libs/mail/src/event-text.ts']));
    expect(files.filter((path) => path.includes('/language/ja-')).length).toBeGreaterThan(3);
  });

  it.each(rows)('say $used', ({ used, unused }) => {
    expect(texts.some(({ text }) => text.includes(used))).toBe(true);
    const elsewhere = texts.flatMap(({ path, text }) =>
      unused.filter((word) => text.includes(word)).map((word) => `${path}: ${word}, say ${used}`),
    );
    expect(elsewhere).toEqual([]);
  });
});
