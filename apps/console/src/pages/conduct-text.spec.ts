import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConduct, spansOf } from './conduct-text.ts';

const DOCS = join(import.meta.dirname, '../../../../docs');
const textOf = (name: string) => readFileSync(join(DOCS, name), 'utf8');

describe('the code of conduct', () => {
  it.each(['code-of-conduct-federation.md', 'code-of-conduct-federation.ja.md'])(
    '%s is a title, a paragraph and ten numbered rules, with nothing of its markup left',
    (name) => {
      const blocks = readConduct(textOf(name));
      expect(blocks.map(({ kind }) => kind)).toEqual(['title', 'paragraph', 'list']);
      const list = blocks.find((block) => block.kind === 'list');
      expect(list?.items).toHaveLength(10);
      for (const [lead] of list?.items ?? []) expect(lead?.isStrong).toBe(true);
      expect(JSON.stringify(blocks)).not.toMatch(/\*\*|\]\(|`/);
    },
  );

  it('joins lines with a space, and without one in Japanese', () => {
    expect(readConduct('one\ntwo')).toEqual([{ kind: 'paragraph', spans: [{ text: 'one two' }] }]);
    expect(readConduct('証拠を、\n先に。')).toEqual([
      { kind: 'paragraph', spans: [{ text: '証拠を、先に。' }] },
    ]);
  });

  it('leaves what it does not know as text', () => {
    expect(spansOf('<script>alert(1)</script> ![x](y)')).toEqual([
      { text: '<script>alert(1)</script> !' },
      { text: 'x' },
    ]);
  });
});
