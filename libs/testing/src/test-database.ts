import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

/** A database of its own, dropped when disposed of (`await using`). */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
}

/** Runs statements on the database that the URL names, on a connection of their own. */
export async function execute(databaseUrl: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * A fresh database on the server of `databaseUrl`, copied from `template` (default: an empty one).
 * Nobody may be connected to the template meanwhile.
 */
export async function createTestDatabase(
  databaseUrl: string,
  options: { template?: string } = {},
): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = pg.escapeIdentifier(options.template ?? 'template1');
  await execute(databaseUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    name,
    [Symbol.asyncDispose]: () => dropDatabase(databaseUrl, name),
  };
}

const DROP_ATTEMPTS = 40;

/** Our role may not end the server's own vacuum worker, which is soon gone by itself. */
async function dropDatabase(databaseUrl: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await execute(databaseUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      return;
    } catch (error) {
      const isVacuumed = error instanceof pg.DatabaseError && error.code === '42501';
      if (!isVacuumed || attempt === DROP_ATTEMPTS) throw error;
      await setTimeout(250);
    }
  }
}
