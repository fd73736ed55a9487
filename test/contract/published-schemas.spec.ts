// What clients are generated from is committed, and this keeps it true. `npm run schema` writes all files.
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { reportJsonSchema } from '@sekisho/report';
import { createTestDatabase } from '@sekisho/testing';
import { minifyIntrospection, outputIntrospectionFile } from '@gql.tada/internal';
import { introspectionFromSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, inject, it } from 'vitest';
import { startHubInProcess } from '../setup/hub-in-process.js';

const root = join(import.meta.dirname, '../..');

async function formatted(file: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

describe('the published schemas', () => {
  it('schema.graphql is the schema that the hub serves', async () => {
    const file = join(root, 'schema.graphql');
    await using database = await createTestDatabase(inject('databaseUrl'), {
      template: inject('templateDatabase'),
    });
    await using hub = await startHubInProcess(database.url);
    const { schema } = hub.app.get(GraphQLSchemaHost);
    const text = await formatted(file, printSchema(lexicographicSortSchema(schema)));
    await expect(text).toMatchFileSnapshot(file);
    // What the console's operations are typed by.
    const introspection = minifyIntrospection(introspectionFromSchema(schema));
    await expect(
      outputIntrospectionFile(introspection, { fileType: '.d.ts', shouldPreprocess: true }),
    ).toMatchFileSnapshot(join(root, 'apps/console/src/graphql/schema.d.ts'));
  });

  it('docs/schema/report.json is the JSON Schema that reports are held to', async () => {
    const file = join(root, 'docs/schema/report.json');
    const text = await formatted(
      file,
      JSON.stringify(reportJsonSchema('https://sekisho.example/schema/report.json')),
    );
    await expect(text).toMatchFileSnapshot(file);
  });

  it('are both in the repository', () => {
    // A file snapshot that is missing would be written, not missed.
    expect(
      ['schema.graphql', 'docs/schema/report.json'].filter((file) => !existsSync(join(root, file))),
    ).toEqual([]);
  });
});
