import { migrateDatabase, openDatabase } from '@sekisho/persistence';
import { createTestDatabase } from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';

const run = promisify(execFile);
const entry = pathToFileURL(join(import.meta.dirname, '../../libs/persistence/dist/index.js')).href;

const OBJECTS = `
  SELECT 'column' AS kind, table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS name
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'enum', t.typname || '.' || enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
  ORDER BY 1, 2`;

describe('the migrations', () => {
  it('taken back leave nothing, and applied again make the same', async () => {
    await using database = await createTestDatabase(inject('databaseUrl'));
    const dataSource = await openDatabase(database.url, { poolSize: 2 });
    try {
      await migrateDatabase(dataSource);
      const objects: unknown[] = await dataSource.query(OBJECTS);
      expect(objects.length).toBeGreaterThan(50);
      let left = dataSource.migrations.length;
      while (left-- > 0) await dataSource.undoLastMigration({ transaction: 'each' });
      const remains: { name: string }[] = await dataSource.query(OBJECTS);
      expect(remains.filter(({ name }) => !name.includes('migration'))).toEqual([]);
      await migrateDatabase(dataSource);
      expect(await dataSource.query(OBJECTS)).toEqual(objects);
      // Once more is nothing to do.
      await migrateDatabase(dataSource);
      expect(await dataSource.query(OBJECTS)).toEqual(objects);
    } finally {
      await dataSource.destroy();
    }
  });

  it('by three processes at once are done once', async () => {
    await using database = await createTestDatabase(inject('databaseUrl'));
    const program = `import { ensurePartitions, migrateDatabase, openDatabase } from ${JSON.stringify(entry)};
      const dataSource = await openDatabase(${JSON.stringify(database.url)}, { poolSize: 2 });
      await migrateDatabase(dataSource);
      await ensurePartitions(dataSource, new Date());
      const [{ n }] = await dataSource.query('SELECT count(*)::int AS n FROM migration');
      process.stdout.write(String(n));
      await dataSource.destroy();`;
    const dataSource = await openDatabase(database.url, { poolSize: 1 });
    const migrations = dataSource.migrations.length;
    await dataSource.destroy();
    const answers = await Promise.all(
      [1, 2, 3].map(() => run(process.execPath, ['--input-type=module', '--eval', program])),
    );
    expect(answers.map(({ stdout }) => stdout)).toEqual(Array(3).fill(String(migrations)));
  });
});
