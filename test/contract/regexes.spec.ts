// Every regular expression of the sources, looked at by recheck (https://makenowjust-labs.github.io/recheck/): none may take
// exponential time, and those that take polynomial time are named with what bounds their input.
import { check } from 'recheck';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** Longer is called unknown; what is exponential shows within milliseconds. */
const TIME_FOR_EACH_MS = 1_500;

/** Polynomial, and harmless because of what they are given. Nothing that an outsider sends to a hub or an edge is among them. */
const BOUNDED: Readonly<Record<string, readonly string[]>> = {
  'the address of a socket': ['/%.*$/'],
  "the operator's own files and variables": [
    String.raw`/\/\*[\s\S]*?\*\/|(?<=^|\s)(?:#|\/\/).*/gm`,
    String.raw`/key\s+"?([\w.-]+)"?\s*\{([^}]*)\}\s*;/g`,
    String.raw`/\/+$/`,
    String.raw`/\.+$/`,
  ],
  'texts of mail at the member, at most some kilobytes, with counted repetitions': [
    String.raw`/[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gu`,
    String.raw`/([\w*!#$&.+-]{1,64})=(?:"([^"]*)"|([^\s;"]+))/g`,
    String.raw`/\([^)]*\)/g`,
    String.raw`/\s+for\s+<?[^\s<>;]+@[^\s<>;]+>?/gi`,
  ],
  'what a member types of a person or an address, at most some hundred characters': [
    String.raw`/\d+(?:条|線|地割|号線|番[町丁館])/g`,
    String.raw`/\+.*$/`,
  ],
};

interface Expression {
  readonly file: string;
  readonly text: string;
}

async function sourcesBelow(tier: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of await readdir(join(ROOT, tier))) {
    const folder = join(tier, name, 'src');
    const found = await readdir(join(ROOT, folder), { recursive: true }).catch(() => []);
    files.push(...found.map((file) => join(folder, file)));
  }
  return files.filter((file) => /\.tsx?$/.test(file) && !/\.(?:spec|fixture|d)\.tsx?$/.test(file));
}

async function everyExpression(): Promise<Expression[]> {
  const found = new Map<string, Expression>();
  for (const file of [...(await sourcesBelow('apps')), ...(await sourcesBelow('libs'))]) {
    const text = await readFile(join(ROOT, file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) found.set(node.text, { file, text: node.text });
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return [...found.values()];
}

const look = (text: string) => {
  const end = text.lastIndexOf('/');
  return check(text.slice(1, end), text.slice(end + 1), { timeout: TIME_FOR_EACH_MS });
};

/** A repetition without end inside another one: what exponential time needs. */
const isNested = (text: string) =>
  /\((?:[^()\\[]|\\.|\[[^\]]*\])*[+*](?:[^()\\[]|\\.|\[[^\]]*\])*\)(?:[+*]|\{\d+,\})/.test(text);

describe('every regular expression of the sources', () => {
  it('takes polynomial time that a bounded input makes small, or less', async () => {
    const known = new Set(Object.values(BOUNDED).flat());
    const expressions = await everyExpression();
    expect(expressions.length).toBeGreaterThan(200);
    const faults: string[] = [];
    for (const { file, text } of expressions) {
      const seen = await look(text);
      const isFault =
        seen.status === 'vulnerable'
          ? seen.complexity.type === 'exponential' || !known.has(text)
          : seen.status === 'unknown' && isNested(text);
      if (isFault) faults.push(`${file}: ${text} ${seen.status}`);
    }
    expect(faults).toEqual([]);
  }, 900_000);

  it('would be found if it took exponential time', async () => {
    const bad = String.raw`/^(?:a+)+$/`;
    expect(await look(bad)).toMatchObject({ status: 'vulnerable', complexity: { type: 'exponential' } });
    expect(isNested(bad)).toBe(true);
    expect(isNested(String.raw`/^[a-z]+(?:-[a-z]{1,9})*$/`)).toBe(false);
  });
});
