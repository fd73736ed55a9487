// Two versions run on one database while an operator replaces processes one by one. So a migration may only add what the
// version before it does not notice (expand); what takes away comes a release later, when nobody uses it any more
// (contract), and is named here with its reason.
import { openDatabase } from '@sekisho/persistence';
import { createTestDatabase } from '@sekisho/testing';
import type { DataSource, QueryRunner } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

/** `Class of the migration: what it does to which object` → since which release nothing uses it. */
const CONTRACTS: ReadonlyMap<string, string> = new Map([
  [
    'DnsAccess1763985600000: constraint on member: UNIQUE (dns_key)',
    'the column is new: nobody else writes it',
  ],
  [
    'DnsAccess1763985600000: constraint on member: unique CREATE UNIQUE INDEX member_dns_key_key ON public.member USING btree (dns_key)',
    'the column is new: nobody else writes it',
  ],
  ['Privacy1764003000000: column sighting.sealed is gone', 'before the first release'],
]);

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
}

interface Schema {
  readonly tables: ReadonlySet<string>;
  readonly columns: ReadonlyMap<string, Column>;
  /** Of tables: checks, foreign keys, unique and primary keys, exclusions. */
  readonly constraints: ReadonlyMap<string, string>;
  readonly labels: ReadonlySet<string>;
}

async function schemaOf(runner: QueryRunner): Promise<Schema> {
  const tables = (await runner.query(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')`,
  )) as { name: string }[];
  const columns = (await runner.query(
    `SELECT c.relname || '.' || a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS "isRequired"
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped`,
  )) as Column[];
  const constraints = (await runner.query(
    `SELECT conrelid::regclass::text AS table, conrelid::regclass || ': ' || pg_get_constraintdef(oid) AS name
     FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n'
     UNION ALL SELECT indrelid::regclass::text, indrelid::regclass || ': unique ' || pg_get_indexdef(indexrelid)
     FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE indisunique AND c.relnamespace = 'public'::regnamespace`,
  )) as { table: string; name: string }[];
  const labels = (await runner.query(
    `SELECT t.typname || '.' || e.enumlabel AS name FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid`,
  )) as { name: string }[];
  return {
    tables: new Set(tables.map(({ name }) => name)),
    columns: new Map(columns.map((column) => [column.name, column])),
    constraints: new Map(constraints.map(({ table, name }) => [name, table])),
    labels: new Set(labels.map(({ name }) => name)),
  };
}

/** What a version that knows only `before` would notice of `after`. */
function breaksOf(before: Schema, after: Schema): string[] {
  const breaks: string[] = [];
  for (const table of before.tables) if (!after.tables.has(table)) breaks.push(`table ${table} is gone`);
  for (const label of before.labels) if (!after.labels.has(label)) breaks.push(`value ${label} is gone`);
  for (const [name, { type, isRequired }] of before.columns) {
    const now = after.columns.get(name);
    if (!now) breaks.push(`column ${name} is gone`);
    else if (now.type !== type) breaks.push(`column ${name} was ${type} and is ${now.type}`);
    else if (now.isRequired && !isRequired) breaks.push(`column ${name} became NOT NULL without a default`);
  }
  for (const [name, { isRequired }] of after.columns) {
    const table = name.slice(0, name.indexOf('.'));
    if (isRequired && before.tables.has(table) && !before.columns.has(name)) {
      breaks.push(`column ${name} is new, NOT NULL and without a default`);
    }
  }
  for (const [name, table] of after.constraints) {
    // A wider check takes the place of a narrower one: reading it is left to a person, who names it above.
    if (before.tables.has(table) && !before.constraints.has(name)) breaks.push(`constraint on ${name}`);
  }
  return breaks;
}

let dataSource: DataSource;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
  dataSource = await openDatabase(database.url, { poolSize: 1 });
});
afterAll(async () => {
  await dataSource.destroy();
  await database[Symbol.asyncDispose]();
});

/** Runs one statement after the other on a scratch schema and says what breaks. */
async function breaksBy(change: string): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  await runner.startTransaction();
  try {
    await runner.query(
      `CREATE TYPE kind AS ENUM ('a'); CREATE TABLE scratch (id int PRIMARY KEY, name text, k kind NOT NULL DEFAULT 'a')`,
    );
    const before = await schemaOf(runner);
    await runner.query(change);
    return breaksOf(before, await schemaOf(runner));
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

describe('a change that the version before', () => {
  it.each([
    ['DROP TABLE scratch', 'table scratch is gone'],
    ['ALTER TABLE scratch DROP name', 'column scratch.name is gone'],
    ['ALTER TABLE scratch RENAME name TO title', 'column scratch.name is gone'],
    [
      'ALTER TABLE scratch ALTER name TYPE varchar(5)',
      'column scratch.name was text and is character varying(5)',
    ],
    ['ALTER TABLE scratch ALTER name SET NOT NULL', 'column scratch.name became NOT NULL without a default'],
    ['ALTER TABLE scratch ALTER k DROP DEFAULT', 'column scratch.k became NOT NULL without a default'],
    [
      'ALTER TABLE scratch ADD extra int NOT NULL',
      'column scratch.extra is new, NOT NULL and without a default',
    ],
    ["ALTER TABLE scratch ADD CHECK (name <> '')", 'constraint on scratch'],
    ['CREATE UNIQUE INDEX ON scratch (name)', 'constraint on scratch'],
  ])('would notice is found: %s', async (change, found) => {
    expect(await breaksBy(change)).toContainEqual(expect.stringContaining(found));
  });

  it.each([
    'CREATE TABLE other (id int PRIMARY KEY, scratch int NOT NULL REFERENCES scratch)',
    'ALTER TABLE scratch ADD extra int',
    "ALTER TABLE scratch ADD extra int NOT NULL DEFAULT 7, ADD more text NOT NULL DEFAULT ''",
    'CREATE INDEX ON scratch (name)',
    'ALTER TABLE scratch ALTER k DROP NOT NULL',
  ])('does not notice is no fault: %s', async (change) => {
    expect(await breaksBy(change)).toEqual([]);
  });
});

describe('the migrations', () => {
  it('only expand, but for what is named with its reason', async () => {
    const runner = dataSource.createQueryRunner();
    await runner.connect();
    const found: string[] = [];
    try {
      let before: Schema | undefined;
      const timeOf = (name: string) => Number(name.slice(-13));
      const ordered = [...dataSource.migrations].sort(
        (a, b) => timeOf(a.constructor.name) - timeOf(b.constructor.name),
      );
      for (const migration of ordered) {
        // A transaction each, as when a hub migrates: what a migration sets aside lasts no longer.
        await runner.startTransaction();
        await migration.up(runner);
        await runner.commitTransaction();
        const after = await schemaOf(runner);
        if (before) {
          found.push(...breaksOf(before, after).map((text) => `${migration.constructor.name}: ${text}`));
        }
        before = after;
      }
    } finally {
      await runner.release();
    }
    expect(found.sort()).toEqual([...CONTRACTS.keys()].sort());
  });
});
