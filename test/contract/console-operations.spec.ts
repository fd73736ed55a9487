// Every operation that the console sends is one that the hub takes: valid by its schema, within its limits.
import { formatDocument } from '@urql/core';
import { buildSchema, parse, specifiedRules, validate, type DocumentNode } from 'graphql';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limitRules } from '../../apps/hub/src/graphql/limits.js';

const root = join(import.meta.dirname, '../..');

/** A constant, its document, and the constants of the fragments that it is made with. */
const DOCUMENT = /(\w+) = graphql\(\s*`([^`]+)`(?:,\s*\[([^\]]+)\],?\s*)?\)/g;

async function operations(): Promise<(readonly [name: string, text: string])[]> {
  const folder = join(root, 'apps/console/src');
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.tsx?$/.test(file));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const documents = texts.flatMap((text) =>
    Array.from(text.matchAll(DOCUMENT), ([, constant = '', document = '', used = '']) => ({
      ...{ constant, document },
      used: used.match(/\w+/g) ?? [],
    })),
  );
  const whole = (constants: readonly string[]): string[] =>
    documents
      .filter(({ constant }) => constants.includes(constant))
      .flatMap(({ document, used }) => [document, ...whole(used)]);
  return documents.flatMap(({ document, used }) => {
    const name = /^\s*(?:query|mutation|subscription) (\w+)/.exec(document)?.[1];
    return name === undefined ? [] : [[name, [document, ...whole(used)].join('\n')] as const];
  });
}

const found = await operations();
const schema = buildSchema(await readFile(join(root, 'schema.graphql'), 'utf8'));

const rules = [...specifiedRules, ...limitRules({ hasIntrospection: false })];

describe("the console's operations", () => {
  it('are found, each under a name of its own', () => {
    expect(found.length).toBeGreaterThan(10);
    expect(new Set(found.map(([name]) => name)).size).toBe(found.length);
  });

  // As the client sends them: with the type names that its cache needs, which cost too.
  it.each(found)('%s is valid and within the limits of the hub', (_name, text) => {
    const refusals = () => {
      try {
        return validate(schema, formatDocument(parse(text)) as DocumentNode, rules).map(String);
      } catch (error) {
        // The rules of graphql-armor throw what they find.
        return [String(error)];
      }
    };
    expect(refusals()).toEqual([]);
  });
});
