import { createTestDatabase, runTranscript } from '@sekisho/testing';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject, it } from 'vitest';

const folder = import.meta.dirname;
const commands = { sekisho: [process.execPath, join(folder, '../../../apps/cli/bin/sekisho.mjs')] };
const isUpdating = process.env['UPDATE_TRANSCRIPTS'] === '1';

describe('sekisho admin', () => {
  it.each(readdirSync(folder).filter((file) => file.endsWith('.txt')))('does as %s says', async (file) => {
    // Not migrated: the first command does it.
    await using database = await createTestDatabase(inject('databaseUrl'));
    await runTranscript(join(folder, file), {
      commands,
      isUpdating,
      variables: { SEKISHO_DATABASE_URL: database.url, SEKISHO_PUBLIC_URL: 'https://hub.example' },
    });
  });
});
