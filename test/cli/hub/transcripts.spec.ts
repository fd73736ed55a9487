import { readConfig } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import { createTestDatabase, Federation, runTranscript } from '@sekisho/testing';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject, it } from 'vitest';

const folder = import.meta.dirname;
const commands = { sekisho: [process.execPath, join(folder, '../../../apps/cli/bin/sekisho.mjs')] };
const isUpdating = process.env['UPDATE_TRANSCRIPTS'] === '1';

describe('sekisho with a hub', () => {
  it.each(readdirSync(folder).filter((file) => file.endsWith('.txt')))('does as %s says', async (file) => {
    await using database = await createTestDatabase(inject('databaseUrl'), {
      template: inject('templateDatabase'),
    });
    await using federation = await Federation.start(database.url, {
      processes: ['hub', 'worker', 'trustee'],
    });
    const operator = await openOperatorDatabase(readConfig(federation.env));
    const { code } = await operator.members.add(
      { id: 'isp-a', name: 'ISP A', role: 'member', networks: ['192.0.2.0/24'], asns: [64_500] },
      new Date(),
    );
    const other = await operator.members.add(
      { id: 'isp-b', name: 'ISP B', role: 'member', networks: [], asns: [] },
      new Date(),
    );
    await operator.close();
    await runTranscript(join(folder, file), {
      commands,
      isUpdating,
      variables: { HUB: federation.hubUrl, CODE: code, CODE_B: other.code },
    });
  });
});
