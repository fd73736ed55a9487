import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EN } from './en.ts';
import { JA } from './ja.ts';
import { translateWord, translator } from './translate.ts';

const SOURCE = join(import.meta.dirname, '..');
const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('language/') && !/\.(spec|d)\.ts$/.test(file))
  .map((file) => readFileSync(join(SOURCE, file), 'utf8'))
  .join('\n');

/** Keys that are put together: `word('category', …)` and t(`range.${…}`). */
const prefixes = new Set([
  ...Array.from(sources.matchAll(/\bword\(\s*'(\w+)'/g), ([, prefix]) => prefix),
  ...Array.from(sources.matchAll(/\bt\(\s*`(\w+)\.\$\{/g), ([, prefix]) => prefix),
]);
const literals = new Set(Array.from(sources.matchAll(/'(\w+\.[\w-]+)'/g), ([, key]) => key));
const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('the catalogues', () => {
  it('have the same keys, and no empty text', () => {
    expect(Object.keys(JA).sort()).toEqual(Object.keys(EN).sort());
    for (const text of [...Object.values(EN), ...Object.values(JA)]) expect(text.trim()).not.toBe('');
  });

  it('name the same values in both languages', () => {
    for (const [key, text] of Object.entries(EN)) {
      expect([key, namesIn(JA[key as keyof typeof JA])]).toEqual([key, namesIn(text)]);
    }
  });

  it('hold nothing that is not used', () => {
    const unused = Object.keys(EN).filter((key) => !literals.has(key) && !prefixes.has(key.split('.')[0]));
    expect(unused).toEqual([]);
  });

  it('hold every key that is used', () => {
    const groups = new Set(Object.keys(EN).map((key) => key.split('.')[0]));
    const looksLikeKey = (text = '') => groups.has(text.split('.')[0]) && !/\.(asc|desc)$/.test(text);
    expect([...literals].filter((text) => looksLikeKey(text) && text !== undefined && !(text in EN))).toEqual(
      [],
    );
  });

  it('are Japanese where they say so: no text is left in English', () => {
    const same = Object.entries(EN).filter(([key, text]) => JA[key as keyof typeof JA] === text);
    expect(same.map(([key]) => key)).toEqual(['column.asns', 'lookup.hint', 'timeZone.UTC']);
  });
});

describe('a text', () => {
  it('takes its values, with numbers as the language writes them', () => {
    expect(translator('en')('list.countOf', { count: 12_345, total: 'all' })).toBe('Entries: 12,345 of all');
    expect(translator('ja')('because.someMessages', { count: 1_000 })).toBe('1,000 通以上');
  });

  it('of a word that a newer hub says is the word itself', () => {
    expect(translateWord(translator('ja'), 'category', 'zombie')).toBe('ボット感染端末');
    expect(translateWord(translator('ja'), 'category', 'toString')).toBe('toString');
    expect(translateWord(translator('en'), 'advice', 'QUARANTINE')).toBe('QUARANTINE');
  });
});
